# SPDX-License-Identifier: Apache-2.0
"""216 carts cost exactly what a calculation apart from the product says, and what always holds of a cart does."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.integration.carts import reference, shop
from tests.shop import EVERYTHING, THEMES, add_product, system

from shopwright.activation import NewStore
from shopwright.actor import ANONYMOUS
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_checkout import api as checkout
from shopwright_checkout.api import Cart, CartLine, CartView
from shopwright_checkout.services.totals import calculate
from shopwright_discounts.services import coupons, save_promotion
from shopwright_discounts.services.cart import TRIED, read_note
from shopwright_discounts.services.save_promotion import PartInput, PromotionInput
from shopwright_gift_cards.services import carts as cards_in_carts
from shopwright_gift_cards.services import manage
from shopwright_orders.api import Address
from shopwright_pricing.services import save_list
from shopwright_pricing.services.lists import ListInput
from shopwright_pricing.services.prices import PriceInput, change
from shopwright_tax.services import save_rate

TABLE = Path(__file__).parent / "carts" / "table.json"
STORES = [NewStore(x.lower(), x, x, "en", hosts=(f"{x.lower()}.localhost",)) for x in shop.UNIT]


def read_table() -> list[dict[str, Any]]:
    rows = json.loads(TABLE.read_text())
    assert len(rows) >= 200
    return rows


def test_the_table_is_what_the_calculation_gives():
    assert read_table() == reference.rows()


class Counter:
    """A store in one currency with all rules, where carts are computed without being kept."""

    def __init__(self, ctx: Any) -> None:
        self.ctx, self.variants, self.marked = ctx, dict[str, UUID](), dict[str, Cart]()
        self.unit = shop.UNIT[ctx.store.currency]

    async def furnish(self, client: Any) -> None:
        ctx, unit = self.ctx, self.unit
        for handle, prices in shop.PRODUCTS.items():
            values: dict[str, Any] = {"vendor": "Acme"} if handle == shop.BRAND else {}
            category = "reduced" if handle in shop.REDUCED else "standard"
            self.variants[handle] = await add_product(
                ctx, handle, price=prices[ctx.store.currency], stock=None, tax_category=category, **values
            )
        assert sorted(self.variants.values()) == list(self.variants.values())
        method = {
            "code": "post",
            "label": "Post",
            "price": shop.SHIPPING * unit,
            "free_from": shop.FREE_FROM * unit,
        }
        await ctx.kernel.settings.save(ctx, "flat_shipping", {"methods": [method]}, "store")
        for (country, category), percent in shop.RATES.items():
            rate = save_rate.RateInput(country, Decimal(percent), f"{category} {percent}", category=category)
            await save_rate.create(ctx, rate)
        await self._price_list()
        await self._promotions()
        for card, amount in shop.CARDS.items():
            _, code = await manage.issue(ctx, amount * unit)
            cart_id = UUID((await client.post_json("/api/v1/carts"))["id"])
            await cards_in_carts.enter(ctx, cart_id, code)
            self.marked[card] = await checkout.cart(ctx, cart_id)

    async def _price_list(self) -> None:
        ctx = self.ctx
        list_id = await save_list.create(
            ctx, ListInput(code="many", title="Many", currency=ctx.store.currency)
        )
        prices = [
            PriceInput(self.variants[handle], amount * self.unit, reach)
            for handle, tiers in shop.TIERS.items()
            for reach, amount in tiers
        ]
        await change(ctx, list_id, prices)

    async def _promotions(self) -> None:
        brand = PartInput("discounts.vendor", {"any_of": ["acme"]})
        off = PartInput("discounts.percentage", {"percent": shop.BRAND_PERCENT})
        await save_promotion.create(self.ctx, PromotionInput("brand", "Brand", [off], conditions=[brand]))
        for code, rule in shop.RULES.items():
            values = {x: v * self.unit if x in rule.money else v for x, v in rule.values.items()}
            conditions = [
                PartInput(f"discounts.{kind}", given)
                for kind, given, is_asked in (
                    ("subtotal", {"at_least": rule.minimum * self.unit}, rule.minimum),
                    ("quantity", {"at_least": rule.pieces}, rule.pieces),
                    ("product", {"any_of": [rule.only]}, rule.only),
                )
                if is_asked
            ]
            promotion = PromotionInput(
                code, code.title(), [PartInput(f"discounts.{rule.kind}", values)], conditions=conditions,
                needs_coupon=bool(rule.code), priority=rule.priority, exclusion_group=rule.group, combines=rule.combines,
            )  # fmt: skip
            promotion_id = await save_promotion.create(self.ctx, promotion)
            if rule.code:
                await coupons.add(self.ctx, promotion_id, rule.code, None)

    async def taxes(self, *, included: bool) -> None:
        await self.ctx.kernel.settings.save(self.ctx, "tax", {"prices_include_tax": included}, "store")
        self.ctx = system(self.ctx.kernel, self.ctx.store.code)

    async def show(self, row: dict[str, Any], *, backwards: bool = False) -> CartView:
        return await checkout.show(self.ctx.as_actor(ANONYMOUS), self._cart(row, backwards=backwards))

    async def taxes_of(self, row: dict[str, Any]) -> dict[str, int]:
        """Give the tax of each line and of shipping, where there is some."""
        ctx, cart = self.ctx.as_actor(ANONYMOUS), self._cart(row)
        totals = (
            await calculate(ctx, cart, await catalog.variants(ctx, [x.variant_id for x in cart.lines]))
        ).totals
        found = {line.variant.product_handle: line.tax for line in totals.lines} | {
            "shipping": totals.shipping_tax
        }
        return {name: tax.amount for name, tax in found.items() if tax and tax.amount}

    def _cart(self, row: dict[str, Any], *, backwards: bool = False) -> Cart:
        currency = row["currency"]
        places = list(shop.PRODUCTS)
        lines = [
            CartLine(UUID(int=places.index(handle) + 1), self.variants[handle], count, Money(0, currency))
            for handle, count in row["lines"].items()
        ]
        cart = self.marked.get(row["card"]) or Cart(UUID(int=99), currency, ())
        address = Address(
            name="Ada", line1="Main Street 1", city="Town", postal_code="12345", country=row["country"]
        )
        return replace(
            cart, lines=tuple(lines[::-1] if backwards else lines), shipping_address=address,
            shipping_code="flat_shipping.post", attributes={TRIED: " ".join(row["codes"])},
        )  # fmt: skip


@pytest.fixture
async def counters(make_kernel, make_client):
    kernel = await make_kernel(plugins=EVERYTHING, stores=STORES, config=THEMES)
    found = {}
    for store in STORES:
        found[store.currency] = Counter(system(kernel, store.code))
        await found[store.currency].furnish(await make_client(kernel, store.code))
    return found


def told(shown: CartView) -> dict[str, Any]:
    """Say of a cart what the table says."""
    by_handle = {line.product_handle: line for line in shown.lines}
    return {
        "prices": {handle: line.unit_price.amount for handle, line in by_handle.items()},
        "off": {handle: line.discount.amount for handle, line in by_handle.items()},
        "applied": sorted(x.code for x in read_note(shown.notes).given),
        "shipping": shown.shipping.amount, "tax": shown.tax.amount, "total": shown.total.amount,
        "due": shown.due.amount,
    }  # fmt: skip


def assert_adds_up(shown: CartView) -> None:
    """The sum of the parts is the whole, each amount is the sum of its trail, and nothing is negative."""
    parts = sum(line.total.amount for line in shown.lines) + shown.shipping.amount
    assert shown.total.amount == parts + (0 if shown.tax_included else shown.tax.amount)
    assert shown.tax.amount == sum(line.amount.amount for line in shown.tax_lines)
    assert shown.due.amount == shown.total.amount - sum(part.amount.amount for part in shown.stored)
    for line in shown.lines:
        assert line.total.amount == line.unit_price.amount * line.quantity - line.discount.amount
        given = sum(x.amount.amount for x in line.provenance if x.rule in shop.RULES)
        assert (line.discount.amount, line.total.amount >= 0) == (-given, True)
        trail = sum(x.amount.amount for x in line.provenance if x.rule not in shop.RULES)
        assert trail == line.unit_price.amount


@pytest.mark.timeout(120)
async def test_every_cart_of_the_table_costs_what_it_says_whatever_the_order_of_its_lines(counters):
    for included in (True, False):
        for counter in counters.values():
            await counter.taxes(included=included)
        for number, row in enumerate(x for x in read_table() if x["included"] == included):
            shown = await counters[row["currency"]].show(row)
            expected = dict(row["expected"])
            taxes = expected.pop("taxes")
            expected["tax"] = sum(taxes.values())
            assert told(shown) == expected, row
            assert_adds_up(shown)
            if number % 4 == 0:
                backwards = await counters[row["currency"]].show(row, backwards=True)
                assert told(backwards) == told(shown), row
                assert await counters[row["currency"]].taxes_of(row) == taxes, row


async def test_listing_product_page_and_cart_agree_in_every_currency(counters, make_client):
    for counter in counters.values():
        client = await make_client(counter.ctx.kernel, counter.ctx.store.code)
        cards = {x["handle"]: x["price"] for x in (await client.get_json("/api/v1/products"))["items"]}
        row = {
            "currency": counter.ctx.store.currency,
            "lines": dict.fromkeys(shop.PRODUCTS, 1),
            "country": "DE",
        }
        shown = await counter.show(row | {"codes": [], "card": ""})
        for line in shown.lines:
            page = await client.get_json(f"/api/v1/products/{line.product_handle}")
            price = {"amount": line.unit_price.amount, "currency": line.unit_price.currency}
            assert (page["variants"][0]["price"], cards[line.product_handle]) == (price, price)
