# SPDX-License-Identifier: Apache-2.0
"""Which products are in which collections: worked out for some products, or for all of them in batches."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_catalog import api as catalog
from shopwright_catalog.api import ProductSummary
from shopwright_collections.hookspecs import collection_conditions

log = logging.getLogger(__name__)
BATCH = 1000

_RULES = """
SELECT id, match, conditions::text AS conditions, picked FROM collections_collection
WHERE $1::uuid IS NULL OR id = $1 ORDER BY id
"""
_PUT = text("""
INSERT INTO collections_member AS m (store_id, id, collection_id, product_id, position, title, price)
SELECT :store_id, x.id, x.collection_id, x.product_id, x.position, x.title, x.price
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS x (id uuid, collection_id uuid, product_id uuid, position integer, title text, price bigint)
JOIN collections_collection c ON c.store_id = :store_id AND c.id = x.collection_id
ON CONFLICT (store_id, collection_id, product_id) DO UPDATE
SET position = excluded.position, title = excluded.title, price = excluded.price
WHERE (m.position, m.title, m.price) IS DISTINCT FROM (excluded.position, excluded.title, excluded.price)
RETURNING collection_id, product_id
""")
_DROP = text("""
DELETE FROM collections_member m
USING jsonb_to_recordset(CAST(:rows AS jsonb)) AS x (collection_id uuid, product_id uuid)
WHERE m.collection_id = x.collection_id AND m.product_id = x.product_id RETURNING m.collection_id, m.product_id
""")
_GONE = text("""
DELETE FROM collections_member WHERE collection_id = ANY(:collections) AND product_id > :after
    AND (CAST(:last AS uuid) IS NULL OR product_id <= :last) AND NOT product_id = ANY(:seen)
RETURNING collection_id, product_id
""")


@dataclass(frozen=True, slots=True)
class Rule:
    """What makes a product a member of a collection."""

    collection_id: UUID
    match: str
    conditions: tuple[dict[str, Any], ...]
    picked: dict[UUID, int]


async def refresh_products(ctx: Context, product_ids: Sequence[UUID]) -> None:
    """Bring all collections up to date for some products."""
    rules = await _rules(ctx, None)
    if not rules:
        return
    found = await catalog.summaries(ctx, product_ids)
    gone = set(product_ids) - {product.id for product in found}
    await _write(ctx, rules, found, gone)


async def refresh_all(ctx: Context, collection_id: UUID | None) -> None:
    """Bring one collection, or all of them, up to date for all products."""
    rules = await _rules(ctx, collection_id)
    after: UUID | None = None
    while rules:
        batch = await catalog.all_summaries(ctx, after=after, limit=BATCH)
        last = batch[-1].id if len(batch) == BATCH else None
        await _write(ctx, rules, batch, set())
        await _forget_others(ctx, rules, batch, after, last)
        if last is None:
            return
        after = last


async def _rules(ctx: Context, collection_id: UUID | None) -> list[Rule]:
    return [
        Rule(
            row["id"],
            row["match"],
            tuple(orjson.loads(row["conditions"])),
            {product_id: place for place, product_id in enumerate(row["picked"])},
        )
        for row in await ctx.fetch_rows(_RULES, collection_id)
    ]


async def _write(
    ctx: Context, rules: Sequence[Rule], products: Sequence[ProductSummary], gone: set[UUID]
) -> None:
    """Write who is in and who is not, of these products, and forget the pages this changes."""
    put, drop = [], []
    for rule in rules:
        members = await _members(ctx, rule, products)
        for product in products:
            keys = {"collection_id": rule.collection_id, "product_id": product.id}
            if product.id in members and product.published:
                position = rule.picked.get(product.id, len(rule.picked))
                own = {"position": position, "title": product.title, "price": product.lowest_price.amount}
                put.append(keys | own | {"id": new_id()})
            else:
                drop.append(keys)
        drop += [{"collection_id": rule.collection_id, "product_id": id_} for id_ in gone]

    async def work(session: AsyncSession) -> None:
        changed: set[tuple[UUID, UUID]] = set()
        for statement, rows in ((_PUT, put), (_DROP, drop)):
            if rows:
                result = await session.execute(statement, {"store_id": ctx.store.id, "rows": dump(rows)})
                changed |= {(row.collection_id, row.product_id) for row in result}
        await _forget_pages(ctx, session, changed)

    await ctx.run(work)


async def _members(ctx: Context, rule: Rule, products: Sequence[ProductSummary]) -> set[UUID]:
    picked = {product.id for product in products if product.id in rule.picked}
    if not rule.conditions:
        return picked
    kinds = ctx.hooks.registered(collection_conditions)
    found = []
    for condition in rule.conditions:
        kind = kinds.get(condition["code"])
        try:
            # A condition of a plugin that is off holds for nothing: it must not let everything in.
            matching = (
                set()
                if kind is None
                else await kind.matching(ctx, kind.values.model_validate(condition["values"]), products)
            )
        except ValidationError:
            log.warning("condition %s of collection %s is out of date", condition["code"], rule.collection_id)
            matching = set()
        found.append(matching)
    matched = set.intersection(*found) if rule.match == "all" else set.union(*found)
    return picked | matched


async def _forget_others(
    ctx: Context,
    rules: Sequence[Rule],
    batch: Sequence[ProductSummary],
    after: UUID | None,
    last: UUID | None,
) -> None:
    """Take out whatever lies between two ids and was not met on the way: it is not published any more."""
    parameters = {
        "collections": [rule.collection_id for rule in rules],
        "after": after or UUID(int=0),
        "last": last,
        "seen": [product.id for product in batch],
    }

    async def work(session: AsyncSession) -> None:
        gone = await session.execute(_GONE, parameters)
        await _forget_pages(ctx, session, {(row.collection_id, row.product_id) for row in gone})

    await ctx.run(work)


async def _forget_pages(ctx: Context, session: AsyncSession, changed: set[tuple[UUID, UUID]]) -> None:
    """Forget the pages of collections that changed, and of the products: a price may go by the collection."""
    if changed:
        tags = {f"collections.collection:{collection_id}" for collection_id, _ in changed}
        tags |= {f"catalog.product:{product_id}" for _, product_id in changed}
        await ctx.kernel.events.invalidate(ctx, session, ["catalog.products", *sorted(tags)])
