# SPDX-License-Identifier: Apache-2.0
"""The plugin of stock notices: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.i18n import translatable
from shopwright.jobs import Job, Schedule
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import NavItem
from shopwright_customers.api import Outcome, Section, Subject
from shopwright_inventory.hookspecs import StockChanged
from shopwright_stock_notices import jobs
from shopwright_stock_notices.admin import pages as admin_pages
from shopwright_stock_notices.services import arrivals, privacy, sign_up
from shopwright_stock_notices.settings import StockNoticesSettings
from shopwright_stock_notices.views import admin_api, api, pages
from shopwright_storefront.api import ProductPage


class Plugin(BasePlugin):
    """A list of people who are told by mail when a product is back in stock."""

    manifest: ClassVar[Manifest] = Manifest(
        name="stock_notices",
        version="0.1.0",
        title="Stock notices",
        summary="A list of people who are told by mail when a product is back in stock.",
        requires=("admin", "catalog", "customers", "inventory", "storefront"),
        settings=StockNoticesSettings,
        permissions=(
            Permission("stock_notices.notice.view", translatable("See who waits for what")),
            Permission("stock_notices.notice.edit", translatable("Take people off the lists")),
        ),
        pii=(
            PiiColumn("stock_notices_notice", "email", "email"),
            PiiColumn("stock_notices_notice", "locale", "none"),
            PiiColumn("stock_notices_notice", "words", "none"),
        ),
    )

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str, model: object) -> Sequence[Fragment]:
        if slot != "storefront.product.after_form" or not isinstance(model, ProductPage):
            return []
        sold_out = [variant for variant in model.variants if not variant.available]
        if not sold_out:
            return []
        values = {"variants": sold_out, "email": await sign_up.own_email(ctx), "words": sign_up.words(ctx)}
        return [Fragment("stock_notices/slots/form.html", values, priority=10)]

    @hookimpl
    async def stock_changed(self, ctx: Context, event: StockChanged) -> None:
        await arrivals.arrived(ctx, event.variant_id, event.after - max(event.before, 0))

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*pages.routes, *api.routes, *admin_pages.routes, *admin_api.routes]

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "stock_notices.admin_wanted")
        permission = "stock_notices.notice.view"
        return [NavItem(ctx.gettext("Waiting customers"), path, permission, "Catalogue", "people", 55)]

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.ask, jobs.tell, jobs.clean]

    @hookimpl
    def register_schedules(self) -> Sequence[Schedule]:
        return jobs.schedules

    @hookimpl
    async def data_export(self, ctx: Context, subject: Subject) -> Sequence[Section]:
        return await privacy.sections(ctx, subject)

    @hookimpl
    async def data_erase(self, ctx: Context, session: AsyncSession, subject: Subject) -> Sequence[Outcome]:
        return await privacy.forget(ctx, session, subject)
