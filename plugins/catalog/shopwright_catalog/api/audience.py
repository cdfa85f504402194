# SPDX-License-Identifier: Apache-2.0
"""Who prices, promotions and taxes are for: asked of plugins by one hook, and told once a request."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shopwright.context import Context


class AudienceAnswer(Protocol):
    """What a plugin knows of the context's actor, for ``customer_audience``.

    Plugins that require the catalogue answer an ``Audience``; others anything with the same names.
    """

    @property
    def groups(self) -> Collection[str]: ...

    @property
    def companies(self) -> Collection[UUID]: ...

    @property
    def tax_ids(self) -> Collection[str]: ...


@dataclass(frozen=True, slots=True)
class Audience:
    """What the context's actor is to prices, promotions and taxes; groups, segments and market by code."""

    groups: frozenset[str] = frozenset()
    companies: frozenset[UUID] = frozenset()
    tax_ids: frozenset[str] = frozenset()
    """Numbers of the companies, as they were checked."""
    segments: frozenset[str] = frozenset()
    """Those that the caller asked about; told by ``customer_segments``, so plugins leave them out of this answer."""
    market: str = ""
    """The context's; told by the catalogue."""
    customer_id: UUID | None = None
    """The signed-in customer; told by the catalogue, so plugins leave it out too."""

    @property
    def tags(self) -> frozenset[str]:
        """Give it all as the words that rules are written with: ``customer`` or ``guest``, ``group:vip`` and the like.

        They begin with ``group:``, ``segment:`` or ``market:`` before a code, ``company:`` or ``customer:`` before an
        id, and ``vat:`` before a number.
        """
        person = {"guest"} if self.customer_id is None else {"customer", f"customer:{self.customer_id}"}
        named = {
            "group": self.groups, "company": self.companies, "vat": self.tax_ids, "segment": self.segments,
            "market": {self.market} - {""},
        }  # fmt: skip
        return frozenset(person | {f"{kind}:{each}" for kind, found in named.items() for each in found})


async def audience(ctx: Context, *, segments: Collection[str] = ()) -> Audience:
    """Tell what the context's actor is; plugins are asked once a request.

    ``segments`` are the codes of those the caller has rules about: they are asked for apart, as they cost more.
    """
    from shopwright_catalog.services import audience as service

    return await service.of_actor(ctx, frozenset(segments))
