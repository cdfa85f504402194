# SPDX-License-Identifier: Apache-2.0
"""The prices of a list: reading them by pages, setting and removing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import BadRequest, FieldError, Invalid
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_pricing.services import history, touch
from shopwright_pricing.services.lists import SavedList
from shopwright_pricing.services.save_list import lock

MOST = 1000
"""Prices that are set at once."""
MAX_QUANTITY = 1_000_000
MAX_AMOUNT = 10**12

_PAGE = """
SELECT p.variant_id, p.min_quantity, p.amount, p.compare_at FROM pricing_price p
WHERE p.list_id = $1 AND ($2::uuid IS NULL OR (p.variant_id, p.min_quantity) > ($2, $3::integer))
ORDER BY p.variant_id, p.min_quantity LIMIT $4
"""
_SKUS = "SELECT v.id, v.sku FROM catalog_variant v WHERE v.sku = ANY($1) AND NOT v.archived ORDER BY v.id"
_SET = text("""
INSERT INTO pricing_price AS p (store_id, id, list_id, variant_id, product_id, min_quantity, amount, compare_at)
SELECT store_id, id, list_id, variant_id, product_id, min_quantity, amount, compare_at
FROM jsonb_populate_recordset(NULL::pricing_price, CAST(:rows AS jsonb))
ON CONFLICT (store_id, variant_id, list_id, min_quantity) DO UPDATE SET amount = excluded.amount,
    compare_at = excluded.compare_at
""")
_REMOVE = text("""
DELETE FROM pricing_price p USING jsonb_to_recordset(CAST(:rows AS jsonb)) AS gone(variant_id uuid, min_quantity integer)
WHERE p.list_id = :list_id AND p.variant_id = gone.variant_id AND p.min_quantity = gone.min_quantity
""")
_CLEAR = text("DELETE FROM pricing_price WHERE list_id = :list_id")
_IS_PUBLIC = "SELECT audience = 'everybody' FROM pricing_list WHERE id = $1"
_FORGET = text("DELETE FROM pricing_price WHERE product_id = :product_id")
_CHANGED = text("UPDATE pricing_list SET version = version + 1 WHERE id = :id")


@dataclass(frozen=True, slots=True)
class PriceInput:
    """A price from a quantity on, in minor units of the list's currency; no amount removes it."""

    variant_id: UUID
    amount: int | None
    min_quantity: int = 1
    compare_at: int | None = None


@dataclass(frozen=True, slots=True)
class ListPrice:
    """A price of a list, with the variant's name for staff; ``catalogue`` is None when the variant is gone."""

    variant_id: UUID
    sku: str
    title: str
    min_quantity: int
    amount: Money
    compare_at: Money | None
    catalogue: Money | None


async def page(
    ctx: Context, of: SavedList, *, after: tuple[UUID, int] | None = None, limit: int = 100
) -> list[ListPrice]:
    """Give prices of a list in the order of their variants, from behind a variant and quantity on."""
    variant_id, quantity = after or (None, 0)
    rows = await ctx.fetch_rows(_PAGE, of.id, variant_id, quantity, limit)
    infos = await catalog.variants(ctx, list({row["variant_id"] for row in rows}))
    return [_listed(row, infos, of.currency) for row in rows]


