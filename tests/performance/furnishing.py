# SPDX-License-Identifier: Apache-2.0
"""What a store that is measured has beside products: price lists, promotions with codes, a collection."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.performance.seed import KINDS, VENDORS

from shopwright.context import Context
from shopwright_collections.services import save as collections
from shopwright_customers.services import groups
from shopwright_discounts.services import coupons, save_promotion
from shopwright_discounts.services.save_promotion import PartInput, PromotionInput
from shopwright_pricing.services import save_list
from shopwright_pricing.services.lists import ListInput

GROUP = "trade"
COLLECTION = "oak"
RANGE = 20_000
EVERY = 10
"""One of so many products has prices by quantity."""
TIERS = {1: 88, 10: 80, 100: 70}
"""Percent of the catalogue's price, by the quantity it begins with."""
CODES = ("GIFT5", "WELCOME", "TOOSMALL", "SECOND")
"""Codes that are entered in the cart that is measured; the third asks for more than is in it."""

_TIER_PRICES = text("""
INSERT INTO pricing_price (store_id, id, list_id, variant_id, product_id, min_quantity, amount)
SELECT v.store_id, gen_random_uuid(), :list_id, v.id, v.product_id, t.quantity, v.price * t.percent / 100
FROM catalog_product p
JOIN catalog_variant v ON v.store_id = p.store_id AND v.product_id = p.id AND NOT v.archived
CROSS JOIN unnest(CAST(:quantities AS integer[]), CAST(:percents AS integer[])) AS t (quantity, percent)
WHERE p.published AND p.position BETWEEN :first AND :last AND p.position % :every = 0
ON CONFLICT (store_id, variant_id, list_id, min_quantity) DO NOTHING
""")
_MEMBERS = text("""
INSERT INTO collections_member (store_id, id, collection_id, product_id, position, title, price)
SELECT p.store_id, gen_random_uuid(), c.id, p.id, 0, p.title, p.price_min
FROM catalog_product p JOIN collections_collection c ON c.store_id = p.store_id AND c.handle = :handle
WHERE p.published AND p.position BETWEEN :first AND :last AND :tag = ANY(p.tags)
ON CONFLICT (store_id, collection_id, product_id) DO NOTHING
""")
_DONE = """
SELECT EXISTS (SELECT 1 FROM pricing_price x JOIN catalog_product p ON p.store_id = x.store_id AND p.id = x.product_id
    WHERE p.handle = $1)
"""
_LIST_ID = "SELECT id FROM pricing_list WHERE code = $1"
_HAS = "SELECT EXISTS (SELECT 1 FROM {table} WHERE {column} = $1)"


async def furnish(ctx: Context, size: int) -> None:
    """Add what is missing in a store with so many products."""
    if not await _has(ctx, "customers_group", "code", GROUP):
        await groups.create(ctx, code=GROUP, title="Trade", priority=1)
    await _price_lists(ctx, size)
    for promotion, code in promotions():
        if not await _has(ctx, "discounts_promotion", "code", promotion.code):
            promotion_id = await save_promotion.create(ctx, promotion)
            if code:
                await coupons.add(ctx, promotion_id, code, None)
    await _collection(ctx, size)


