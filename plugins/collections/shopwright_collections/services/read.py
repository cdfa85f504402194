# SPDX-License-Identifier: Apache-2.0
"""Reading collections: for customers by handle and page, for staff whole."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID

import orjson

from shopwright.context import Context
from shopwright.errors import BadRequest, FieldError, NotFound
from shopwright_catalog import api as catalog
from shopwright_catalog.api import listing_conditions, narrowed
from shopwright_collections.api import CollectionInfo, Order
from shopwright_collections.services.save import CollectionInput, Condition

COUNTED = 1000
"""Collections with more products are not counted to the end; their number is one more."""
_INFO = """
SELECT c.id, c.handle, (SELECT jsonb_object_agg(t.key, t.value ->> 'handle')
        FROM jsonb_each(c.translations) t WHERE t.value ->> 'handle' <> '')::text AS own, coalesce(nullif(c.translations -> $1 ->> 'title', ''), c.title) AS title,
    coalesce(nullif(c.translations -> $1 ->> 'description', ''), c.description) AS description, c.sorting
FROM collections_collection c WHERE c.visible
"""
_VISIBLE = f"{_INFO} ORDER BY c.position, c.id"
_ONE = f"{_INFO} AND c.id = (SELECT h.thing_id FROM collections_collection_handle h WHERE h.handle = $2)"
_HANDLES = """
SELECT m.product_id, array_agg(c.handle) AS handles FROM collections_member m
JOIN collections_collection c ON c.store_id = m.store_id AND c.id = m.collection_id
WHERE m.product_id = ANY($1::uuid[]) GROUP BY m.product_id
"""
_STAFF = f"""
SELECT c.id, c.handle, c.title, c.description, c.position, c.visible, c.sorting, c.match,
    c.conditions::text AS conditions, c.picked, c.translations::text AS translations, c.version,
    (SELECT count(*) FROM (SELECT 1 FROM collections_member m
        WHERE m.store_id = c.store_id AND m.collection_id = c.id LIMIT {COUNTED} + 1) AS x) AS count
FROM collections_collection c WHERE $1::text IS NULL OR c.handle = $1 ORDER BY c.position, c.id
"""
MEMBERS = "SELECT m.product_id FROM collections_member m WHERE m.collection_id = $1"
_KEYS = {
    "manual": ("m.position", "integer", ">", "ASC"),
    "newest": ("m.product_id", "uuid", "<", "DESC"),
    "price": ("m.price", "bigint", ">", "ASC"),
    "price_desc": ("m.price", "bigint", "<", "DESC"),
    "title": ("m.title", "text", ">", "ASC"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a collection's products by id; ``next_cursor`` is empty on the last one."""

    ids: tuple[UUID, ...]
    total: int
    next_cursor: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A collection as staff see it, with the version that was read."""

    id: UUID | None
    version: int
    collection: CollectionInput
    product_count: int = 0
    """Counted up to one more than ``COUNTED``."""


async def visible(ctx: Context) -> tuple[CollectionInfo, ...]:
    return tuple(_info(ctx, row) for row in await ctx.fetch_rows(_VISIBLE, ctx.locale))


async def by_handle(ctx: Context, handle: str) -> CollectionInfo:
    """Give a visible collection by its handle in any language.

    Raises:
        NotFound: there is no such collection.
    """
    rows = await ctx.fetch_rows(_ONE, ctx.locale, handle)
    if not rows:
        raise NotFound("There is no such collection.")
    return _info(ctx, rows[0])


async def products(
    ctx: Context, collection_id: UUID, order: Order, cursor: str, limit: int, filters: Sequence[str] = ()
) -> Page:
    """Give a page of a collection's products behind filters.

    Raises:
        BadRequest: the cursor is not one of ours.
        Invalid: nobody knows a filter.
    """
    column, cast, sign, direction = _KEYS[order]
    args: list[Any] = [collection_id, limit + 1]
    found = await listing_conditions(ctx, filters)
    listed, more = narrowed("m.collection_id = $1", "m.product_id", found, len(args))
    args += more
    keyset = ""
    after = _decode(cursor, order)
    if after is not None:
        keyset = (
            f"AND ({column}, m.product_id) {sign} (${len(args) + 1}::text::{cast}, ${len(args) + 2}::uuid)"
        )
        args += after
    sql = f"""
    SELECT m.product_id, {column}::text AS key, (SELECT count(*) FROM (SELECT 1 FROM collections_member m
        WHERE {listed} LIMIT {COUNTED} + 1) AS counted) AS total
    FROM collections_member m WHERE {listed} {keyset}
    ORDER BY {column} {direction}, m.product_id {direction} LIMIT $2
    """
    rows = await ctx.fetch_rows(sql, *args)
    shown = rows[:limit]
    last = shown[-1] if shown else None
    next_cursor = _encode(order, last) if last is not None and len(rows) > limit else ""
    return Page(tuple(row["product_id"] for row in shown), last["total"] if last else 0, next_cursor)


async def handles_of(ctx: Context, product_ids: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    rows = await ctx.fetch_rows(_HANDLES, list(product_ids)) if product_ids else []
    found = {row["product_id"]: frozenset(row["handles"]) for row in rows}
    return {id_: found.get(id_, frozenset()) for id_ in product_ids}


async def drafts(ctx: Context) -> list[Draft]:
    """Give all collections, hidden ones too."""
    return [_draft(row) for row in await ctx.fetch_rows(_STAFF, None)]


async def draft(ctx: Context, handle: str) -> Draft:
    """Give a collection as staff see it.

    Raises:
        NotFound: there is no such collection.
    """
    rows = await ctx.fetch_rows(_STAFF, handle)
    if not rows:
        raise NotFound("There is no such collection.")
    return _draft(rows[0])


def _info(ctx: Context, row: Any) -> CollectionInfo:
    own = orjson.loads(row["own"]) if row["own"] else {}
    handle = own.get(ctx.locale) or row["handle"]
    handles = catalog.handles_in(ctx, row["handle"], own)
    return CollectionInfo(row["id"], handle, row["title"], row["description"], row["sorting"], handles)


def _draft(row: Any) -> Draft:
    collection = CollectionInput(
        handle=row["handle"],
        title=row["title"],
        description=row["description"],
        position=row["position"],
        visible=row["visible"],
        order=row["sorting"],
        match=row["match"],
        conditions=tuple(Condition(x["code"], x["values"]) for x in orjson.loads(row["conditions"])),
        picked=tuple(row["picked"]),
        translations=orjson.loads(row["translations"]),
    )
    return Draft(row["id"], row["version"], collection, row["count"])


def _encode(order: Order, row: Any) -> str:
    packed = orjson.dumps([order, row["key"], str(row["product_id"])])
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _decode(cursor: str, order: Order) -> list[Any] | None:
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        kind, key, last = orjson.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if kind != order or kind not in get_args(Order) or "\0" in key:
            raise ValueError("made for another order")
        number = {"manual": int, "newest": UUID, "price": int, "price_desc": int}.get(order)
        return [str(number(key)) if number else key, UUID(last)]
    except (ValueError, TypeError, AttributeError, binascii.Error):
        words = "This cursor is not one of ours; begin again without a cursor."
        raise BadRequest(words, errors=[FieldError("/cursor", "unknown_cursor", words)]) from None