def after(cursor: str) -> tuple[UUID, int] | None:
    """Read where a page goes on, as ``<variant>:<quantity>``.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    if not cursor:
        return None
    variant_id, _, quantity = cursor.partition(":")
    try:
        return UUID(variant_id), min(int(quantity), MAX_QUANTITY)
    except ValueError:
        message = "This cursor is not one of ours; begin again without a cursor."
        raise BadRequest(message, errors=[FieldError("/cursor", "unknown_cursor", message)]) from None


async def by_sku(ctx: Context, skus: Sequence[str]) -> dict[str, list[UUID]]:
    """Give the variants with these SKUs; nothing keeps a SKU from being used twice."""
    found: dict[str, list[UUID]] = {}
    for row in await ctx.fetch_rows(_SKUS, list(skus)):
        found.setdefault(row["sku"], []).append(row["id"])
    return found


async def change(
    ctx: Context,
    list_id: UUID,
    prices: Sequence[PriceInput],
    *,
    version: int | None = None,
    replace: bool = False,
) -> None:
    """Set and remove prices of a list, all or none of them; ``replace`` removes what is not named.

    Raises:
        Invalid, NotFound, Conflict: names the price by its place, or somebody changed the list meanwhile.
    """
    infos = await catalog.variants(ctx, list({x.variant_id for x in prices}))
    _check(prices, infos)
    # Where nothing is written yet, the price before the reduction would be lost.
    ids = sorted(infos) if await ctx.fetch_value(_IS_PUBLIC, list_id) else []
    for start in range(0, len(ids), touch.CHUNK):
        await history.record(ctx, ids[start : start + touch.CHUNK])
    made = [_row(ctx, list_id, x, infos[x.variant_id].product_id) for x in prices if x.amount is not None]
    gone = [{"variant_id": x.variant_id, "min_quantity": x.min_quantity} for x in prices if x.amount is None]

    async def work(session: AsyncSession) -> None:
        await lock(session, list_id, version)
        before = await touch.reach(session, list_id)
        if replace:
            await session.execute(_CLEAR, {"list_id": list_id})
        if gone:
            await session.execute(_REMOVE, {"list_id": list_id, "rows": dump(gone)})
        if made:
            await session.execute(_SET, {"rows": dump(made)})
        await session.execute(_CHANGED, {"id": list_id})
        data = {"set": len(made), "removed": len(gone), "replaced": replace}
        await ctx.audit(session, "pricing.prices_changed", subject=("pricing.list", list_id), data=data)
        reached = before | await touch.reach(session, list_id)
        await touch.touched(ctx, session, reached if replace else _only(reached, prices, infos))

    await ctx.run(work)


async def forget_product(ctx: Context, product_id: UUID) -> None:
    """Remove the prices of a product that is deleted; its history stays."""
    await ctx.run(lambda session: session.execute(_FORGET, {"product_id": product_id}))


def _only(
    reached: touch.Reach, prices: Sequence[PriceInput], infos: Mapping[UUID, catalog.VariantInfo]
) -> touch.Reach:
    """Leave of a list's reach what these prices change."""
    variants = frozenset(x.variant_id for x in prices)
    products = frozenset(x.product_id for x in infos.values())
    return touch.Reach(reached.is_public, False, products, variants)


def _check(prices: Sequence[PriceInput], infos: Mapping[UUID, catalog.VariantInfo]) -> None:
    errors = []
    seen: set[tuple[UUID, int]] = set()
    for index, price in enumerate(prices):
        key = (price.variant_id, price.min_quantity)
        if price.amount is not None and price.variant_id not in infos:
            errors.append(FieldError(f"/prices/{index}/variant_id", "unknown", "There is no such variant."))
        if not 1 <= price.min_quantity <= MAX_QUANTITY:
            words = f"Give a quantity from 1 to {MAX_QUANTITY}."
            errors.append(FieldError(f"/prices/{index}/min_quantity", "out_of_range", words))
        for name, amount in (("amount", price.amount), ("compare_at", price.compare_at)):
            if amount is not None and not 0 <= amount <= MAX_AMOUNT:
                words = "Give an amount in minor units, 0 or more."
                errors.append(FieldError(f"/prices/{index}/{name}", "out_of_range", words))
        if key in seen:
            words = "The variant and quantity is there twice. Leave one of them out."
            errors.append(FieldError(f"/prices/{index}", "twice", words))
        seen.add(key)
    if errors:
        raise Invalid(errors=errors[:100])


def _row(ctx: Context, list_id: UUID, price: PriceInput, product_id: UUID) -> dict[str, Any]:
    return {
        "store_id": ctx.store.id,
        "id": new_id(),
        "list_id": list_id,
        "variant_id": price.variant_id,
        "product_id": product_id,
        "min_quantity": price.min_quantity,
        "amount": price.amount,
        "compare_at": price.compare_at,
    }


def _listed(row: Any, infos: Mapping[UUID, catalog.VariantInfo], currency: str) -> ListPrice:
    info = infos.get(row["variant_id"])
    name = ("" if info is None else info.product_title, "" if info is None else info.title)
    return ListPrice(
        variant_id=row["variant_id"],
        sku="" if info is None else info.sku,
        title=" – ".join(part for part in name if part),
        min_quantity=row["min_quantity"],
        amount=Money(row["amount"], currency),
        compare_at=None if row["compare_at"] is None else Money(row["compare_at"], currency),
        catalogue=None if info is None or info.price.currency != currency else info.price,
    )
