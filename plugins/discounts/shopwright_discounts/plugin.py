# SPDX-License-Identifier: Apache-2.0
"""The discounts plugin: its manifest and its hook implementations."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.doctor import DoctorCheck
from shopwright.errors import Rejection
from shopwright.hookspecs import DemoSource, PluginSwitched
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.jobs import Job, Schedule
from shopwright.money import Money
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import NavItem
from shopwright_catalog.api import Price, PriceRequest
from shopwright_checkout.api import Cart, CartCodes, CartView, CodeAnswer, Stage, Totals
from shopwright_discounts import checks, hookspecs, jobs
from shopwright_discounts.admin import batches, try_cart
from shopwright_discounts.admin import pages as admin_pages
from shopwright_discounts.api import ActionKind, ConditionKind
from shopwright_discounts.services import (
    actions,
    cart,
    catalogue,
    conditions,
    coupons,
    demo,
    gifts,
    privacy,
    redeem,
)
from shopwright_discounts.services.promotions import CHANNEL, Memory, changed, enabled, read_live
from shopwright_discounts.settings import DiscountSettings
from shopwright_discounts.views import admin_api, api
from shopwright_orders.api import NewOrder

_TEXTS = {
    "discounts_promotion": (
        "code",
        "title",
        "titles",
        "exclusion_group",
        "currency",
        "conditions",
        "actions",
    ),
    "discounts_coupon": ("code",),
    "discounts_batch": ("prefix",),
    "discounts_redemption": ("state",),
    "discounts_shown": ("active",),
}


class Plugin(BasePlugin):
    """Promotions and coupons: conditions, actions, limits and budgets."""

    manifest: ClassVar[Manifest] = Manifest(
        name="discounts",
        version="0.1.0",
        title="Discounts",
        summary="Promotions and coupons: conditions, actions, limits and budgets.",
        requires=("admin", "catalog", "checkout", "orders"),
        settings=DiscountSettings,
        permissions=(
            Permission("discounts.promotion.view", "See discounts"),
            Permission("discounts.promotion.edit", "Change discounts"),
        ),
        pii=(
            PiiColumn("discounts_person", "who", "email"),
            PiiColumn("discounts_redemption", "people", "email"),
            *(PiiColumn(table, column, "none") for table, columns in _TEXTS.items() for column in columns),
        ),
    )
    hookspecs = (hookspecs,)

    def __init__(self) -> None:
        self.memory = Memory(CHANNEL, read_live)

    @hookimpl
    def promotion_conditions(self) -> Sequence[ConditionKind]:
        return conditions.KINDS

    @hookimpl
    def promotion_actions(self) -> Sequence[ActionKind]:
        return actions.KINDS

    @hookimpl
    async def price_adjust(
        self, ctx: Context, value: Mapping[UUID, Price], requests: Sequence[PriceRequest]
    ) -> Mapping[UUID, Price] | None:
        return await catalogue.adjusted(ctx, value, requests)

    @hookimpl
    async def cart_process(self, ctx: Context, value: Totals, cart: Cart, stage: Stage) -> Totals | None:
        return await _processed(ctx, value, cart, stage)

    @hookimpl
    async def order_placing(
        self, ctx: Context, session: AsyncSession, order: NewOrder, cart: Cart, totals: Totals
    ) -> Sequence[Rejection]:
        return await redeem.hold(ctx, session, order.id, cart, totals)

    @hookimpl
    async def order_cancelling(self, ctx: Context, session: AsyncSession, order_id: UUID) -> Sequence[str]:
        return await redeem.give_back(ctx, session, order_id)

    @hookimpl
    async def cart_reopened(
        self, ctx: Context, session: AsyncSession, cart_id: UUID, copy_id: UUID
    ) -> Sequence[str]:
        await coupons.copy(ctx, session, cart_id, copy_id)
        return []

    @hookimpl(optionalhook=True)
    async def data_export(self, ctx: Context, subject: Any) -> Sequence[Any]:
        return await privacy.sections(ctx, subject)

    @hookimpl(optionalhook=True)
    async def data_erase(self, ctx: Context, session: AsyncSession, subject: Any) -> Sequence[Any]:
        return await privacy.forget(ctx, session, subject)

    @hookimpl
    async def plugin_enabled(self, ctx: Context, event: PluginSwitched) -> None:
        await _forget(ctx)

    @hookimpl
    async def plugin_disabled(self, ctx: Context, event: PluginSwitched) -> None:
        await _forget(ctx)

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str, model: object) -> Sequence[Fragment]:
        # The first page of a process reads the promotions, so that no page with prices has to.
        await enabled(ctx)
        if slot != "checkout.cart.summary" or not isinstance(model, CartView):
            return []
        return await _in_cart(ctx, model)

    @hookimpl
    async def cart_code(self, ctx: Context, cart: Cart, code: str) -> CodeAnswer | None:
        return await coupons.answer(ctx, cart.id, code)

    @hookimpl
    async def cart_codes(self, ctx: Context, shown: CartView) -> Sequence[CartCodes]:
        return [await coupons.in_field(ctx, shown)]

    @hookimpl
    async def cart_code_remove(self, ctx: Context, cart: Cart, code: str) -> bool | None:
        return await coupons.remove(ctx, cart.id, code)

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [
            *api.routes,
            *try_cart.routes,
            *admin_pages.routes,
            *batches.routes,
            *admin_api.routes,
        ]

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "discounts.admin_promotions")
        permission, try_path = "discounts.promotion.view", url(ctx, "discounts.admin_try_cart")
        return [
            NavItem(ctx.gettext("Discounts"), path, permission, "Catalogue", "percent", 60),
            NavItem(ctx.gettext("Try a cart"), try_path, permission, "Catalogue", "percent", 61),
        ]

    @hookimpl
    async def demo_data(self, ctx: Context, source: DemoSource) -> Sequence[str]:
        return await demo.load(ctx, source.values.get("promotions", ()))

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.turn_prices, jobs.make_codes]

    @hookimpl
    def register_schedules(self) -> Sequence[Schedule]:
        return jobs.schedules

    @hookimpl
    def register_doctor_checks(self) -> Sequence[DoctorCheck]:
        return checks.checks


async def _processed(ctx: Context, totals: Totals, of: Cart, stage: Stage) -> Totals | None:
    if stage == "discounts":
        return await cart.discounted(ctx, totals, of)
    return await cart.shipped_free(ctx, totals) if stage == "shipping" else None


async def _in_cart(ctx: Context, model: CartView) -> list[Fragment]:
    """Show what applies, and the gifts that wait."""
    note = cart.read_note(model.notes)
    found = []
    if note.given:
        given = [{"title": x.title, "amount": Money(x.amount, model.currency)} for x in note.given]
        found.append(Fragment("discounts/slots/given.html", {"given": given}))
    if waiting := await gifts.offers(ctx, note):
        found.append(Fragment("discounts/slots/gifts.html", {"gifts": waiting}))
    return found


async def _forget(ctx: Context) -> None:
    async def work(session: AsyncSession) -> None:
        await changed(ctx, session)
        await ctx.kernel.events.invalidate(ctx, session, ["*"])

    await ctx.run(work)
