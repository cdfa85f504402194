# SPDX-License-Identifier: Apache-2.0
"""Finding products: one statement for the ids, by the function that is fast under row-level security."""

import re
from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context

MOST = 48
MAX_TERMS = 12
COUNTED = 1000
"""The most hits that are counted and ranked."""
_WORD = re.compile(r"\w+", re.UNICODE)
_FIND = "SELECT product_id, total FROM search_find($1, $2, $3)"
_SUGGEST = "SELECT search_suggest($1::text[], $2)"


@dataclass(frozen=True, slots=True)
class Found:
    """Product ids by rank; ``suggestion`` is what words that are spelt alike would find, where nothing was found."""

    ids: tuple[UUID, ...]
    total: int
    """Counted up to one more than ``COUNTED``."""
    suggestion: str = ""


async def find(ctx: Context, query: str) -> Found:
    """Find products whose documents have all words of the query; the beginning of a word is enough."""
    terms = _WORD.findall(query)[:MAX_TERMS]
    if not terms:
        return Found((), 0)
    rows = await ctx.fetch_rows(_FIND, terms, ctx.locale, MOST)
    if rows:
        return Found(tuple(row["product_id"] for row in rows), rows[0]["total"])
    return Found((), 0, await ctx.fetch_value(_SUGGEST, terms, ctx.locale) or "")
