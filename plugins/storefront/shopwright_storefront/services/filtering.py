# SPDX-License-Identifier: Apache-2.0
"""The filter panel of listings: facets, chosen filters as chips, and addresses that can be shared."""

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright_catalog.api import Facet, Facets, ListingPart, count_facets
from shopwright_storefront.api import FilterChip, FilterPanel

TO = "to"
MOST_FILTERS = 20
_LEAST, _MOST = "least.", "most."
_HERE = re.compile(r"/(?!/)[A-Za-z0-9_./~%-]*")
Pairs = Sequence[tuple[str, str]]


def address(base: str, pairs: Pairs, filters: Sequence[str] = ()) -> str:
    """Do what ``api.listing_address`` says."""
    query = [(name, value) for name, value in pairs if value] + [("filter", text) for text in filters]
    return f"{base}?{urlencode(query)}" if query else base


def settled(sent: Pairs) -> str | None:
    """Make of what the form sent the address of the listing as it can be shared; None where that is not here."""
    base = next((value for name, value in sent if name == TO), "")
    if not _HERE.fullmatch(base):
        return None
    ends = {name: value.strip() for name, value in sent if name.startswith((_LEAST, _MOST))}
    ranges = dict.fromkeys(name.partition(".")[2] for name in ends)
    filters = [v for name, v in sent if name == "filter" and v.partition(":")[0] not in ranges]
    for key in ranges:
        least, most = ends.get(_LEAST + key, ""), ends.get(_MOST + key, "")
        if least or most:
            filters.append(f"{key}:{least}..{most}")
    kept = [(n, v) for n, v in sent if n not in {TO, "filter"} and n not in ends]
    return address(base, kept, list(dict.fromkeys(filters))[:MOST_FILTERS])


async def panel(
    ctx: Context, part: ListingPart, base: str, pairs: Pairs, filters: Sequence[str]
) -> FilterPanel | None:
    """Do what ``api.filter_panel`` says."""
    found = await count_facets(ctx, part, filters)
    if not found.items:
        return None
    return FilterPanel(
        action=url(ctx, "storefront.filter"),
        hidden=((TO, base), *((name, value) for name, value in pairs if value)),
        facets=found.items,
        chips=tuple(_chips(base, pairs, filters, found)),
        clear_url=address(base, pairs),
    )


def _chips(base: str, pairs: Pairs, filters: Sequence[str], found: Facets) -> list[FilterChip]:
    chosen = [(facet, value) for facet in found.items for value in facet.values if value.chosen]
    alone = {facet.key for facet, _ in chosen if sum(x.key == facet.key for x, _ in chosen) == 1}
    chips = []
    for facet, value in chosen:
        rest = [text for text in filters if text.partition(":")[::2] != (facet.key, value.value)]
        # Without one of several values of a facet there are not more products but fewer.
        without = found.without.get(facet.key) if facet.key in alone else None
        chips.append(FilterChip(_label(facet, value.label), address(base, pairs, rest), without))
    return chips


def _label(facet: Facet, value: str) -> str:
    return value if facet.kind == "switch" else f"{facet.label}: {value}"
