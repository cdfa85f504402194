# SPDX-License-Identifier: Apache-2.0
"""Companies in the admin: list, add, change, remove, and who buys for them."""

from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import Field, StringConstraints

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.money import Money
from shopwright_admin.api import Column, ListView, admin_page, list_page, rendered_cards
from shopwright_admin.hookspecs import admin_slot
from shopwright_customers.admin.forms import Typed, Version
from shopwright_customers.api import BuyerRole
from shopwright_customers.forms import Country, Line, countries
from shopwright_customers.services import companies
from shopwright_customers.services.companies import EDIT, VIEW, SavedCompany
from shopwright_customers.views.answers import errors_of, words

routes = Routes("customers", Scope.ADMIN)
_ONE = "/admin/companies/{company_id}"


class CompanyForm(Typed):
    """A company; ``tax_id`` is checked by the rules of the country."""

    name: Line
    country: Country
    tax_id: str = Field(default="", max_length=40)


class ChangedCompany(CompanyForm):
    """A company to replace, with the version the caller has seen."""

    version: int


class CompanyBody(CompanyForm):
    """A company to replace, with the version the caller has seen, if not by ``If-Match``."""

    version: int | None = None


class BuyerForm(Typed):
    """A customer who buys for the company, and up to what amount in major units, like 250.00."""

    email: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]
    role: BuyerRole = "buyer"
    limit: str = Field(default="", max_length=20)


@routes.get("/admin/companies", permission=VIEW)
async def admin_companies(ctx: Context) -> web.Response:
    """List companies."""
    found = await companies.saved(ctx)
    view = ListView(
        title=ctx.gettext("Companies"),
        columns=[
            Column("name", ctx.gettext("Name"), "link"),
            Column("country", ctx.gettext("Country")),
            Column("tax_id", ctx.gettext("Tax id")),
            Column("buyers", ctx.gettext("Buyers"), "number"),
        ],
        rows=[_row(ctx, company) for company in found],
        total=len(found),
        searchable=False,
        empty_title=ctx.gettext("No companies yet"),
        empty_text=ctx.gettext("Several customers can buy for one company, each up to a limit."),
        create_url=url(ctx, "customers.admin_new_company") if ctx.actor.can(EDIT) else "",
        create_label=ctx.gettext("Add a company"),
    )
    return await list_page(ctx, view)


@routes.get("/admin/companies/new", permission=EDIT)
async def admin_new_company(ctx: Context) -> web.Response:
    """Show an empty form."""
    return await _page(ctx, None, {}, {})


@routes.post("/admin/companies/new", permission=EDIT)
async def admin_create_company(ctx: Context, request: web.Request) -> web.Response:
    """Add a company."""
    form = await read_form(request, CompanyForm)
    if form.value is None:
        return await _page(ctx, None, form.raw, form.errors, status=422)
    try:
        company_id = await companies.create(ctx, **form.value.model_dump())
    except Invalid as error:
        return await _page(ctx, None, form.raw, errors_of(ctx, error, otherwise=""), status=422)
    return _back(ctx, company_id, ctx.gettext("The company is saved."))


@routes.get(_ONE, permission=VIEW)
async def admin_company(ctx: Context, company_id: UUID) -> web.Response:
    """Show a company and who buys for it."""
    return await _page(ctx, await companies.get(ctx, company_id), {}, {})


@routes.post(_ONE, permission=EDIT)
async def admin_update_company(ctx: Context, request: web.Request, company_id: UUID) -> web.Response:
    """Change a company."""
    company = await companies.get(ctx, company_id)
    form = await read_form(request, ChangedCompany)
    if form.value is None:
        return await _page(ctx, company, form.raw, form.errors, status=422)
    try:
        await companies.update(ctx, company_id, **form.value.model_dump())
    except (Invalid, Conflict) as error:
        errors = errors_of(ctx, error, otherwise="")
        return await _page(ctx, company, form.raw, errors, status=error.status)
    return _back(ctx, company_id, ctx.gettext("The company is saved."))


