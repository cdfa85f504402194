# SPDX-License-Identifier: Apache-2.0
"""Reading listings: keyset pages in one statement, availability of all cards in one hook call."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from shopwright.context import Context
from shopwright.errors import BadRequest, FieldError
from shopwright.money import Money
from shopwright_catalog.api import Availability, CardInfo, CardPage, ListingFilter, Price, PriceRequest, Sort
from shopwright_catalog.hookspecs import stock_available
from shopwright_catalog.services import filtering, kinds, prices
from shopwright_catalog.services.pictures import picture
from shopwright_catalog.services.read_variants import facts_of

COUNTED = 1000
"""Listings longer than this are not counted to the end; their total is one more."""


@dataclass(frozen=True, slots=True)
class _Order:
    column: str
    beside: str
    """The same, kept beside the products of a category."""
    cast: str
    descending: bool = False


_ORDERS: dict[Sort, _Order] = {
    "featured": _Order("p.position", "cp.featured", "integer"),
    "newest": _Order("p.id", "cp.product_id", "uuid", descending=True),
    "price": _Order("p.price_min", "cp.price", "bigint"),
    "price_desc": _Order("p.price_min", "cp.price", "bigint", descending=True),
    "title": _Order("p.title", "cp.title", "text"),
}

_CARD = """
p.id, p.handle, p.title, p.translations -> $1 AS translation, p.vendor, p.product_type, p.kind, p.tags,
ARRAY(SELECT c.handle FROM catalog_category_product cp
    JOIN catalog_category c ON c.store_id = cp.store_id AND c.id = cp.category_id
    WHERE cp.store_id = p.store_id AND cp.product_id = p.id ORDER BY c.handle) AS categories,
(SELECT jsonb_build_object('source', i.source, 'alt', i.alt, 'width', i.width, 'height', i.height,
    'focus_x', i.focus_x, 'focus_y', i.focus_y, 'widths', (SELECT r.widths FROM catalog_rendition r
        WHERE r.store_id = i.store_id AND r.source = i.source))
 FROM catalog_image i WHERE i.store_id = p.store_id AND i.product_id = p.id
 ORDER BY i.position LIMIT 1) AS image,
(SELECT coalesce(jsonb_agg(jsonb_build_array(v.id, v.price, v.compare_at)), '[]') FROM catalog_variant v WHERE v.store_id = p.store_id AND v.product_id = p.id AND NOT v.archived) AS variants
"""
_BY_ID = f"""
SELECT {_CARD}, NULL::text AS key, cardinality($2::uuid[]) AS total
FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted(id, place)
JOIN catalog_product p ON p.id = wanted.id AND p.published
    AND (p.markets = '{{}}' OR $3 = '' OR $3 = ANY(p.markets)) ORDER BY wanted.place
