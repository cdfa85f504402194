# SPDX-License-Identifier: Apache-2.0
"""Finding products: one statement for the ids, by the function that is fast under row-level security."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context
from shopwright_catalog.api import ListingFilter, ListingPart, listing_conditions, narrowed

MOST = 48
MAX_TERMS = 12
COUNTED = 1000
"""The most hits that are counted and ranked."""
_WORD = re.compile(r"\w+", re.UNICODE)
_FIND = "SELECT product_id, total FROM search_find($1, $2, $3)"
_HITS = "SELECT f.product_id FROM search_find($1, $2, $3) f"
_FIND_SOME = """
SELECT f.product_id, count(*) OVER () AS total FROM search_find($1, $2, $3) f WHERE %s
ORDER BY f.rank DESC, f.product_id LIMIT $4
"""
_SUGGEST = "SELECT search_suggest($1::text[], $2)"


@dataclass(frozen=True, slots=True)
class Found:
    """Product ids by rank; ``suggestion`` is what words that are spelt alike would find, where nothing was found."""

    ids: tuple[UUID, ...]
    total: int
    """Counted up to one more than ``COUNTED``."""
    suggestion: str = ""


def part_of(ctx: Context, query: str) -> ListingPart | None:
    """Give what is found as a part of the catalogue, of as many hits as are ranked; None where nothing is asked."""
    terms = _terms(query)
    if not terms:
        return None
    return ListingPart(within=ListingFilter("", _HITS, (terms, ctx.locale, COUNTED + 1)), most=COUNTED)


def _terms(query: str) -> list[str]:
    return _WORD.findall(query)[:MAX_TERMS]


async def find(ctx: Context, query: str, filters: Sequence[str] = ()) -> Found:
    """Find products whose documents have all words of the query; the beginning of a word is enough.

    Raises:
        Invalid: nobody knows a filter.
    """
    terms = _terms(query)
    if not terms:
        return Found((), 0)
    if filters:
        condition, more = narrowed("true", "f.product_id", await listing_conditions(ctx, filters), 4)
        rows = await ctx.fetch_rows(
            _FIND_SOME.replace("%s", condition), terms, ctx.locale, COUNTED + 1, MOST, *more
        )
        return Found(tuple(row["product_id"] for row in rows), rows[0]["total"] if rows else 0)
    rows = await ctx.fetch_rows(_FIND, terms, ctx.locale, MOST)
    if rows:
        return Found(tuple(row["product_id"] for row in rows), rows[0]["total"])
    return Found((), 0, await ctx.fetch_value(_SUGGEST, terms, ctx.locale) or "")
