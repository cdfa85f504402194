# SPDX-License-Identifier: Apache-2.0
"""The inventory plugin: its manifest and its hook implementations."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.doctor import DoctorCheck
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.jobs import Job, Schedule
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_admin.api import Card, NavItem
from shopwright_catalog.api import Availability, FacetSource, ListingFilter
from shopwright_inventory import checks, hookspecs, jobs
from shopwright_inventory.admin import (
    count_pages,
    delivery_pages,
    delivery_steps,
    difference_pages,
    file_pages,
    item_pages,
    location_pages,
    transfer_pages,
    transfer_steps,
)
from shopwright_inventory.admin import pages as admin_pages
from shopwright_inventory.hookspecs import StockChanged
from shopwright_inventory.services import availability, list_stock, listing, pages, reservations
from shopwright_inventory.settings import InventorySettings
from shopwright_inventory.views import (
    api,
    delivery_api,
    file_api,
    item_api,
    location_api,
    stock_take_api,
    transfer_api,
)

_TEXTS = {
    "inventory_delivery": ("reference", "supplier", "state", "note"),
    "inventory_item": ("policy",),
    "inventory_location": ("code", "name", "country", "postal_code"),
    "inventory_move": ("reason", "note", "reference_kind"),
    "inventory_reservation": ("state", "reason"),
    "inventory_file": ("name", "state", "content", "problems"),
    "inventory_stock_take": ("name", "scope", "handle", "state"),
    "inventory_transfer": ("reference", "state", "note"),
    "inventory_write_off": ("reason", "note"),
}


class Plugin(BasePlugin):
    """Stock by location: levels, an append-only ledger of moves, reservations."""

    manifest: ClassVar[Manifest] = Manifest(
        name="inventory",
        version="0.1.0",
        title="Inventory",
        summary="Stock by location: levels, an append-only ledger of moves, reservations.",
        requires=("admin", "catalog"),
        settings=InventorySettings,
        permissions=(
            Permission("inventory.stock.view", "See stock"),
            Permission("inventory.stock.edit", "Change stock"),
            Permission("inventory.count.edit", "Count in stock-takes"),
        ),
        pii=(
            PiiColumn("inventory_delivery", "created_by", "name"),
            PiiColumn("inventory_move", "actor", "name"),
            PiiColumn("inventory_file", "created_by", "name"),
            PiiColumn("inventory_stock_take", "created_by", "name"),
            PiiColumn("inventory_stock_take_line", "counted_by", "name"),
            PiiColumn("inventory_transfer", "created_by", "name"),
            PiiColumn("inventory_write_off", "actor", "name"),
            *(PiiColumn(table, column, "none") for table, columns in _TEXTS.items() for column in columns),
        ),
    )

    hookspecs = (hookspecs,)

    @hookimpl
    async def stock_available(
        self, ctx: Context, value: Mapping[UUID, Availability], variant_ids: Sequence[UUID]
    ) -> Mapping[UUID, Availability] | None:
        return {**value, **await availability.of(ctx, variant_ids)}

    @hookimpl
    async def listing_filters(
        self, ctx: Context, wanted: Sequence[tuple[str, str]]
    ) -> Sequence[ListingFilter]:
        return listing.filters(ctx, wanted)

    @hookimpl
    async def listing_facets(self, ctx: Context) -> Sequence[FacetSource]:
        return listing.facets(ctx)

    @hookimpl(optionalhook=True)
    async def order_cancelling(
        self, ctx: Context, session: AsyncSession, order_id: UUID, reason: str
    ) -> Sequence[str]:
        await reservations.release(ctx, session, owner=order_id, reason=reason)
        return []

    @hookimpl
    async def stock_changed(self, ctx: Context, event: StockChanged) -> None:
        await pages.forget(ctx, event.variant_id)

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        # Fixed paths first: an item is whatever else stands behind /admin/stock/.
        pages = (
            *count_pages.routes,
            *difference_pages.routes,
            *file_pages.routes,
            *location_pages.routes,
            *transfer_pages.routes,
            *transfer_steps.routes,
            *delivery_pages.routes,
            *delivery_steps.routes,
            *admin_pages.routes,
            *item_pages.routes,
        )
        apis = (
            *api.routes,
            *item_api.routes,
            *location_api.routes,
            *file_api.routes,
            *stock_take_api.routes,
            *transfer_api.routes,
            *delivery_api.routes,
        )
        return [*pages, *apis]

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "inventory.admin_stock")
        return [NavItem(ctx.gettext("Stock"), path, "inventory.stock.view", "Catalogue", "layers", 50)]

    @hookimpl
    async def admin_dashboard_widgets(self, ctx: Context) -> Sequence[Card]:
        if not ctx.actor.can("inventory.stock.view"):
            return []
        items = await list_stock.low(ctx, ctx.settings(InventorySettings).low_stock)
        return [Card("inventory/admin/low.html", {"items": items}, priority=40)]

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.sweep, jobs.apply_stock_take, jobs.take_in_file]

    @hookimpl
    def register_schedules(self) -> Sequence[Schedule]:
        return jobs.schedules

    @hookimpl
    def register_doctor_checks(self) -> Sequence[DoctorCheck]:
        return checks.checks
