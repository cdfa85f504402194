# SPDX-License-Identifier: Apache-2.0
"""The house rules: each of them is one hook, and all are off until somebody sets them."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright.money import Money, Rounding
from shopwright.plugin import Manifest, PluginSettings, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_catalog import api as catalog
from shopwright_catalog.api import PriceOffer, PriceRequest, ProductInput, VariantInfo
from shopwright_checkout import api as checkout
from shopwright_checkout.api import (
    Cart,
    CartCodes,
    CheckoutField,
    CheckoutStep,
    CodeAnswer,
    EnteredCode,
    Fee,
    LineTotals,
    OwnStep,
    Stage,
    Totals,
)
from shopwright_inventory.api import Allocation, Demand, Destination, StockAt
from shopwright_inventory.hookspecs import StockLow
from shopwright_orders.api import NewOrder

log = logging.getLogger(__name__)
_FRIEND = "house_rules.friend"
"""The mark of a cart in which the word was entered, and the code it is taken out by."""


class HouseRules(PluginSettings):
    """Which rules hold in a store. Amounts are minor units of its currency."""

    most_of_one: int = Field(
        default=0, ge=0, title="Most of one product in a cart", description="0 for no limit."
    )
    least_order: int = Field(default=0, ge=0, title="Least value of an order")
    small_order_fee: int = Field(default=0, ge=0, title="Fee for small orders")
    small_order_below: int = Field(default=0, ge=0, title="An order is small below")
    bulk_from: int = Field(default=0, ge=0, title="Items of one product that make it cheaper")
    bulk_percent: int = Field(default=0, ge=0, le=100, title="Percent off for that many")
    friends_word: str = Field(
        default="",
        max_length=40,
        title="What friends enter as a code",
        description="Empty: there is no such word.",
    )
    friends_percent: int = Field(default=10, ge=1, le=100, title="Percent off for friends")
    lowest_offer: bool = Field(
        default=False, title="The lowest price counts", description="Whatever the order of the offers."
    )
    delivery_days: int = Field(
        default=0,
        ge=0,
        le=90,
        title="Days ahead for which a delivery can be wished",
        description="0 asks nobody.",
    )
    asks_present: bool = Field(default=False, title="Ask whether an order is a present")
    number_prefix: str = Field(default="", max_length=10, title="What order numbers begin with")
    forbidden_words: tuple[str, ...] = Field(default=(), title="Words no product title may have")
    blocked_domains: tuple[str, ...] = Field(default=(), title="E-mail domains that get no account")
    home_country: str = Field(default="", max_length=2, title="Country that is not abroad")
    abroad_from: str = Field(
        default="",
        max_length=40,
        title="Code of the location that sends orders abroad",
        description="Empty: any.",
    )
    logs_low_stock: bool = Field(default=False, title="Write into the log what is low")


class Plugin(BasePlugin):
    """A store's own rules for carts, orders, products and accounts."""

    manifest: ClassVar[Manifest] = Manifest(
        name="house_rules",
        version="0.1.0",
        title="House rules",
        summary="A store's own rules for carts, orders, products and accounts.",
        requires=("catalog", "checkout", "customers", "inventory", "orders"),
        settings=HouseRules,
    )

    @hookimpl
    async def cart_item_add(self, ctx: Context, variant: VariantInfo, quantity: int) -> Sequence[Rejection]:
        most = ctx.settings(HouseRules).most_of_one
        if not most or quantity <= most:
            return []
        text = f"At most {most} of {variant.product_title} in one order."
        return [Rejection("house_rules.too_many", text, "quantity")]

    @hookimpl
    async def order_validate(self, ctx: Context, totals: Totals) -> Sequence[Rejection]:
        least = Money(ctx.settings(HouseRules).least_order, ctx.store.currency)
        least = await catalog.convert(ctx, least, totals.currency)
        if totals.subtotal - totals.discount >= least:
            return []
        return [Rejection("house_rules.too_small", f"We take orders from {ctx.format_money(least)}.")]

    @hookimpl
    async def cart_fees(self, ctx: Context, totals: Totals) -> Sequence[Fee]:
        rules = ctx.settings(HouseRules)
        if not totals.lines or not rules.small_order_fee:
            return []
        value = await catalog.convert(ctx, totals.subtotal - totals.discount, ctx.store.currency)
        if value.amount >= rules.small_order_below:
            return []
        fee = await catalog.convert(ctx, Money(rules.small_order_fee, value.currency), totals.currency)
        return [Fee("house_rules.small_order", ctx.gettext("Fee for small orders"), fee)]

    @hookimpl
    async def cart_process(self, ctx: Context, value: Totals, cart: Cart, stage: Stage) -> Totals | None:
        if stage != "discounts":
            return None
        rules, lines = ctx.settings(HouseRules), value.lines
        if rules.bulk_from and rules.bulk_percent:
            share = Decimal(rules.bulk_percent) / 100
            lines = tuple(_cheaper(x, share) if x.quantity >= rules.bulk_from else x for x in lines)
        if rules.friends_word and _FRIEND in cart.marks:
            lines = tuple(_cheaper(x, Decimal(rules.friends_percent) / 100) for x in lines)
        return None if lines is value.lines else replace(value, lines=lines)

    @hookimpl
    async def cart_code(self, ctx: Context, cart: Cart, code: str) -> CodeAnswer | None:
        word = ctx.settings(HouseRules).friends_word
        if not word or code.casefold() != word.casefold():
            return None
        await ctx.run(lambda session: checkout.mark(session, cart.id, _FRIEND))
        return CodeAnswer(_FRIEND, ctx.gettext("Welcome, friend."))

    @hookimpl
    async def cart_codes(self, ctx: Context, cart: Cart) -> Sequence[CartCodes]:
        rules = ctx.settings(HouseRules)
        if not rules.friends_word:
            return []
        entered = EnteredCode(_FRIEND, rules.friends_word, f"−{rules.friends_percent} %")
        return [CartCodes(ctx.gettext("word of a friend"), (entered,) if _FRIEND in cart.marks else ())]

    @hookimpl
    async def cart_code_remove(self, ctx: Context, cart: Cart, code: str) -> bool | None:
        if code != _FRIEND or _FRIEND not in cart.marks:
            return None
        await ctx.run(lambda session: checkout.unmark(session, cart.id, _FRIEND))
        return True

    @hookimpl
    async def price_select(
        self, ctx: Context, requests: Sequence[PriceRequest], offers: Sequence[PriceOffer]
    ) -> Mapping[UUID, str] | None:
        if not ctx.settings(HouseRules).lowest_offer:
            return None
        return {x.variant_id: _lowest(x, offers) for x in requests}

    @hookimpl
    async def checkout_steps(self, ctx: Context) -> Sequence[CheckoutStep]:
        days = ctx.settings(HouseRules).delivery_days
        if not days:
            return []
        today = ctx.clock.now().date()
        earliest, latest = today + timedelta(days=1), today + timedelta(days=days)
        label = ctx.gettext("Day of delivery")
        day = CheckoutField("house_rules.day", label, "date", earliest=earliest, latest=latest)
        return [CheckoutStep("house_rules.when", ctx.gettext("When shall it come?"), (day,))]

    @hookimpl
    async def checkout_fields(self, ctx: Context, step: OwnStep) -> Sequence[CheckoutField]:
        if step != "payment" or not ctx.settings(HouseRules).asks_present:
            return []
        return [CheckoutField("house_rules.present", ctx.gettext("It is a present"), "checkbox")]

    @hookimpl
    async def order_number(self, ctx: Context, order: NewOrder, sequence: int) -> str | None:
        prefix = ctx.settings(HouseRules).number_prefix
        return f"{prefix}{sequence:06}" if prefix else None

    @hookimpl
    async def product_validate(self, ctx: Context, product: ProductInput) -> Sequence[Rejection]:
        words = ctx.settings(HouseRules).forbidden_words
        found = [word for word in words if word.lower() in product.title.lower()]
        return [Rejection("house_rules.word", f"We do not say {word!r}.", "title") for word in found]

    @hookimpl
    async def customer_validate(self, ctx: Context, email: str) -> Sequence[Rejection]:
        domain = email.rpartition("@")[2].lower()
        if domain not in ctx.settings(HouseRules).blocked_domains:
            return []
        return [Rejection("house_rules.domain", "Please use another e-mail address.", "email")]

    @hookimpl
    async def fulfilment_route(
        self,
        ctx: Context,
        demand: Sequence[Demand],
        stock: Sequence[StockAt],
        destination: Destination | None,
    ) -> Sequence[Allocation] | None:
        rules = ctx.settings(HouseRules)
        if not rules.abroad_from or destination is None or destination.country == rules.home_country:
            return None
        # Where this location has not enough, the store's strategy decides.
        return [Allocation(want.variant_id, rules.abroad_from, want.quantity) for want in demand]

    @hookimpl
    async def stock_low(self, ctx: Context, event: StockLow) -> None:
        if ctx.settings(HouseRules).logs_low_stock:
            log.warning("store %s: %s left of variant %s", ctx.store.code, event.left, event.variant_id)


def _lowest(request: PriceRequest, offers: Sequence[PriceOffer]) -> str:
    """Give the code of the lowest offer; none that is known means the catalogue's."""
    prices = {x.code: x.prices[request.variant_id].amount for x in offers if request.variant_id in x.prices}
    below = {code: amount for code, amount in prices.items() if amount.amount < request.price.amount}
    return min(below, key=lambda code: below[code].amount, default="catalog.variant")


def _cheaper(line: LineTotals, share: Decimal) -> LineTotals:
    return replace(line, discount=line.discount + line.total.multiply(share, Rounding.HALF_UP))
