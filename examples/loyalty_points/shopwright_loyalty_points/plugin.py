# SPDX-License-Identifier: Apache-2.0
"""Loyalty points, written on public names only: events, slots, a ledger of its own."""

import logging
from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright.hookspecs import PluginSwitched
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.money import Money
from shopwright.plugin import Manifest, PiiColumn, PluginSettings, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import Card
from shopwright_catalog import api as catalog
from shopwright_checkout.api import Cart, StoredValue
from shopwright_customers.api import AccountPage
from shopwright_customers.hookspecs import CustomerRegistered
from shopwright_loyalty_points import ledger, views
from shopwright_orders.api import NewOrder, OrderView
from shopwright_orders.hookspecs import OrderEvent
from shopwright_storefront.api import ProductPage

log = logging.getLogger(__name__)


class LoyaltySettings(PluginSettings):
    """How many points an order earns."""

    per_hundred: int = Field(default=1, ge=0, title="Points for each 100 minor units")
    worth: int = Field(
        default=0, ge=0, title="Minor units a point pays", description="0: points pay nothing."
    )


class Plugin(BasePlugin):
    """Customers earn points with paid orders."""

    manifest: ClassVar[Manifest] = Manifest(
        name="loyalty_points",
        version="0.1.0",
        title="Loyalty points",
        summary="Customers earn points with paid orders.",
        requires=("admin", "catalog", "checkout", "customers", "orders", "storefront"),
        settings=LoyaltySettings,
        pii=(PiiColumn("loyalty_points_entry", "kind", "none"),),
    )

    @hookimpl
    async def order_placed(self, ctx: Context, event: OrderEvent) -> None:
        await ledger.add(ctx, event, "promised", await points_for(ctx, Money(event.total, event.currency)))

    @hookimpl
    async def order_paid(self, ctx: Context, event: OrderEvent) -> None:
        await ledger.add(ctx, event, "earned", await points_for(ctx, Money(event.total, event.currency)))

    @hookimpl
    async def order_cancelled(self, ctx: Context, event: OrderEvent) -> None:
        await ledger.add(ctx, event, "revoked", -await ledger.of_order(ctx, event.order_id))

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*views.routes]

    @hookimpl
    async def account_pages(self, ctx: Context) -> Sequence[AccountPage]:
        return [AccountPage(ctx.gettext("Your points"), url(ctx, "loyalty_points.points"), 50)]

    @hookimpl
    async def stored_value(self, ctx: Context, cart: Cart) -> Sequence[StoredValue]:
        worth = ctx.settings(LoyaltySettings).worth
        if not worth or cart.customer_id is None or ctx.actor.id != cart.customer_id:
            return []
        points = await ledger.balance(ctx, cart.customer_id)
        label = ctx.gettext("Your points")
        value = Money(max(points, 0) * worth, ctx.store.currency)
        value = await catalog.convert(ctx, value, cart.currency)
        return [StoredValue("loyalty_points.balance", label, value)]

    @hookimpl
    async def order_placing(
        self, ctx: Context, session: AsyncSession, order: NewOrder
    ) -> Sequence[Rejection]:
        parts = [part.amount for part in order.stored if part.method == "loyalty_points.balance"]
        if not parts or order.customer_id is None:
            return []
        paid = await catalog.convert(ctx, Money.total(parts, order.currency), ctx.store.currency)
        points = -(-paid.amount // ctx.settings(LoyaltySettings).worth)
        if await ledger.spend(ctx, session, order.id, order.customer_id, points):
            return []
        text = ctx.gettext("Your points were used meanwhile. Please look at your cart again.")
        return [Rejection("loyalty_points.used", text, "payment_method")]

    @hookimpl
    async def order_cancelling(self, ctx: Context, session: AsyncSession, order_id: UUID) -> Sequence[str]:
        points = await ledger.give_back(ctx, session, order_id)
        return [f"{points} points"] if points else []

    @hookimpl
    async def customer_registered(self, ctx: Context, event: CustomerRegistered) -> None:
        log.info("customer %s of %s collects points from now on", event.customer_id, ctx.store.code)

    @hookimpl
    async def plugin_disabled(self, ctx: Context, event: PluginSwitched) -> None:
        if event.plugin == "loyalty_points":
            log.info("points of %s are kept until loyalty points are on again", ctx.store.code)

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str, model: object) -> Sequence[Fragment]:
        if slot != "storefront.product.after_price" or not isinstance(model, ProductPage):
            return []
        points = await points_for(ctx, model.selected.price)
        return [Fragment("loyalty_points/earn.html", {"points": points})]

    @hookimpl
    async def admin_slot(self, ctx: Context, zone: str, subject: object) -> Sequence[Card]:
        if zone != "orders.order" or not isinstance(subject, OrderView):
            return []
        return [Card("loyalty_points/order.html", {"points": await ledger.of_order(ctx, subject.id)})]


async def points_for(ctx: Context, amount: Money) -> int:
    own = await catalog.convert(ctx, amount, ctx.store.currency)
    return own.amount * ctx.settings(LoyaltySettings).per_hundred // 100
