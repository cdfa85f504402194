# SPDX-License-Identifier: Apache-2.0
"""Staff of a store: who has which role, inviting, changing roles, removing."""

from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import ShopwrightError
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.mail import Message
from shopwright_admin.api import admin_page

routes = Routes("admin", Scope.ADMIN)


class InviteForm(BaseModel):
    """Whom to invite."""

    email: str = Field(min_length=3, max_length=254)
    name: str = Field(default="", max_length=120)
    role: str


class RoleForm(BaseModel):
    """A role, or none."""

    role: str


@routes.get("/admin/staff", permission="kernel.staff.view")
async def staff(ctx: Context) -> web.Response:
    """List the staff of this store."""
    return await _page(ctx, {}, {})


@routes.post("/admin/staff", permission="kernel.staff.edit", name="invite_staff")
async def invite_staff(ctx: Context, request: web.Request) -> web.Response:
    """Invite somebody: they get a mail with a link."""
    assert ctx.visit is not None
    form = await read_form(request, InviteForm)
    if form.value is None:
        return await _page(ctx, form.raw, form.errors, status=422)
    try:
        invitation = await ctx.kernel.auth.staff.invite(
            ctx, form.value.email, form.value.name, form.value.role
        )
    except ShopwrightError as error:
        errors = {e.pointer.strip("/") or "email": e.message for e in error.errors} or {"email": error.detail}
        return await _page(ctx, form.raw, errors, status=error.status)
    if invitation.token is not None:
        link = ctx.kernel.config.url_of(ctx.visit.host, f"/admin/invite/{invitation.token}")
        text = ctx.gettext(
            "You are invited to %(store)s. Choose a password: %(link)s", store=ctx.store.name, link=link
        )
        subject = ctx.gettext("Invitation to %(store)s", store=ctx.store.name)
        await ctx.kernel.mailer.send(Message(invitation.email, subject, text))
    ctx.visit.flash("success", ctx.gettext("%(email)s is invited.", email=invitation.email))
    return redirect(ctx, url(ctx, "admin.staff"))


@routes.post("/admin/staff/{staff_user_id}/role", permission="kernel.staff.edit", name="change_role")
async def change_role(ctx: Context, request: web.Request, staff_user_id: UUID) -> web.Response:
    """Change somebody's role, or take it away."""
    assert ctx.visit is not None
    form = await read_form(request, RoleForm)
    try:
        if form.value is None or not form.value.role:
            await ctx.kernel.auth.roles.unassign(ctx, staff_user_id)
        else:
            await ctx.kernel.auth.roles.assign(ctx, staff_user_id, form.value.role)
    except ShopwrightError as error:
        ctx.visit.flash("error", error.detail or error.title)
    else:
        ctx.visit.flash("success", ctx.gettext("Saved."))
    return redirect(ctx, url(ctx, "admin.staff"))


async def _page(
    ctx: Context, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    return await admin_page(
        ctx,
        "admin/staff.html",
        title=ctx.gettext("Staff"),
        users=await ctx.kernel.auth.staff.all(ctx),
        roles=await ctx.kernel.auth.roles.all(ctx),
        typed=typed,
        errors=errors,
        can_edit=ctx.actor.can("kernel.staff.edit"),
        status=status,
    )
