# SPDX-License-Identifier: Apache-2.0
"""The plugin of approvals: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.i18n import translatable
from shopwright.jobs import Job
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import NavItem
from shopwright_approvals import jobs
from shopwright_approvals.admin import pages as admin_pages
from shopwright_approvals.services import placing, privacy
from shopwright_approvals.views import admin_api, api, pages
from shopwright_checkout.api import Cart, CartView, Totals
from shopwright_customers import api as customers
from shopwright_customers.api import AccountPage, Outcome, Section, Subject
from shopwright_orders.api import NewOrder

_PII = {
    "company": "none", "buyer": "name", "fingerprint": "none", "currency": "none", "lines": "none", "note": "free_text",
    "status": "none", "decider": "name", "reason": "free_text",
}  # fmt: skip


class Plugin(BasePlugin):
    """Approval of orders above the limit of a company's buyer, by an approver of the company."""

    manifest: ClassVar[Manifest] = Manifest(
        name="approvals",
        version="0.1.0",
        title="Approvals",
        summary="Approval of orders above the limit of a company's buyer, by an approver of the company.",
        requires=("admin", "catalog", "checkout", "customers", "orders"),
        permissions=(Permission("approvals.request.view", translatable("See requests for approval")),),
        pii=tuple(PiiColumn("approvals_request", column, kind) for column, kind in _PII.items()),
    )

    @hookimpl
    async def order_validate(self, ctx: Context, cart: Cart, totals: Totals) -> Sequence[Rejection]:
        return await placing.objections(ctx, cart, totals)

    @hookimpl
    async def order_placing(
        self, session: AsyncSession, order: NewOrder, cart: Cart, totals: Totals
    ) -> Sequence[Rejection]:
        await placing.use(session, order, cart, totals)
        return []

    @hookimpl
    async def cart_reopened(self, session: AsyncSession, cart_id: UUID, copy_id: UUID) -> Sequence[str]:
        await placing.move(session, cart_id, copy_id)
        return []

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str, model: object) -> Sequence[Fragment]:
        if slot != "checkout.payment.notice" or not isinstance(model, CartView):
            return []
        need = await placing.shown(ctx, model)
        if need is None:
            return []
        values = {"need": need, "words": placing.words(ctx, need)}
        return [Fragment("approvals/slots/notice.html", values)]

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [*pages.routes, *api.routes, *admin_pages.routes, *admin_api.routes]

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.ask, jobs.answer]

    @hookimpl
    async def account_pages(self, ctx: Context) -> Sequence[AccountPage]:
        company = await customers.company_of(ctx, ctx.actor.id) if ctx.actor.id else None
        if company is None:
            return []
        return [AccountPage(ctx.gettext("Approvals"), url(ctx, "approvals.approvals"), 40)]

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path = url(ctx, "approvals.admin_approvals")
        return [NavItem(ctx.gettext("Approvals"), path, "approvals.request.view", "Customers", "people", 36)]

    @hookimpl
    async def data_export(self, ctx: Context, subject: Subject) -> Sequence[Section]:
        return await privacy.sections(ctx, subject)

    @hookimpl
    async def data_erase(self, ctx: Context, session: AsyncSession, subject: Subject) -> Sequence[Outcome]:
        return await privacy.forget(ctx, session, subject)
