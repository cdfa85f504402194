# SPDX-License-Identifier: Apache-2.0
"""Bundles as they are kept: which variants, how many of each, and how their price is made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright_catalog.api import ProductType

Pricing = Literal["own", "components"]
KIND = ProductType(
    "bundles.bundle",
    translatable("Bundle"),
    help=translatable("Made of other products, whose stock it uses. Save, then choose its components below."),
)
TAG = "bundles.any"
SECONDS = 3600.0
_ANY = "SELECT EXISTS (SELECT 1 FROM bundles_bundle)"
_READ = """
SELECT b.id, b.pricing, b.percent, b.version, (
    SELECT jsonb_agg(jsonb_build_array(c.variant_id, c.quantity) ORDER BY c.position) FROM bundles_component c
    WHERE c.store_id = b.store_id AND c.bundle_id = b.id) AS components
FROM bundles_bundle b WHERE b.id = ANY($1)
"""
_READ_IN = text(_READ.replace("$1", "CAST(:ids AS uuid[])"))
_LIST = "SELECT id FROM bundles_bundle WHERE ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2"
_AFFECTED = """
SELECT DISTINCT b.product_id FROM bundles_component c
JOIN bundles_bundle b ON b.store_id = c.store_id AND b.id = c.bundle_id
WHERE c.variant_id = $1 OR c.product_id = $2
"""


@dataclass(frozen=True, slots=True)
class Component:
    """A variant of which a bundle holds some."""

    variant_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """A variant that is made of others; ``id`` is its own."""

    id: UUID
    pricing: Pricing
    percent: int
    """Off what the components cost together, when that is its price."""
    components: tuple[Component, ...]
    version: int


async def of(ctx: Context, variant_ids: Iterable[UUID]) -> dict[UUID, Bundle]:
    """Give the bundles among variants; without variants nothing is read."""
    ids = list(variant_ids)
    rows = await ctx.fetch_rows(_READ, ids) if ids else []
    return {row["id"]: _bundle(row) for row in rows}


async def of_in(session: AsyncSession, variant_ids: Iterable[UUID]) -> dict[UUID, Bundle]:
    """Do as ``of`` within the caller's transaction."""
    rows = await session.execute(_READ_IN, {"ids": list(variant_ids)})
    return {row["id"]: _bundle(row) for row in rows.mappings()}


async def exist(ctx: Context) -> bool:
    """Tell whether the store has any bundle, from memory: listings ask for each page."""

    async def read() -> bytes:
        return b"1" if await ctx.fetch_value(_ANY) else b"0"

    key, tags = f"{ctx.store.id}:bundles:any", [f"{ctx.store.id}:{TAG}"]
    return await ctx.kernel.backend.cache.get_or_set(key, SECONDS, read, tags) == b"1"


async def listing(ctx: Context, *, after: UUID | None = None, limit: int = 50) -> Sequence[Bundle]:
    """Give bundles in the order in which they were made."""
    ids = [row["id"] for row in await ctx.fetch_rows(_LIST, after, limit)]
    found = await of(ctx, ids)
    return [found[id_] for id_ in ids if id_ in found]


def _bundle(row: Any) -> Bundle:
    """JSON comes parsed through SQLAlchemy and as text on the hot path."""
    raw = row["components"] or []
    parsed = orjson.loads(raw) if isinstance(raw, str | bytes) else raw
    parts = tuple(Component(UUID(id_), quantity) for id_, quantity in parsed)
    return Bundle(row["id"], row["pricing"], row["percent"], parts, row["version"])


async def products_with(
    ctx: Context, *, variant_id: UUID | None = None, product_id: UUID | None = None
) -> list[UUID]:
    """Give the products that have a bundle with a variant, or with any variant of a product."""
    return [row["product_id"] for row in await ctx.fetch_rows(_AFFECTED, variant_id, product_id)]
