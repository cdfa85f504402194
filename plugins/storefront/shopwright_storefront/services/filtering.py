# SPDX-License-Identifier: Apache-2.0
"""The filter panel of listings: facets, chosen filters as chips, and addresses that can be shared."""

from collections.abc import Sequence
from urllib.parse import urlencode

from shopwright.context import Context
from shopwright_catalog.api.facets import Facet, Facets, FacetValue, Part, facets
from shopwright_storefront.api import FilterChip, FilterPanel

Pairs = Sequence[tuple[str, str]]


def address(base: str, pairs: Pairs, filters: Sequence[str] = ()) -> str:
    """Do what ``api.listing_address`` says."""
    query = [(name, value) for name, value in pairs if value] + [("filter", text) for text in filters]
    return f"{base}?{urlencode(query)}" if query else base


def typed(
    filters: Sequence[str], names: Sequence[str], least: Sequence[str], most: Sequence[str]
) -> list[str]:
    """Put ranges that were typed into a form into their filters; an empty one takes its filter away."""
    found = [text for text in filters if text.partition(":")[0] not in names]
    for number, name in enumerate(names):
        ends = [side[number].strip() if number < len(side) else "" for side in (least, most)]
        if any(ends):
            found.append(f"{name}:{ends[0]}..{ends[1]}")
    return list(dict.fromkeys(found))


async def panel(
    ctx: Context, part: Part, base: str, pairs: Pairs, filters: Sequence[str]
) -> FilterPanel | None:
    """Do what ``api.filter_panel`` says."""
    found = await facets(ctx, part, filters)
    if not found.items:
        return None
    return FilterPanel(
        action=base,
        hidden=tuple((name, value) for name, value in pairs if value),
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
        chips.append(FilterChip(_label(facet, value), address(base, pairs, rest), without))
    return chips


def _label(facet: Facet, value: FacetValue) -> str:
    return value.label if facet.kind == "switch" else f"{facet.label}: {value.label}"
