# SPDX-License-Identifier: Apache-2.0
"""Filters of the list of products that plugins know: a button for each value, and for whatever the address asks."""

from collections.abc import Callable, Sequence
from typing import Any

from shopwright.context import Context
from shopwright_catalog.hookspecs import listing_facets
from shopwright_catalog.services import filtering

MOST = 40
"""Buttons at most; other values are still filtered by through the address."""


async def buttons(
    ctx: Context, filters: Sequence[str], address: Callable[[Sequence[str]], str]
) -> list[dict[str, Any]]:
    """Give a button for each value of what is chosen from a list; pressed again, it takes its filter away."""
    found = []
    for source in await ctx.hooks.collect(listing_facets):
        for facet in source.facets if source.sql else ():
            if facet.kind == "choice":
                labels = {f"{facet.key}:{value}": label for value, label in facet.labels.items()}
                found += [(text, f"{facet.label}: {label}") for text, label in labels.items()]
            elif facet.kind == "switch":
                found += [(f"{facet.key}:{value}", label) for value, label in facet.labels.items()]
    known = dict(found[:MOST])
    known |= {text: ": ".join(filtering.split(text)) for text in filters if text not in known}
    return [
        {"label": label, "url": address(_turned(filters, text)), "current": text in filters}
        for text, label in known.items()
    ]


def _turned(filters: Sequence[str], text: str) -> list[str]:
    return [x for x in filters if x != text] if text in filters else [*filters, text]
