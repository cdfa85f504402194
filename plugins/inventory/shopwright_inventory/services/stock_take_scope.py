# SPDX-License-Identifier: Apache-2.0
"""What a stock-take is of: the variants that it begins with."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable
from shopwright_catalog import api as catalog
from shopwright_catalog.hookspecs import product_types

if TYPE_CHECKING:
    from shopwright_inventory.services.stock_takes import StockTakeInput

_WALK = 2_000
_SELECT = """
SELECT v.id FROM catalog_variant v JOIN catalog_product p ON p.store_id = v.store_id AND p.id = v.product_id
WHERE p.kind <> ALL(CAST(:unstocked AS text[])) AND {which} ORDER BY v.sku = '', v.sku, v.id LIMIT :most
"""
# What is sold no more may lie there all the same.
_LOCATION = text("""
SELECT v.id FROM inventory_level l
JOIN inventory_item i ON i.store_id = l.store_id AND i.id = l.variant_id
JOIN catalog_variant v ON v.store_id = l.store_id AND v.id = l.variant_id
JOIN catalog_product p ON p.store_id = v.store_id AND p.id = v.product_id
WHERE l.location_id = :location_id AND i.tracked AND (l.on_hand > 0 OR NOT v.archived)
    AND p.kind <> ALL(CAST(:unstocked AS text[]))
ORDER BY v.sku = '', v.sku, v.id LIMIT :most
""")
_CATALOGUE = text(_SELECT.format(which="NOT v.archived"))
_CATEGORY = text(
    _SELECT.format(
        which="""NOT v.archived AND v.product_id = ANY(ARRAY(SELECT cp.product_id FROM catalog_category c
    JOIN catalog_category_product cp ON cp.store_id = c.store_id AND cp.category_id = c.id
    WHERE c.handle = :handle))"""
    )
)
_PRODUCTS = text(_SELECT.format(which="NOT v.archived AND v.product_id = ANY(CAST(:ids AS uuid[]))"))
_VARIANTS = text(_SELECT.format(which="v.id = ANY(CAST(:ids AS uuid[]))"))
_ALL_PRODUCTS = """
SELECT id FROM catalog_product WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2
"""
_BARCODES_HERE = """
SELECT v.id, v.barcode FROM inventory_stock_take_line s
JOIN catalog_variant v ON v.store_id = s.store_id AND v.id = s.variant_id
WHERE s.stock_take_id = $1 AND v.barcode = ANY($2) ORDER BY v.id
"""
_BARCODES = "SELECT id, barcode FROM catalog_variant WHERE barcode = ANY($1) AND NOT archived ORDER BY id"
_HERE = "SELECT variant_id FROM inventory_stock_take_line WHERE stock_take_id = $1 AND variant_id = ANY($2)"

UNKNOWN = translatable("No item has the SKU or barcode “%(code)s”.")
SEVERAL = translatable("Several items have the SKU or barcode “%(code)s”: count them in the list.")


async def variants_of(
    ctx: Context, session: AsyncSession, new: "StockTakeInput", location_id: UUID, most: int
) -> list[UUID]:
    """Give the variants of a new stock-take, in the order of their SKUs.

    Raises:
        Invalid: there are none, or more than ``most``.
    """
    values: dict[str, Any] = {"unstocked": unstocked(ctx), "most": most + 1}
    if new.scope == "location":
        values["location_id"] = location_id
    elif new.scope == "category":
        values["handle"] = new.handle.strip()
    elif new.scope == "collection":
        values["ids"] = await _of_collection(ctx, new.handle.strip())
    elif new.scope == "skus":
        values["ids"] = await _chosen(ctx, new.skus)
    statements = {
        "location": _LOCATION,
        "catalogue": _CATALOGUE,
        "category": _CATEGORY,
        "collection": _PRODUCTS,
    }
    found = (await session.execute(statements.get(new.scope, _VARIANTS), values)).scalars().all()
    field = {"category": "handle", "collection": "handle", "skus": "skus"}.get(new.scope, "scope")
    if not found:
        message = translatable("There is nothing to count in this.")
        raise Invalid(errors=[FieldError(f"/{field}", "empty", message)])
    if len(found) > most:
        message = translatable(
            "These are more than 50,000 items. Count them in parts, by category for instance."
        )
        raise Invalid(errors=[FieldError(f"/{field}", "too_many", message)])
    return [UUID(str(id_)) for id_ in found]


def unstocked(ctx: Context) -> list[str]:
    """Give the kinds of products that never lie in stock."""
    return [code for code, kind in ctx.hooks.registered(product_types).items() if not kind.stocked]


async def found_by(ctx: Context, codes: Iterable[str], take_id: UUID | None = None) -> dict[str, list[UUID]]:
    """Give variants by SKU or else barcode; of several with one code those in the stock-take, if there are any."""
    wanted = {code for code in codes if code}
    found = {code: list(ids) for code, ids in (await catalog.ids_of_skus(ctx, list(wanted))).items()}
    if take_id is not None and (rest := list(wanted - found.keys())):
        _put(found, await ctx.fetch_rows(_BARCODES_HERE, take_id, rest))
    found |= await of_barcodes(ctx, list(wanted - found.keys()))
    doubtful = {code: ids for code, ids in found.items() if len(ids) > 1}
    if take_id is not None and doubtful:
        ids = [id_ for several in doubtful.values() for id_ in several]
        here = {row["variant_id"] for row in await ctx.fetch_rows(_HERE, take_id, ids)}
        found |= {code: [x for x in several if x in here] or several for code, several in doubtful.items()}
    return found


async def of_barcodes(ctx: Context, codes: Sequence[str]) -> dict[str, list[UUID]]:
    """Give the variants that have these barcodes."""
    found: dict[str, list[UUID]] = {}
    _put(found, await ctx.fetch_rows(_BARCODES, list(codes)) if codes else [])
    return found


def _put(found: dict[str, list[UUID]], rows: Iterable[Any]) -> None:
    for row in rows:
        found.setdefault(row["barcode"], []).append(row["id"])


async def _chosen(ctx: Context, skus: Sequence[str]) -> list[UUID]:
    """Give the variants of chosen codes; one that several have means all of them."""
    codes = [code.strip() for code in skus if code.strip()]
    found = await found_by(ctx, codes)
    errors = [
        FieldError(f"/skus/{n}", "unknown", ctx.gettext(UNKNOWN, code=code))
        for n, code in enumerate(codes)
        if code not in found
    ]
    if errors:
        raise Invalid(errors=errors[:50])
    return [id_ for ids in found.values() for id_ in ids]


async def _of_collection(ctx: Context, handle: str) -> list[UUID]:
    """Walk through all products, asking the plugins in which groups they are."""
    code, after, found = f"collection:{handle}", None, []
    while rows := await ctx.fetch_rows(_ALL_PRODUCTS, after, _WALK):
        ids = [row["id"] for row in rows]
        groups = await catalog.groups_of(ctx, ids)
        found += [id_ for id_ in ids if code in groups[id_]]
        after = ids[-1]
    return found