@routes.post(f"{_ONE}/buyers", permission=EDIT)
async def admin_put_buyer(ctx: Context, request: web.Request, company_id: UUID) -> web.Response:
    """Let a customer buy for the company, or change their role and limit."""
    company = await companies.get(ctx, company_id)
    form = await read_form(request, BuyerForm)
    if form.value is None:
        return await _page(ctx, company, form.raw, form.errors, status=422)
    try:
        await companies.put_buyer(
            ctx,
            company_id,
            email=form.value.email,
            role=form.value.role,
            approval_limit=_minor(ctx, form.value.limit),
        )
    except Invalid as error:
        return await _page(ctx, company, form.raw, errors_of(ctx, error, otherwise=""), status=422)
    except ValueError:
        wrong = {"limit": ctx.gettext("Please give an amount like 250.00.")}
        return await _page(ctx, company, form.raw, wrong, status=422)
    return _back(ctx, company_id, ctx.gettext("The buyer is saved."))


@routes.post(f"{_ONE}/buyers/{{customer_id}}/remove", permission=EDIT)
async def admin_drop_buyer(ctx: Context, company_id: UUID, customer_id: UUID) -> web.Response:
    """Let a customer buy for the company no more."""
    await companies.drop_buyer(ctx, company_id, customer_id)
    return _back(ctx, company_id, ctx.gettext("The buyer is removed."))


@routes.post(f"{_ONE}/delete", permission=EDIT)
async def admin_delete_company(ctx: Context, request: web.Request, company_id: UUID) -> web.Response:
    """Remove a company."""
    assert ctx.visit is not None
    form = await read_form(request, Version)
    try:
        await companies.delete(ctx, company_id, form.value.version if form.value else 0)
    except Conflict as error:
        return _back(ctx, company_id, words(ctx, error), level="error")
    ctx.visit.flash("success", ctx.gettext("The company is removed."))
    return redirect(ctx, url(ctx, "customers.admin_companies"))


def _minor(ctx: Context, typed: str) -> int | None:
    amount = Money.from_decimal(typed.strip(), ctx.store.currency) if typed.strip() else None
    if amount is not None and amount.amount < 0:
        raise ValueError("a limit is not negative")
    return amount.amount if amount is not None else None


def _back(ctx: Context, company_id: UUID, message: str, *, level: str = "success") -> web.Response:
    assert ctx.visit is not None
    ctx.visit.flash(level, message)
    return redirect(ctx, url(ctx, "customers.admin_company", company_id=company_id))


def _row(ctx: Context, company: SavedCompany) -> dict[str, Any]:
    return {
        "url": url(ctx, "customers.admin_company", company_id=company.id),
        "name": company.name,
        "country": company.country,
        "tax_id": company.tax_id,
        "buyers": company.buyers,
    }


async def _page(
    ctx: Context,
    company: SavedCompany | None,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    status: int = 200,
) -> web.Response:
    title = company.name if company else ctx.gettext("New company")
    currency = ctx.store.currency
    found = await companies.buyers(ctx, company.id) if company else []
    cards = await ctx.hooks.collect(admin_slot, zone="customers.company", subject=company) if company else []
    return await admin_page(
        ctx,
        "customers/admin/company.html",
        title=title,
        status=status,
        crumbs=[(ctx.gettext("Companies"), url(ctx, "customers.admin_companies")), (title, "")],
        company=company,
        buyers=[(b, None if b.approval_limit is None else Money(b.approval_limit, currency)) for b in found],
        countries=[("", ctx.gettext("Please choose")), *countries(ctx.locale)],
        typed=typed,
        errors=errors,
        currency=currency,
        cards=await rendered_cards(ctx, cards),
        can_edit=ctx.actor.can(EDIT),
    )
