# SPDX-License-Identifier: Apache-2.0
"""The gift cards plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.doctor import DoctorCheck
from shopwright.errors import Rejection
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.jobs import Job, Schedule
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import Card, NavItem
from shopwright_catalog.api import ProductType
from shopwright_checkout.api import (
    Cart,
    CartCodes,
    CartView,
    CheckoutField,
    CodeAnswer,
    OwnStep,
    StoredValue,
)
from shopwright_customers.api import AccountPage, Outcome, Section, Subject
from shopwright_gift_cards import checks, jobs
from shopwright_gift_cards.admin import batches as admin_batches
from shopwright_gift_cards.admin import pages as admin_pages
from shopwright_gift_cards.admin import refunds as refund_pages
from shopwright_gift_cards.services import cart_codes, carts, ledger, privacy, selling
from shopwright_gift_cards.settings import GiftCardsSettings
from shopwright_gift_cards.views import account, admin_api, api, batches_api, pages
from shopwright_orders.api import NewOrder
from shopwright_orders.hookspecs import OrderEvent


class Plugin(BasePlugin):
    """Gift cards and store credit that pay for orders, each with its ledger."""

    manifest: ClassVar[Manifest] = Manifest(
        name="gift_cards",
        version="0.1.0",
        title="Gift cards",
        summary="Gift cards and store credit that pay for orders, each with its ledger.",
        requires=("admin", "catalog", "checkout", "customers", "orders"),
        settings=GiftCardsSettings,
        permissions=(
            Permission("gift_cards.card.view", "See gift cards and credit"),
            Permission("gift_cards.card.edit", "Issue, top up and switch gift cards and credit"),
            Permission("gift_cards.card.adjust", "Correct the balance of gift cards and credit"),
        ),
        pii=(
            PiiColumn("gift_cards_account", "kind", "none"),
            PiiColumn("gift_cards_account", "code_hash", "secret"),
            PiiColumn("gift_cards_account", "last4", "none"),
            PiiColumn("gift_cards_account", "currency", "none"),
            PiiColumn("gift_cards_account", "status", "none"),
            PiiColumn("gift_cards_entry", "kind", "none"),
            PiiColumn("gift_cards_entry", "reason", "free_text"),
            PiiColumn("gift_cards_entry", "actor", "none"),
            PiiColumn("gift_cards_account", "sealed", "secret"),
            PiiColumn("gift_cards_delivery", "email", "email"),
            PiiColumn("gift_cards_delivery", "locale", "none"),
            PiiColumn("gift_cards_delivery", "sender", "name"),
            PiiColumn("gift_cards_delivery", "message", "free_text"),
            PiiColumn("gift_cards_batch", "prefix", "none"),
            PiiColumn("gift_cards_batch", "currency", "none"),
        ),
    )

    @hookimpl
    def product_types(self) -> Sequence[ProductType]:
        return [selling.KIND]

    @hookimpl
    async def stored_value(self, ctx: Context, cart: Cart) -> Sequence[StoredValue]:
        return await carts.usable(ctx, cart)

    @hookimpl
    async def checkout_fields(self, ctx: Context, cart: Cart, step: OwnStep) -> Sequence[CheckoutField]:
        return selling.questions(ctx, cart, step)

    @hookimpl
    async def order_validate(self, ctx: Context, cart: Cart) -> Sequence[Rejection]:
        return selling.objections(ctx, cart)

    @hookimpl
    async def order_paid(self, ctx: Context, event: OrderEvent) -> None:
        await selling.issue(ctx, event.order_id)

    @hookimpl
    async def account_pages(self, ctx: Context) -> Sequence[AccountPage]:
        return [AccountPage(ctx.gettext("Gift cards and credit"), url(ctx, "gift_cards.account_cards"), 40)]

    @hookimpl
    async def admin_slot(self, ctx: Context, zone: str, subject: object) -> Sequence[Card]:
        return refund_pages.cards(ctx, zone, subject)

    @hookimpl
    async def data_export(self, ctx: Context, subject: Subject) -> Sequence[Section]:
        return await privacy.sections(ctx, subject)

    @hookimpl
    async def data_erase(self, ctx: Context, session: AsyncSession, subject: Subject) -> Sequence[Outcome]:
        return await privacy.forget(ctx, session, subject)

    @hookimpl
    async def order_placing(
        self, ctx: Context, session: AsyncSession, order: NewOrder
    ) -> Sequence[Rejection]:
        return await ledger.hold(ctx, session, order)

    @hookimpl
    async def order_cancelling(self, ctx: Context, session: AsyncSession, order_id: UUID) -> Sequence[str]:
        return await ledger.give_back(ctx, session, order_id)

    @hookimpl
    async def cart_reopened(
        self, ctx: Context, session: AsyncSession, cart_id: UUID, copy_id: UUID
    ) -> Sequence[str]:
        await carts.copy(ctx, session, cart_id, copy_id)
        return []

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str, model: object) -> Sequence[Fragment]:
        if slot != "checkout.cart.summary" or not isinstance(model, CartView):
            return []
        credit = await carts.credit(ctx, model.id, model.currency)
        return [Fragment("gift_cards/slots/credit.html", {"credit": credit})] if credit else []

    @hookimpl
    async def cart_code(self, ctx: Context, cart: Cart, code: str) -> CodeAnswer | None:
        return await cart_codes.answer(ctx, cart, code)

    @hookimpl
    async def cart_codes(self, ctx: Context, cart: Cart) -> Sequence[CartCodes]:
        return [await cart_codes.in_field(ctx, cart)]

    @hookimpl
    async def cart_code_remove(self, ctx: Context, cart: Cart, code: str) -> bool | None:
        return await cart_codes.remove(ctx, cart, code)

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [
            *pages.routes, *account.routes, *api.routes, *admin_pages.routes, *admin_batches.routes,
            *refund_pages.routes, *admin_api.routes, *batches_api.routes,
        ]  # fmt: skip

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "gift_cards.admin_cards")
        return [NavItem(ctx.gettext("Gift cards"), path, "gift_cards.card.view", "Sales", "tag", 60)]

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.expire, jobs.deliver, jobs.remind, jobs.make]

    @hookimpl
    def register_schedules(self) -> Sequence[Schedule]:
        return jobs.schedules

    @hookimpl
    def register_doctor_checks(self) -> Sequence[DoctorCheck]:
        return checks.checks
