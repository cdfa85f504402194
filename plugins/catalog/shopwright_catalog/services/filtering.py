# SPDX-License-Identifier: Apache-2.0
"""Filters of listings: plugins give conditions, and all of them stand in the one statement of the listing."""

import re
from collections.abc import Sequence
from typing import Any

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright_catalog.api import ListingFilter
from shopwright_catalog.hookspecs import listing_filters

_OWN = {"vendor": "x.vendor = ANY($1::text[])"}
_PARAMETER = re.compile(r"\$(\d+)")


async def conditions(ctx: Context, filters: Sequence[str]) -> list[ListingFilter]:
    """Have plugins turn ``key:value`` into conditions.

    Raises:
        Invalid: a filter cannot be read, or no plugin knows its key.
    """
    hidden = [_hidden(ctx)] if ctx.market else []
    if not filters:
        return hidden
    wanted = [(key, value) for key, _, value in (text.partition(":") for text in filters)]
    found = [*_own(wanted), *await ctx.hooks.collect(listing_filters, wanted=wanted)]
    known = {one.key for one in found}
    unknown = sorted({key for key, _ in wanted} - known)
    if unknown:
        words = (
            f"There is no filter {unknown[0][:80]!r}. Write filters like vendor:Mill or custom.material:oak."
        )
        raise Invalid(words, errors=[FieldError("/filter", "unknown_filter", words)])
    return [*hidden, *found]


def _hidden(ctx: Context) -> ListingFilter:
    """Leave out what is published in other markets only."""
    sql = "SELECT x.id FROM catalog_product x WHERE x.markets <> '{}' AND NOT $1::text = ANY(x.markets)"
    return ListingFilter("market", sql, (ctx.market,), excludes=True)


def _own(wanted: Sequence[tuple[str, str]]) -> list[ListingFilter]:
    """Give the conditions that the catalogue knows itself; of several values of a key any will do."""
    found = []
    for key, condition in _OWN.items():
        values = [value for name, value in wanted if name == key]
        if values:
            sql = f"SELECT x.id FROM catalog_product x WHERE x.published AND {condition}"
            found.append(ListingFilter(key, sql, (values,)))
    return found


def added(
    listed: str, column: str, found: Sequence[ListingFilter], args_before: int
) -> tuple[str, list[Any]]:
    """Add conditions to that of a listing; their parameters come after the ``args_before`` that it has."""
    args: list[Any] = []
    for one in found:
        start = args_before + len(args)

        def numbered(match: re.Match[str], start: int = start) -> str:
            return f"${int(match[1]) + start}"

        listed += f" AND {column} {'NOT IN' if one.excludes else 'IN'} ({_PARAMETER.sub(numbered, one.sql)})"
        args += one.args
    return listed, args