"""


async def page(
    ctx: Context,
    *,
    ids: Sequence[UUID] | None,
    category: str | None,
    sort: Sort,
    cursor: str,
    limit: int,
    filters: Sequence[str] = (),
) -> CardPage:
    if ids is not None:
        rows = await ctx.fetch_rows(_BY_ID, ctx.locale, list(ids), ctx.market)
        return CardPage(await _cards(ctx, rows), len(rows), "", "")
    order = _ORDERS[sort]
    back, after = _decode(cursor, sort)
    conditions = await filtering.conditions(ctx, filters)
    sql, args = _statement(order, category, after, limit, conditions, back=back)
    rows = await ctx.fetch_rows(sql, ctx.locale, *args)
    has_more = len(rows) > limit
    rows = rows[:limit][::-1] if back else rows[:limit]
    has_next, has_previous = (True, has_more) if back else (has_more, bool(cursor))
    total = rows[0]["total"] if rows else 0
    return CardPage(
        cards=await _cards(ctx, rows),
        total=total,
        next_cursor=_encode("n", sort, rows[-1]) if rows and has_next else "",
        previous_cursor=_encode("p", sort, rows[0]) if rows and has_previous else "",
    )


def _statement(
    order: _Order,
    category: str | None,
    after: tuple[str, UUID] | None,
    limit: int,
    conditions: Sequence[ListingFilter],
    *,
    back: bool,
) -> tuple[str, list[Any]]:
    descending = order.descending != back
    sign, direction = ("<", "DESC") if descending else (">", "ASC")
    args: list[Any] = [limit + 1]
    source, column, last_id, listed = "catalog_product p", order.column, "p.id", "p.published"
    counted_from = source
    if category is not None:
        args.append(category)
        column, last_id, listed = order.beside, "cp.product_id", "cp.listed"
        counted_from = f"""
        (SELECT x.product_id, x.featured, x.price, x.title, x.listed, x.store_id FROM catalog_category_product x
         WHERE x.listed AND x.category_id = (SELECT c.id FROM catalog_category_handle h
            JOIN catalog_category c ON c.store_id = h.store_id AND c.id = h.thing_id
            WHERE c.visible AND h.handle = ${len(args) + 1})) cp"""
        source = f"{counted_from} JOIN catalog_product p ON p.store_id = cp.store_id AND p.id = cp.product_id"
    listed, more = filtering.added(listed, last_id, conditions, len(args) + 1)
    args += more
    counted = f"(SELECT count(*) FROM (SELECT 1 FROM {counted_from} WHERE {listed} LIMIT {COUNTED + 1}) AS x)"
    keyset = ""
    if after is not None:
        args += [after[0], after[1]]
        key, last = f"${len(args)}::text::{order.cast}", f"${len(args) + 1}::uuid"
        keyset = f"AND ({column}, {last_id}) {sign} ({key}, {last})"
    sql = f"""
    SELECT {_CARD}, {column}::text AS key, {counted} AS total FROM {source}
    WHERE {listed} {keyset} ORDER BY {column} {direction}, {last_id} {direction} LIMIT $2
    """
    return sql, args


async def _cards(ctx: Context, rows: Sequence[Any]) -> tuple[CardInfo, ...]:
    variants = [[_request(row, x, ctx.store.currency) for x in orjson.loads(row["variants"])] for row in rows]
    requests = [request for found in variants for request in found]
    ids = [request.variant_id for request in requests]
    everything: Mapping[UUID, Availability] = dict.fromkeys(ids, Availability())
    stock = await ctx.hooks.filter(stock_available, everything, variant_ids=ids)
    priced = await prices.resolve(ctx, requests)
    return tuple(
        _card(ctx, row, [request.variant_id for request in found], priced, stock)
        for row, found in zip(rows, variants, strict=True)
    )


def _request(product: Any, row: list[Any], currency: str) -> PriceRequest:
    variant_id, price, compare_at = row
    before = None if compare_at is None else Money(compare_at, currency)
    facts = facts_of(product)
    return PriceRequest(UUID(variant_id), product["id"], Money(price, currency), before, facts=facts)


def _card(
    ctx: Context,
    row: Any,
    variant_ids: Sequence[UUID],
    priced: Mapping[UUID, Price],
    stock: Mapping[UUID, Availability],
) -> CardInfo:
    translation = orjson.loads(row["translation"]) if row["translation"] else {}
    title = translation.get("title") or row["title"]
    found = [priced[x] for x in variant_ids]
    lowest = min((x.amount.amount for x in found), default=0)
    before = [x.compare_at.amount for x in found if x.compare_at and x.amount.amount == lowest]
    return CardInfo(
        id=row["id"],
        handle=translation.get("handle") or row["handle"],
        title=title,
        picture=picture(
            ctx, orjson.loads(row["image"]) if row["image"] else None, translation.get("texts") or {}, title
        ),
        price=Money(lowest, ctx.currency),
        price_from=any(x.amount.amount > lowest for x in found),
        compare_at=Money(max(before), ctx.currency) if before else None,
        variant_ids=tuple(variant_ids),
        available=any(
            kinds.available(ctx, row["kind"], stock.get(x, Availability())).sellable for x in variant_ids
        ),
    )


def _encode(direction: str, sort: Sort, row: Any) -> str:
    return (
        base64.urlsafe_b64encode(orjson.dumps([direction, sort, row["key"], str(row["id"])]))
        .decode()
        .rstrip("=")
    )


def _decode(cursor: str, sort: Sort) -> tuple[bool, tuple[str, UUID] | None]:
    if not cursor:
        return False, None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        direction, kind, key, last = orjson.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if kind != sort or direction not in {"n", "p"}:
            raise ValueError("made for another order")
        return direction == "p", (str(key), UUID(last))
    except (ValueError, TypeError, binascii.Error):
        message = "This cursor is not one of ours; begin again without a cursor."
        raise BadRequest(message, errors=[FieldError("/cursor", "unknown_cursor", message)]) from None
