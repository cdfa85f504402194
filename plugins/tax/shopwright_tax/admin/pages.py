# SPDX-License-Identifier: Apache-2.0
"""Tax rates in the admin: list, add, change, remove."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.http.forms import Form, read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, admin_page, list_page
from shopwright_tax.services import save_rate
from shopwright_tax.services.rates import SavedRate, all_rates, by_id
from shopwright_tax.services.save_rate import RateInput

routes = Routes("tax", Scope.ADMIN)
"""A day of a form; an empty field is none."""


class RateForm(BaseModel):
    """A rate as it is typed in; ``version`` is of the rate that was on the screen."""

    country: str = Field(min_length=2, max_length=2)
    region: str = Field(default="", max_length=40)
    category: str = Field(default="standard", max_length=40)
    label: str = Field(min_length=1, max_length=80)
    percent: Decimal = Field(ge=0, le=100)
    valid_from: date | None = None
    version: int = 0

    def rate(self) -> RateInput:
        return RateInput(self.country, self.percent, self.label, self.region, self.category, self.valid_from)


class VersionForm(BaseModel):
    """The version of the rate that was on the screen."""

    version: int


@routes.get("/admin/tax/rates", permission="tax.rate.view")
async def admin_rates(ctx: Context) -> web.Response:
    """List tax rates."""
    found = await all_rates(ctx)
    can_edit = ctx.actor.can("tax.rate.edit")
    view = ListView(
        title=ctx.gettext("Tax rates"),
        columns=[
            Column("place", ctx.gettext("Place"), "link"),
            Column("category", ctx.gettext("Tax category")),
            Column("label", ctx.gettext("Name")),
            Column("percent", ctx.gettext("Percent"), "number"),
            Column("valid_from", ctx.gettext("From")),
        ],
        rows=[_row(ctx, rate) for rate in found],
        total=len(found),
        searchable=False,
        empty_title=ctx.gettext("No tax rates yet"),
        empty_text=ctx.gettext("Nothing is taxed until you add a rate."),
        create_url=url(ctx, "tax.admin_new_rate") if can_edit else "",
        create_label=ctx.gettext("Add a rate"),
    )
    return await list_page(ctx, view)


@routes.get("/admin/tax/rates/new", permission="tax.rate.edit")
async def admin_new_rate(ctx: Context) -> web.Response:
    """Show an empty form."""
    return await _page(ctx, {"category": "standard"}, {})


@routes.post("/admin/tax/rates/new", permission="tax.rate.edit")
async def admin_create_rate(ctx: Context, request: web.Request) -> web.Response:
    """Add a rate."""
    form = await read_form(request, RateForm)
    return await _saved(ctx, form, None)


@routes.get("/admin/tax/rates/{rate_id}", permission="tax.rate.view")
async def admin_rate(ctx: Context, rate_id: UUID) -> web.Response:
    """Show a rate in its form."""
    rate = await _rate(ctx, rate_id)
    return await _page(ctx, _typed(rate), {}, rate=rate)


@routes.post("/admin/tax/rates/{rate_id}", permission="tax.rate.edit")
async def admin_update_rate(ctx: Context, request: web.Request, rate_id: UUID) -> web.Response:
    """Change a rate."""
    form = await read_form(request, RateForm)
    return await _saved(ctx, form, await _rate(ctx, rate_id))


@routes.post("/admin/tax/rates/{rate_id}/delete", permission="tax.rate.edit")
async def admin_delete_rate(ctx: Context, request: web.Request, rate_id: UUID) -> web.Response:
    """Remove a rate."""
    assert ctx.visit is not None
    form = await read_form(request, VersionForm)
    try:
        await save_rate.delete(ctx, rate_id, form.value.version if form.value else 0)
    except Conflict as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
        return redirect(ctx, url(ctx, "tax.admin_rate", rate_id=rate_id))
    ctx.visit.flash("success", ctx.gettext("The tax rate is removed."))
    return redirect(ctx, url(ctx, "tax.admin_rates"))


async def _saved(ctx: Context, form: Form[RateForm], rate: SavedRate | None) -> web.Response:
    assert ctx.visit is not None
    if form.value is None:
        return await _page(ctx, form.raw, form.errors, rate=rate, status=422)
    try:
        if rate is None:
            await save_rate.create(ctx, form.value.rate())
        else:
            await save_rate.update(ctx, rate.id, form.value.version, form.value.rate())
    except (Invalid, Conflict) as error:
        errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
        errors = errors or {"": ctx.gettext(error.detail)}
        return await _page(ctx, form.raw, errors, rate=rate, status=error.status)
    ctx.visit.flash("success", ctx.gettext("The tax rate is saved."))
    return redirect(ctx, url(ctx, "tax.admin_rates"))


async def _rate(ctx: Context, rate_id: UUID) -> SavedRate:
    rate = await by_id(ctx, rate_id)
    if rate is None:
        raise NotFound("There is no such tax rate.")
    return rate


async def _page(
    ctx: Context,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    rate: SavedRate | None = None,
    status: int = 200,
) -> web.Response:
    title = ctx.gettext("Tax rate") if rate else ctx.gettext("New tax rate")
    return await admin_page(
        ctx,
        "tax/admin/rate.html",
        title=title,
        status=status,
        crumbs=[(ctx.gettext("Tax rates"), url(ctx, "tax.admin_rates")), (title, "")],
        rate=rate,
        typed=typed,
        errors=errors,
        can_edit=ctx.actor.can("tax.rate.edit"),
    )


def _typed(rate: SavedRate) -> dict[str, str]:
    return {
        "country": rate.country,
        "region": rate.region,
        "category": rate.category,
        "label": rate.label,
        "percent": f"{rate.percent:f}",
        "valid_from": rate.valid_from.isoformat() if rate.valid_from else "",
    }


def _row(ctx: Context, rate: SavedRate) -> dict[str, str]:
    return {
        "url": url(ctx, "tax.admin_rate", rate_id=rate.id),
        "place": f"{rate.country}-{rate.region}" if rate.region else rate.country,
        "category": rate.category,
        "label": rate.label,
        "percent": f"{rate.percent:f}",
        "valid_from": rate.valid_from.isoformat() if rate.valid_from else "",
    }
