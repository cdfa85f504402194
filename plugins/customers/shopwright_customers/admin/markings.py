# SPDX-License-Identifier: Apache-2.0
"""What staff put on one customer in the admin: groups, tags, notes."""

from uuid import UUID

from aiohttp import web

from shopwright.context import Context
from shopwright.errors import Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_customers.admin.forms import GroupsForm, NoteForm, TagsForm
from shopwright_customers.services import consent, groups, notes, tags
from shopwright_customers.services.records import EDIT

routes = Routes("customers", Scope.ADMIN)


@routes.post("/admin/customers/{customer_id}/groups", permission=EDIT)
async def admin_set_groups(ctx: Context, request: web.Request, customer_id: UUID) -> web.Response:
    """Put a customer into groups."""
    form = await read_form(request, GroupsForm)
    if form.value is None:
        return back(ctx, customer_id, "error", next(iter(form.errors.values())))
    try:
        await groups.put_into(ctx, customer_id, form.value.groups)
    except Invalid as error:
        return back(ctx, customer_id, "error", error.detail)
    return back(ctx, customer_id, "success", ctx.gettext("The groups are saved."))


@routes.post("/admin/customers/{customer_id}/tags", permission=EDIT)
async def admin_set_tags(ctx: Context, request: web.Request, customer_id: UUID) -> web.Response:
    """Put tags on a customer."""
    form = await read_form(request, TagsForm)
    if form.value is None:
        return back(ctx, customer_id, "error", next(iter(form.errors.values())))
    try:
        await tags.put_on(ctx, customer_id, tags.split(form.value.tags))
    except Invalid as error:
        return back(ctx, customer_id, "error", error.detail)
    return back(ctx, customer_id, "success", ctx.gettext("The tags are saved."))


@routes.post("/admin/customers/{customer_id}/notes", permission=EDIT)
async def admin_add_note(ctx: Context, request: web.Request, customer_id: UUID) -> web.Response:
    """Write something down about a customer."""
    form = await read_form(request, NoteForm)
    if form.value is None:
        return back(ctx, customer_id, "error", next(iter(form.errors.values())))
    await notes.add(ctx, customer_id, form.value.text)
    return back(ctx, customer_id, "success", ctx.gettext("The note is saved."))


@routes.post("/admin/customers/{customer_id}/notes/{note_id}/delete", permission=EDIT)
async def admin_remove_note(ctx: Context, customer_id: UUID, note_id: UUID) -> web.Response:
    """Remove a note."""
    await notes.remove(ctx, customer_id, note_id)
    return back(ctx, customer_id, "success", ctx.gettext("The note is removed."))


@routes.post("/admin/customers/{customer_id}/marketing/stop", permission=EDIT)
async def admin_stop_marketing(ctx: Context, customer_id: UUID) -> web.Response:
    """Take a customer's consent to news and offers back."""
    await consent.stop(ctx, customer_id)
    return back(ctx, customer_id, "success", ctx.gettext("The customer gets no more news and offers."))


def back(ctx: Context, customer_id: UUID, level: str, message: str) -> web.Response:
    """Go back to the customer's page with a message."""
    assert ctx.visit is not None
    ctx.visit.flash(level, message)
    return redirect(ctx, url(ctx, "customers.admin_customer", customer_id=customer_id))
