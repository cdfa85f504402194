# SPDX-License-Identifier: Apache-2.0
"""Customer groups in the admin: list, add, change, remove."""

from typing import Any
from uuid import UUID

from aiohttp import web

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, admin_page, list_page
from shopwright_customers.admin.forms import ChangedGroup, GroupForm, Version
from shopwright_customers.services import groups
from shopwright_customers.services.groups import EDIT, SavedGroup
from shopwright_customers.views.answers import errors_of, words

routes = Routes("customers", Scope.ADMIN)
VIEW = "customers.group.view"


@routes.get("/admin/customer-groups", permission=VIEW)
async def admin_groups(ctx: Context) -> web.Response:
    """List groups."""
    found = await groups.saved(ctx)
    view = ListView(
        title=ctx.gettext("Customer groups"),
        columns=[
            Column("title", ctx.gettext("Name"), "link"),
            Column("code", ctx.gettext("Code")),
            Column("priority", ctx.gettext("Priority"), "number"),
            Column("members", ctx.gettext("Customers"), "number"),
        ],
        rows=[_row(ctx, group) for group in found],
        total=len(found),
        searchable=False,
        empty_title=ctx.gettext("No groups yet"),
        empty_text=ctx.gettext("Put customers into groups to give them other prices or offers."),
        create_url=url(ctx, "customers.admin_new_group") if ctx.actor.can(EDIT) else "",
        create_label=ctx.gettext("Add a group"),
    )
    return await list_page(ctx, view)


@routes.get("/admin/customer-groups/new", permission=EDIT)
async def admin_new_group(ctx: Context) -> web.Response:
    """Show an empty form."""
    return await _page(ctx, {"priority": 0}, {})


@routes.post("/admin/customer-groups/new", permission=EDIT)
async def admin_create_group(ctx: Context, request: web.Request) -> web.Response:
    """Add a group."""
    form = await read_form(request, GroupForm)
    if form.value is None:
        return await _page(ctx, form.raw, form.errors, status=422)
    try:
        await groups.create(ctx, **form.value.model_dump())
    except Invalid as error:
        return await _page(ctx, form.raw, errors_of(ctx, error, otherwise=""), status=422)
    return _saved(ctx)


@routes.get("/admin/customer-groups/{group_id}", permission=VIEW)
async def admin_group(ctx: Context, group_id: UUID) -> web.Response:
    """Show a group in its form."""
    group = await groups.get(ctx, group_id)
    typed = {"code": group.code, "title": group.title, "priority": group.priority}
    return await _page(ctx, typed, {}, group=group)


@routes.post("/admin/customer-groups/{group_id}", permission=EDIT)
async def admin_update_group(ctx: Context, request: web.Request, group_id: UUID) -> web.Response:
    """Change a group."""
    group = await groups.get(ctx, group_id)
    form = await read_form(request, ChangedGroup)
    if form.value is None:
        return await _page(ctx, form.raw, form.errors, group=group, status=422)
    try:
        await groups.update(ctx, group_id, **form.value.model_dump())
    except (Invalid, Conflict) as error:
        errors = errors_of(ctx, error, otherwise="")
        return await _page(ctx, form.raw, errors, group=group, status=error.status)
    return _saved(ctx)


@routes.post("/admin/customer-groups/{group_id}/delete", permission=EDIT)
async def admin_delete_group(ctx: Context, request: web.Request, group_id: UUID) -> web.Response:
    """Remove a group."""
    assert ctx.visit is not None
    form = await read_form(request, Version)
    try:
        await groups.delete(ctx, group_id, form.value.version if form.value else 0)
    except Conflict as error:
        ctx.visit.flash("error", words(ctx, error))
        return redirect(ctx, url(ctx, "customers.admin_group", group_id=group_id))
    ctx.visit.flash("success", ctx.gettext("The group is removed."))
    return redirect(ctx, url(ctx, "customers.admin_groups"))


def _saved(ctx: Context) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.flash("success", ctx.gettext("The group is saved."))
    return redirect(ctx, url(ctx, "customers.admin_groups"))


def _row(ctx: Context, group: SavedGroup) -> dict[str, Any]:
    return {
        "url": url(ctx, "customers.admin_group", group_id=group.id),
        "title": group.title,
        "code": group.code,
        "priority": group.priority,
        "members": group.members,
    }


async def _page(
    ctx: Context,
    typed: dict[str, Any],
    errors: dict[str, str],
    *,
    group: SavedGroup | None = None,
    status: int = 200,
) -> web.Response:
    title = group.title if group else ctx.gettext("New group")
    return await admin_page(
        ctx,
        "customers/admin/group.html",
        title=title,
        status=status,
        crumbs=[(ctx.gettext("Customer groups"), url(ctx, "customers.admin_groups")), (title, "")],
        group=group,
        typed=typed,
        errors=errors,
        can_edit=ctx.actor.can(EDIT),
    )
