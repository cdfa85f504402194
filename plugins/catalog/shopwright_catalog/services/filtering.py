# SPDX-License-Identifier: Apache-2.0
"""Filters of listings: plugins give conditions, and all of them stand in the one statement of the listing."""

import re
from collections.abc import Sequence
from typing import Any

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.money import Money
from shopwright_catalog.api import ExchangeRate, ListingFilter
from shopwright_catalog.hookspecs import listing_filters
from shopwright_catalog.services import currencies, ranges

OPTION = "option."
"""What keys of options begin with, before the name of the option in the store's own language."""
_VENDOR = "SELECT x.id FROM catalog_product x WHERE x.published AND x.vendor = ANY($1::text[])"
_VALUE = "SELECT x.product_id FROM catalog_facet_value x WHERE x.key = $1 AND x.value = ANY($2::text[])"
_PRICE = """
SELECT x.id FROM catalog_product x JOIN unnest($1::bigint[], $2::bigint[]) AS r (least, most)
    ON x.price_min >= r.least AND x.price_min <= r.most WHERE x.published
"""
_ONE_PRICE = (
    "SELECT x.id FROM catalog_product x WHERE x.published AND x.price_min BETWEEN $1::bigint AND $2::bigint"
)
_ELSEWHERE = """
NOT EXISTS (SELECT 1 FROM catalog_product x WHERE x.id = {product} AND x.markets <> '{}' AND NOT $1::text = ANY(x.markets))
"""
_DEAREST = 2**63 - 1
_PARAMETER = re.compile(r"\$(\d+)")


def split(text: str) -> tuple[str, str]:
    """Take ``key:value`` apart."""
    key, _, value = text.partition(":")
    return key.strip(), value


async def conditions(ctx: Context, filters: Sequence[str]) -> list[ListingFilter]:
    """Have plugins turn ``key:value`` into conditions.

    Raises:
        Invalid: a filter cannot be read, or no plugin knows its key.
    """
    here = [ListingFilter("market", _ELSEWHERE, (ctx.market,))] if ctx.market else []
    if not filters:
        return here
    wanted = [split(text) for text in filters]
    rate = await currencies.rate_to(ctx, ctx.currency)
    found = [*_own(ctx, wanted, rate), *await ctx.hooks.collect(listing_filters, wanted=wanted)]
    if refused := [one.wrong for one in found if one.wrong is not None]:
        raise Invalid(refused[0].message, errors=refused)
    known = {one.key for one in found}
    unknown = sorted({key for key, _ in wanted} - known)
    if unknown:
        words = f"There is no filter {unknown[0][:80]!r}. Write filters like vendor:Mill, price:10..20 or custom.material:oak."
        raise Invalid(words, errors=[FieldError("/filter", "unknown_filter", words)])
    return [*here, *found]


def _own(ctx: Context, wanted: Sequence[tuple[str, str]], rate: ExchangeRate | None) -> list[ListingFilter]:
    """Give the conditions that the catalogue knows itself; of several values of a key any will do."""
    by_key: dict[str, list[str]] = {}
    for key, value in wanted:
        by_key.setdefault(key, []).append(value)
    found = []
    for key, values in by_key.items():
        if key == "vendor":
            found.append(ListingFilter(key, _VENDOR, (values,)))
        elif key == "price":
            found.append(_prices(ctx, values, rate))
        elif key == "tag" or (key.startswith(OPTION) and len(key) > len(OPTION)):
            found.append(ListingFilter(key, _VALUE, (key, values)))
    return found


def _prices(ctx: Context, values: Sequence[str], rate: ExchangeRate | None) -> ListingFilter:
    """Compare the catalogue's prices; what is typed in another currency is converted, with room for its rounding."""

    def amount(text: str) -> int:
        return Money.from_decimal(text.replace(",", "."), ctx.currency).amount

    def own(typed: int, room: int) -> int:
        return typed if rate is None else rate.back(Money(typed + room, ctx.currency)).amount

    room = 0 if rate is None else rate.step // 2
    found = [ranges.read(ctx, "price", value, amount, "10..20") for value in values]
    least = [0 if x is None else own(x, -room) for x, _ in found]
    most = [_DEAREST if x is None else own(x, room) for _, x in found]
    if len(found) == 1:
        return ListingFilter("price", _ONE_PRICE, (least[0], most[0]))
    return ListingFilter("price", _PRICE, (least, most))


def added(
    listed: str, column: str, found: Sequence[ListingFilter], args_before: int
) -> tuple[str, list[Any]]:
    """Add conditions to that of a listing; their parameters come after the ``args_before`` that it has."""
    args: list[Any] = []
    for one in found:
        sql = numbered(one.sql, args_before + len(args))
        is_asked_of_each = "{product}" in sql
        listed += (
            f" AND ({sql.replace('{product}', column)})" if is_asked_of_each else f" AND {column} IN ({sql})"
        )
        args += one.args
    return listed, args


def numbered(sql: str, start: int) -> str:
    """Let the parameters of a piece of SQL come after ``start`` others."""
    return _PARAMETER.sub(lambda match: f"${int(match[1]) + start}", sql)
