# SPDX-License-Identifier: Apache-2.0
"""Exemptions from tax in the admin: list, add, change, remove."""

from datetime import date
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.forms import Form, read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, admin_page, list_page
from shopwright_tax.admin.pages import VersionForm
from shopwright_tax.services import exemptions
from shopwright_tax.services.exemptions import Exemption, ExemptionInput

routes = Routes("tax", Scope.ADMIN)
_FIELDS = ("subject", "reason", "certificate", "valid_from", "valid_until")


class ExemptionForm(BaseModel):
    """An exemption as it is typed in; ``version`` is of the one that was on the screen."""

    subject: str = ""
    reason: str = ""
    certificate: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    version: int = 0


@routes.get("/admin/tax/exemptions", permission="tax.rate.view")
async def admin_exemptions(ctx: Context) -> web.Response:
    """List who is exempt from tax."""
    found = await exemptions.all_of(ctx)
    view = ListView(
        title=ctx.gettext("Tax exemptions"),
        columns=[
            Column("subject", ctx.gettext("Who"), "link"),
            Column("reason", ctx.gettext("Reason")),
            Column("certificate", ctx.gettext("Certificate")),
            Column("valid_until", ctx.gettext("Until")),
        ],
        rows=[_typed(x) | {"url": url(ctx, "tax.admin_exemption", exemption_id=x.id)} for x in found],
        total=len(found),
        searchable=False,
        empty_title=ctx.gettext("Nobody is exempt from tax"),
        empty_text=ctx.gettext("Add a group, a company or a customer that shows you a certificate."),
        create_url=url(ctx, "tax.admin_new_exemption") if ctx.actor.can("tax.rate.edit") else "",
        create_label=ctx.gettext("Add an exemption"),
    )
    return await list_page(ctx, view)


@routes.get("/admin/tax/exemptions/new", permission="tax.rate.edit")
async def admin_new_exemption(ctx: Context) -> web.Response:
    """Show an empty form."""
    return await _page(ctx, {}, {})


@routes.post("/admin/tax/exemptions/new", permission="tax.rate.edit")
async def admin_create_exemption(ctx: Context, request: web.Request) -> web.Response:
    """Add an exemption."""
    return await _saved(ctx, await read_form(request, ExemptionForm), None)


@routes.get("/admin/tax/exemptions/{exemption_id}", permission="tax.rate.view")
async def admin_exemption(ctx: Context, exemption_id: UUID) -> web.Response:
    """Show an exemption in its form."""
    found = await exemptions.by_id(ctx, exemption_id)
    return await _page(ctx, _typed(found), {}, known=found)


@routes.post("/admin/tax/exemptions/{exemption_id}", permission="tax.rate.edit")
async def admin_update_exemption(ctx: Context, request: web.Request, exemption_id: UUID) -> web.Response:
    """Change an exemption."""
    form = await read_form(request, ExemptionForm)
    return await _saved(ctx, form, await exemptions.by_id(ctx, exemption_id))


@routes.post("/admin/tax/exemptions/{exemption_id}/delete", permission="tax.rate.edit")
async def admin_delete_exemption(ctx: Context, request: web.Request, exemption_id: UUID) -> web.Response:
    """Remove an exemption."""
    assert ctx.visit is not None
    form = await read_form(request, VersionForm)
    try:
        await exemptions.delete(ctx, exemption_id, form.value.version if form.value else 0)
    except Conflict as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
        return redirect(ctx, url(ctx, "tax.admin_exemption", exemption_id=exemption_id))
    ctx.visit.flash("success", ctx.gettext("The exemption is removed."))
    return redirect(ctx, url(ctx, "tax.admin_exemptions"))


async def _saved(ctx: Context, form: Form[ExemptionForm], known: Exemption | None) -> web.Response:
    assert ctx.visit is not None
    value = form.value
    if value is None:
        return await _page(ctx, form.raw, form.errors, known=known, status=422)
    given = ExemptionInput(*(getattr(value, name) for name in _FIELDS))
    try:
        await exemptions.save(ctx, given, known=known.id if known else None, version=value.version)
    except (Invalid, Conflict) as error:
        errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
        return await _page(
            ctx, form.raw, errors or {"": ctx.gettext(error.detail)}, known=known, status=error.status
        )
    ctx.visit.flash("success", ctx.gettext("The exemption is saved."))
    return redirect(ctx, url(ctx, "tax.admin_exemptions"))


async def _page(
    ctx: Context,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    known: Exemption | None = None,
    status: int = 200,
) -> web.Response:
    title = ctx.gettext("Tax exemption")
    return await admin_page(
        ctx,
        "tax/admin/exemption.html",
        title=title,
        status=status,
        crumbs=[(ctx.gettext("Tax exemptions"), url(ctx, "tax.admin_exemptions")), (title, "")],
        known=known,
        typed=typed,
        errors=errors,
        can_edit=ctx.actor.can("tax.rate.edit"),
    )


def _typed(exemption: Exemption) -> dict[str, str]:
    return {name: str(getattr(exemption, name) or "") for name in _FIELDS}
