# SPDX-License-Identifier: Apache-2.0
"""The orders plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.doctor import DoctorCheck
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Slot
from shopwright_admin.api import Card, NavItem
from shopwright_orders import checks, hookspecs
from shopwright_orders.admin import pages as admin_pages
from shopwright_orders.api import OrderView
from shopwright_orders.services import claim_orders, customer_conditions, field_entities, list_orders, privacy
from shopwright_orders.settings import OrdersSettings
from shopwright_orders.views import api, pages

_PII = {
    "orders_order": {
        "email": "email",
        "shipping_address": "address",
        "billing_address": "address",
        "note": "free_text",
        "attributes": "free_text",
        **dict.fromkeys(
            ("number", "status", "payment_status", "payment_method", "payment_message", "currency", "market", "locale",
             "shipping_code", "shipping_label", "provenance"),
            "none",
        ),
    },
    "orders_line": dict.fromkeys(("sku", "title", "variant_title", "picture_src", "provenance", "kind", "details"), "none"),
    "orders_fee_line": dict.fromkeys(("code", "label"), "none"),
    "orders_tax_line": dict.fromkeys(("label", "provenance"), "none"),
    "orders_payment": dict.fromkeys(
        ("method", "status", "currency", "idempotency_key", "reference", "message", "label"), "none"
    ),
    "orders_payment_entry": {"kind": "none", "reference": "none", "raw": "free_text", "actor": "name"},
    "orders_history": {
        "kind": "none", "from_status": "none", "to_status": "none", "text": "free_text", "actor": "name",
        "plugin": "none",
    },
}  # fmt: skip


class Plugin(BasePlugin):
    """Placed orders, their payments and their history."""

    manifest: ClassVar[Manifest] = Manifest(
        name="orders",
        version="0.1.0",
        title="Orders",
        summary="Placed orders, their payments and their history.",
        requires=("admin",),
        settings=OrdersSettings,
        permissions=(
            Permission("orders.order.view", "See orders"),
            Permission("orders.order.edit", "Change orders"),
        ),
        pii=tuple(
            PiiColumn(table, c, kind) for table, columns in _PII.items() for c, kind in columns.items()
        ),
    )
    hookspecs = (hookspecs,)

    @hookimpl
    def register_slots(self) -> Sequence[Slot]:
        return [Slot("orders.order.confirmation", "At the end of the page of a placed order", OrderView)]

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*pages.routes, *api.api, *api.admin_api, *admin_pages.routes]

    @hookimpl
    def register_doctor_checks(self) -> Sequence[DoctorCheck]:
        return checks.checks

    @hookimpl(optionalhook=True)
    def custom_field_entities(self) -> Sequence[Any]:
        return field_entities.ENTITIES

    @hookimpl(optionalhook=True)
    def customer_conditions(self) -> Sequence[Any]:
        return customer_conditions.kinds()

    @hookimpl(optionalhook=True)
    async def customer_email_confirmed(self, ctx: Context, event: Any) -> None:
        await claim_orders.claim(ctx, event.customer_id, event.email)

    @hookimpl(optionalhook=True)
    async def data_export(self, ctx: Context, subject: Any) -> Sequence[Any]:
        return await privacy.sections(ctx, subject)

    @hookimpl(optionalhook=True)
    async def data_erase(self, ctx: Context, session: AsyncSession, subject: Any) -> Sequence[Any]:
        return await privacy.forget(ctx, session, subject)

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "orders.admin_orders")
        return [NavItem(ctx.gettext("Orders"), path, "orders.order.view", "Sales", "receipt", 10)]

    @hookimpl
    async def admin_dashboard_widgets(self, ctx: Context) -> Sequence[Card]:
        if not ctx.actor.can("orders.order.view"):
            return []
        found = await list_orders.page(ctx, limit=5)
        return [Card("orders/admin/latest.html", {"orders": found.items}, priority=10, wide=True)]
