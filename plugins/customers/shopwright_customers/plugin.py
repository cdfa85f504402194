# SPDX-License-Identifier: Apache-2.0
"""The customers plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.doctor import DoctorCheck
from shopwright.http.responses import url
from shopwright.http.routing import Route
from shopwright.i18n import translatable
from shopwright.jobs import Job
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.templating.slots import Fragment
from shopwright_admin.api import NavItem
from shopwright_customers import checks, hookspecs, jobs
from shopwright_customers.admin import api as admin_api
from shopwright_customers.admin import (
    companies,
    companies_api,
    groups,
    groups_api,
    markings,
    privacy_api,
    segments,
    segments_api,
)
from shopwright_customers.admin import pages as admin_pages
from shopwright_customers.admin import privacy as admin_privacy
from shopwright_customers.api import AccountPage, ConditionKind, Outcome, Section, Subject
from shopwright_customers.services import audience, conditions, field_entities, matching
from shopwright_customers.services import privacy as own_data
from shopwright_customers.services.companies import of_customer
from shopwright_customers.views import address_book, api, company, details, pages, privacy, recovery

_ADDRESS = ("line1", "line2", "postal_code", "city", "region", "country")


class Plugin(BasePlugin):
    """Customer accounts of a store: sign-up, sign-in, a forgotten password, details, addresses."""

    manifest: ClassVar[Manifest] = Manifest(
        name="customers",
        version="0.1.0",
        title="Customers",
        summary="Customer accounts of a store: sign-up, sign-in, a forgotten password, details, addresses.",
        requires=("admin",),
        permissions=(
            Permission("customers.customer.view", translatable("See customers")),
            Permission("customers.customer.edit", translatable("Change, disable and enable customers")),
            Permission("customers.group.view", translatable("See customer groups and segments")),
            Permission("customers.group.edit", translatable("Change customer groups and segments")),
            Permission("customers.company.view", translatable("See companies")),
            Permission("customers.company.edit", translatable("Change companies and who buys for them")),
            Permission("customers.privacy.edit", translatable("Export and erase what is known of people")),
        ),
        pii=(
            PiiColumn("customers_customer", "email", "email"),
            PiiColumn("customers_customer", "name", "name"),
            PiiColumn("customers_customer", "password_hash", "secret"),
            PiiColumn("customers_customer", "locale", "none"),
            PiiColumn("customers_address", "name", "name"),
            PiiColumn("customers_address", "phone", "phone"),
            *(PiiColumn("customers_address", column, "address") for column in _ADDRESS),
            *(PiiColumn("customers_company", name, "none") for name in ("name", "country", "tax_id")),
            PiiColumn("customers_buyer", "role", "none"),
            PiiColumn("customers_invitation", "email", "email"),
            PiiColumn("customers_invitation", "role", "none"),
            PiiColumn("customers_invitation", "token_hash", "secret"),
            PiiColumn("customers_group", "code", "none"),
            PiiColumn("customers_group", "title", "none"),
            *(
                PiiColumn("customers_segment", name, "none")
                for name in ("code", "title", "match", "conditions")
            ),
            PiiColumn("customers_tag", "tag", "free_text"),
            *(PiiColumn("customers_consent", name, "none") for name in ("words", "source", "actor")),
            PiiColumn("customers_consent", "remote", "address"),
            PiiColumn("customers_note", "text", "free_text"),
            PiiColumn("customers_note", "author", "name"),
        ),
    )
    hookspecs = (hookspecs,)

    @hookimpl
    def register_routes(self) -> Sequence[Route]:
        return [
            *pages.routes, *recovery.routes, *details.routes, *address_book.routes, *api.api,
            *admin_api.admin_api, *groups_api.routes, *admin_pages.routes, *groups.routes, *markings.routes,
            *segments.routes, *segments_api.routes, *privacy.routes, *privacy.api, *admin_privacy.routes,
            *privacy_api.routes, *companies.routes, *companies_api.routes, *company.routes, *company.api,
        ]  # fmt: skip

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.send_reset_link, jobs.end_late_sessions]

    @hookimpl
    def register_doctor_checks(self) -> Sequence[DoctorCheck]:
        return checks.checks

    @hookimpl
    def customer_conditions(self) -> Sequence[ConditionKind]:
        return conditions.kinds()

    @hookimpl
    async def data_export(self, ctx: Context, subject: Subject) -> Sequence[Section]:
        return await own_data.sections(ctx, subject)

    @hookimpl
    async def data_erase(self, ctx: Context, session: AsyncSession, subject: Subject) -> Sequence[Outcome]:
        return await own_data.forget(ctx, session, subject)

    @hookimpl
    async def admin_nav(self, ctx: Context) -> Sequence[NavItem]:
        path, groups_path = url(ctx, "customers.admin_customers"), url(ctx, "customers.admin_groups")
        segments_path, data = url(ctx, "customers.admin_segments"), url(ctx, "customers.admin_privacy")
        firms = url(ctx, "customers.admin_companies")
        return [
            NavItem(ctx.gettext("Customers"), path, "customers.customer.view", "Customers", "people", 10),
            NavItem(
                ctx.gettext("Customer groups"), groups_path, "customers.group.view", "Customers", "layers", 20
            ),
            NavItem(
                ctx.gettext("Segments"), segments_path, "customers.group.view", "Customers", "people", 30
            ),
            NavItem(ctx.gettext("Companies"), firms, "customers.company.view", "Customers", "people", 35),
            NavItem(ctx.gettext("Personal data"), data, "customers.privacy.edit", "Customers", "people", 40),
        ]

    @hookimpl
    async def account_pages(self, ctx: Context) -> Sequence[AccountPage]:
        bought_for = await of_customer(ctx, ctx.actor.id) if ctx.actor.id else None
        team = [AccountPage(bought_for.name, url(ctx, "customers.own_company"), 45)] if bought_for else []
        return [
            *team,
            AccountPage(ctx.gettext("Addresses"), url(ctx, "customers.list_addresses"), 50),
            AccountPage(ctx.gettext("Name, e-mail address and password"), url(ctx, "customers.details"), 60),
            AccountPage(ctx.gettext("Your data"), url(ctx, "customers.own_data"), 70),
        ]

    @hookimpl(optionalhook=True)
    async def customer_audience(self, ctx: Context) -> Sequence[Any]:
        if ctx.actor.kind != "customer" or ctx.actor.id is None:
            return []
        return [await audience.of_customer(ctx, ctx.actor.id)]

    @hookimpl(optionalhook=True)
    async def customer_segments(self, ctx: Context, codes: Sequence[str]) -> Sequence[str]:
        if ctx.actor.kind != "customer" or ctx.actor.id is None:
            return []
        return [code for code in codes if await matching.customers_in(ctx, code, [ctx.actor.id])]

    @hookimpl(optionalhook=True)
    def custom_field_entities(self) -> Sequence[Any]:
        return field_entities.ENTITIES

    @hookimpl
    async def template_slot(self, ctx: Context, slot: str) -> Sequence[Fragment]:
        if slot == "header.actions":
            return [Fragment("customers/slots/account-link.html", priority=100)]
        return []
