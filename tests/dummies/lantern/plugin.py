# SPDX-License-Identifier: Apache-2.0
"""The lantern: one small thing for each surface a plugin can have."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from aiohttp import web

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.doctor import DoctorCheck
from shopwright.http.routing import Route, Routes, Scope
from shopwright.jobs import Job, Schedule
from shopwright.money import Money
from shopwright.plugin import Manifest, Permission, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import NavItem
from shopwright_catalog.hookspecs import ProductSaved
from shopwright_checkout.api import ShippingRate
from shopwright_orders.api import PaymentMethod, PaymentRequest, PaymentResult

pages = Routes("lantern", Scope.STOREFRONT)
api = Routes("lantern", Scope.API)
admin = Routes("lantern", Scope.ADMIN)
admin_api = Routes("lantern", Scope.ADMIN_API)
lit: list[tuple[str, str]] = []
"""What ran, and in which store; whoever looks empties it."""


@dataclass(frozen=True, slots=True)
class Light:
    """A light that is on."""

    on: bool = True


@dataclass(frozen=True, slots=True)
class Evening:
    """When the lantern is lit."""

    about: UUID | None = None


@pages.get("/lantern", permission=PUBLIC)
async def lantern(ctx: Context) -> web.Response:
    """Show the lantern."""
    return web.Response(text="lit")


@api.get("/api/v1/lantern", permission=PUBLIC)
async def read_lantern(ctx: Context) -> Light:
    """Tell whether the lantern is on."""
    return Light()


@admin.get("/admin/lantern", permission="lantern.view")
async def admin_lantern(ctx: Context) -> web.Response:
    """Show the lantern to staff."""
    return web.Response(text="lit")


@admin_api.get("/api/admin/v1/lantern", permission="lantern.view")
async def staff_lantern(ctx: Context) -> Light:
    """Tell programs whether the lantern is on."""
    return Light()


async def _light(ctx: Context, payload: Evening) -> None:
    lit.append(("job", ctx.store.code))


light = Job("lantern.light", Evening, _light)


class Matches:
    """Pays with matches, which everybody has."""

    code = "lantern.matches"

    def label(self, ctx: Context) -> str:
        return "Matches"

    def description(self, ctx: Context) -> str:
        return ""

    def fields(self, ctx: Context) -> Sequence[Any]:
        return ()

    async def is_available(self, ctx: Context, amount: Money) -> bool:
        return True

    async def authorize(self, ctx: Context, request: PaymentRequest) -> PaymentResult:
        return PaymentResult("paid", str(request.payment_id))

    async def fetch(self, ctx: Context, request: PaymentRequest) -> PaymentResult:
        return PaymentResult("paid", str(request.payment_id))


class Lantern(BasePlugin):
    """One small thing for each surface."""

    manifest: ClassVar[Manifest] = Manifest(
        name="lantern",
        version="0.1.0",
        title="Lantern",
        summary="One small thing for each surface.",
        requires=("admin", "catalog", "checkout", "orders"),
        permissions=(Permission("lantern.view", "See the lantern"),),
    )

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*pages, *api, *admin, *admin_api]

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [light]

    @hookimpl
    def register_schedules(self) -> Sequence[Schedule]:
        return [Schedule("lantern.evening", "* * * * *", light, Evening())]

    @hookimpl
    def register_doctor_checks(self) -> Sequence[DoctorCheck]:
        return [DoctorCheck("lantern.dark", "X1", "The lantern is lit", "SELECT 1, 'dark' WHERE false")]

    @hookimpl
    def payment_providers(self) -> Sequence[PaymentMethod]:
        return [Matches()]

    @hookimpl
    async def shipping_rates(self, ctx: Context) -> Sequence[ShippingRate]:
        return [ShippingRate("lantern.carrier", "By lantern light", Money(100, ctx.store.currency))]

    @hookimpl
    async def template_slot(self, slot: str) -> Sequence[Fragment]:
        return [Fragment("lantern/mark.html")] if slot == "footer.columns" else []

    @hookimpl
    async def admin_nav(self) -> Sequence[NavItem]:
        return [NavItem("Lantern", "/admin/lantern", "lantern.view")]

    @hookimpl
    async def product_saved(self, ctx: Context, event: ProductSaved) -> None:
        lit.append(("event", ctx.store.code))