def promotions() -> list[tuple[PromotionInput, str]]:
    """Make twenty promotions, each with its code or none: most stack, some keep each other out."""
    shelf = [f"shelf-{number}" for number in range(0, 40, 4)]
    made = [
        _promotion(f"kind-{kind}", _percent(2), _of("tag", [kind]), _of_subtotal(1000))
        for kind in list(KINDS)[:6]
    ]
    made += [
        _promotion(f"vendor-{n}", _percent(3), _of("vendor", [VENDORS[n]]), priority=5) for n in range(2)
    ]
    made += [
        _promotion(f"only-one-{n}", _percent(n + 4), _of_subtotal(5000), group="one", priority=n)
        for n in range(3)
    ]
    by_three, tiers = {"buy": 2, "get": 1, "percent": 50}, ["10: 1", "40: 2"]
    made += [
        _promotion("shelves", PartInput("discounts.buy_get", by_three), _of("category", shelf)),
        _promotion("the-more", PartInput("discounts.tiered", {"by": "quantity", "tiers": tiers})),
        _promotion("traders", _percent(2), PartInput("discounts.audience", {"any_of": [f"group:{GROUP}"]})),
        _promotion("free-shipping", PartInput("discounts.free_shipping"), _of_subtotal(10_000)),
        _promotion("alone", _percent(50), _of_subtotal(1), priority=-9, combines=False),
    ]
    amounts = (500, 1000, 2000, 700)
    least = (0, 2000, 10**11, 3000)
    coded = [
        _promotion(f"code-{n}", PartInput("discounts.amount", {"amount": amounts[n]}), _of_subtotal(least[n]),
                   needs_coupon=True, limit_total=10**6)
        for n in range(4)
    ]  # fmt: skip
    return [(promotion, "") for promotion in made] + list(zip(coded, CODES, strict=True))


def _promotion(
    code: str, action: PartInput, *conditions: PartInput, group: str = "", **values: Any
) -> PromotionInput:
    return PromotionInput(
        code=code,
        title=code.title(),
        actions=(action,),
        conditions=conditions,
        exclusion_group=group,
        **values,
    )


def _percent(percent: int) -> PartInput:
    return PartInput("discounts.percentage", {"percent": str(percent)})


def _of(kind: str, any_of: Sequence[str]) -> PartInput:
    return PartInput(f"discounts.{kind}", {"any_of": list(any_of)})


def _of_subtotal(least: int) -> PartInput:
    return PartInput("discounts.subtotal", {"at_least": least})


async def _price_lists(ctx: Context, size: int) -> None:
    own = {"currency": ctx.store.currency, "audience": "groups", "audience_codes": (GROUP,)}
    for code, more in (("trade", {"percent": Decimal(92)}), ("by-quantity", {"priority": 20})):
        if await ctx.fetch_value(_LIST_ID, code) is None:
            await save_list.create(ctx, ListInput(code=code, title=code.title(), **own, **more))  # type: ignore[arg-type]
    values = {
        "list_id": await ctx.fetch_value(_LIST_ID, "by-quantity"), "quantities": list(TIERS),
        "percents": list(TIERS.values()), "every": EVERY,
    }  # fmt: skip
    if not await ctx.fetch_value(_DONE, f"seed-{(size - 1) // EVERY * EVERY}"):
        await _by_ranges(ctx, _TIER_PRICES, values, size)
        await ctx.run(lambda session: _forget(ctx, session))


async def _collection(ctx: Context, size: int) -> None:
    if not await _has(ctx, "collections_collection", "handle", COLLECTION):
        condition = collections.Condition("collections.tag", {"value": COLLECTION})
        new = collections.CollectionInput(COLLECTION, "Oak", conditions=(condition,))
        await collections.save(ctx, COLLECTION, new, 0)
        await _by_ranges(ctx, _MEMBERS, {"handle": COLLECTION, "tag": COLLECTION}, size)


async def _by_ranges(ctx: Context, statement: Any, values: dict[str, Any], size: int) -> None:
    """Run a statement for some products at a time: none may take longer than the server lets it."""
    for first in range(0, size, RANGE):
        own = values | {"first": first, "last": first + RANGE - 1}
        await ctx.run(lambda session, own=own: session.execute(statement, own))


async def _has(ctx: Context, table: str, column: str, value: str) -> bool:
    return bool(await ctx.fetch_value(_HAS.format(table=table, column=column), value))


async def _forget(ctx: Context, session: AsyncSession) -> UUID | None:
    await ctx.kernel.events.invalidate(ctx, session, ["*"])
    return None
