# SPDX-License-Identifier: Apache-2.0
"""The checkout plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.doctor import DoctorCheck
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.jobs import Job
from shopwright.plugin import Manifest, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment, Slot
from shopwright_checkout import checks, hookspecs, jobs
from shopwright_checkout.api import CartView
from shopwright_checkout.services import privacy
from shopwright_checkout.views import api, cart, checkout, codes
from shopwright_customers.api import AccountPage, Outcome, Section, Subject

_PII = {
    "email": "email",
    "note": "free_text",
    "attributes": "free_text",
    "marks": "none",
    "payment_data": "free_text",
    "status": "none",
    "currency": "none",
    "market": "none",
    "shipping_code": "none",
    "payment_method": "none",
    "shipping_address": "address",
    "billing_address": "address",
}


class Plugin(BasePlugin):
    """Cart, totals with provenance, and the placing of orders."""

    manifest: ClassVar[Manifest] = Manifest(
        name="checkout",
        version="0.1.0",
        title="Checkout",
        summary="Cart, totals with provenance, and the placing of orders.",
        requires=("admin", "catalog", "customers", "inventory", "orders"),
        pii=(
            *(PiiColumn("checkout_cart", column, kind) for column, kind in _PII.items()),
            PiiColumn("checkout_cart_line", "kind", "none"),
        ),
    )
    hookspecs = (hookspecs,)

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*cart.routes, *checkout.routes, *codes.routes, *api.routes, *codes.api]

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.resolve_payment]

    @hookimpl
    def register_doctor_checks(self) -> Sequence[DoctorCheck]:
        return checks.checks

    @hookimpl
    def register_slots(self) -> Sequence[Slot]:
        return [
            Slot("checkout.cart.summary", "Below the amounts of the cart", CartView),
            Slot(
                "checkout.payment.notice", "Above the ways to pay: what is in the way of the order", CartView
            ),
        ]

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str) -> Sequence[Fragment]:
        if slot == "header.actions":
            return [Fragment("checkout/slots/cart-link.html", priority=200)]
        return []

    @hookimpl
    async def data_export(self, ctx: Context, subject: Subject) -> Sequence[Section]:
        return await privacy.sections(ctx, subject)

    @hookimpl
    async def data_erase(self, ctx: Context, session: AsyncSession, subject: Subject) -> Sequence[Outcome]:
        return await privacy.forget(ctx, session, subject)

    @hookimpl
    async def account_pages(self, ctx: Context) -> Sequence[AccountPage]:
        # The orders plugin works without customers, so it cannot say this itself.
        return [AccountPage(ctx.gettext("Your orders"), url(ctx, "orders.account_orders"), 10)]
