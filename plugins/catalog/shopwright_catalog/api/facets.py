# SPDX-License-Identifier: Apache-2.0
"""Filters and facets of listings: what plugins give for them, and what listings show of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from shopwright.context import Context
from shopwright_catalog.api.records import ListingFilter

FacetKind = Literal["choice", "switch", "range"]
"""``choice``: any of several values; ``switch``: one box; ``range``: from–to."""
FacetInput = Literal["number", "date", "text"]


@dataclass(frozen=True, slots=True)
class FacetDefinition:
    """What a listing can be narrowed by: ``key`` is that of its filter."""

    key: str
    label: str
    kind: FacetKind = "choice"
    position: int = 100
    labels: Mapping[str, str] = field(default_factory=dict)
    """What values are called; others are shown as they are."""
    input: FacetInput = "number"
    """How the ends of a range are typed."""


@dataclass(frozen=True, slots=True)
class FacetSource:
    """Facets of a plugin, and the SQL that counts all of them at once.

    ``sql`` is a part of one statement for all facets of a page. It reads the plugin's own tables and ``{hits}``, which
    has the ``id`` of each product that counts, and gives rows of five columns: the key of the facet, its name (NULL: as
    it is defined), a value as its filter has it (of a range ``from..to``), what that is called (NULL: as it is defined),
    and how many products have it. Without ``sql`` it names facets that another plugin counts.
    """

    facets: Sequence[FacetDefinition]
    sql: str = ""
    args: tuple[Any, ...] = ()
    prefix: str = ""
    """Keys that begin with it are facets of this source too, though it cannot name them beforehand."""
    tags: tuple[str, ...] = ()
    """Cache tags of what is counted, beside those of products."""

    def owns(self, key: str) -> bool:
        is_named = any(x.key == key for x in self.facets)
        return bool(self.sql) and (is_named or (bool(self.prefix) and key.startswith(self.prefix)))


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet; without a ``count`` where a listing is too long to be counted."""

    value: str
    label: str
    count: int | None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet of a listing with the values that products of it have."""

    key: str
    label: str
    kind: FacetKind
    values: tuple[FacetValue, ...] = ()
    """Of a range only those that are chosen."""
    input: FacetInput = "number"
    least: str = ""
    """Of a range: the least and the most that there is."""
    most: str = ""
    chosen_least: str = ""
    chosen_most: str = ""


@dataclass(frozen=True, slots=True)
class Facets:
    """All facets of a listing."""

    items: tuple[Facet, ...]
    total: int
    """Products that were counted: those behind the filters, at most ``most`` of the part."""
    is_counted: bool
    """Whether that is all of them; else there are no counts, and rare values may be missing."""
    without: Mapping[str, int] = field(default_factory=dict)
    """By key of a chosen filter: how many products there are without it."""


@dataclass(frozen=True, slots=True)
class ListingPart:
    """Which products a listing consists of, before anybody filters: of a category, of SQL, or all of them."""

    category: str | None = None
    within: ListingFilter | None = None
    """SQL that gives ids, like that of a collection or a search."""
    fixed: tuple[str, ...] = ()
    """Filters that belong to the listing itself, like the vendor of a brand's page."""
    name: str = ""
    """What its counts are kept under for some minutes; empty: they are not, since there are too many such listings."""
    most: int = 2_000
    """How many of its products are counted at most: each is looked up for each facet, a second for ten thousand."""


async def count_facets(ctx: Context, part: ListingPart, filters: Sequence[str] = ()) -> Facets:
    """Count by what a listing can be narrowed: one statement, and none where it was counted a little while ago.

    What is chosen of a facet does not narrow that facet itself, so that more of it can be chosen.

    Raises:
        Invalid: a filter cannot be read, or nobody knows it.
    """
    from shopwright_catalog.services import facets as service

    return await service.count(ctx, part, filters)


async def listing_conditions(ctx: Context, filters: Sequence[str]) -> list[ListingFilter]:
    """Have plugins turn filters (``key:value``) into conditions, for listings that are not the catalogue's.

    Raises:
        Invalid: a filter cannot be read, or nobody knows it.
    """
    from shopwright_catalog.services import filtering

    return await filtering.conditions(ctx, filters)


def narrowed(
    listed: str, column: str, found: Sequence[ListingFilter], args_before: int
) -> tuple[str, list[Any]]:
    """Add conditions to that of a listing whose product ids are ``column``; gives it and the arguments to add."""
    from shopwright_catalog.services import filtering

    return filtering.added(listed, column, found, args_before)


def ends_of(value: str) -> tuple[str, str]:
    """Take ``from..to`` apart; either end may be open.

    Raises:
        ValueError: it is no range.
    """
    least, dots, most = value.partition("..")
    least, most = least.strip(), most.strip()
    if not dots or not (least or most):
        raise ValueError(value)
    return least, most
