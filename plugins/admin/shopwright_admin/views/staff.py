# SPDX-License-Identifier: Apache-2.0
"""Staff of a store: who has which role, inviting, changing roles, closing accounts, lost devices."""

from collections.abc import Awaitable
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.auth.roles import covers
from shopwright.context import Context
from shopwright.errors import Forbidden, NotFound, ShopwrightError
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.mail import Message
from shopwright_admin.api import admin_page
from shopwright_admin.services.answers import errors_of, words

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
        errors = errors_of(ctx, error, otherwise="role" if isinstance(error, Forbidden) else "email")
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
    roles = ctx.kernel.auth.roles
    if form.value is None:
        ctx.visit.flash("error", ctx.gettext("Choose a role."))
    elif form.value.role:
        await _done(ctx, roles.assign(ctx, staff_user_id, form.value.role), ctx.gettext("Saved."))
    else:
        await _done(ctx, roles.unassign(ctx, staff_user_id), ctx.gettext("Saved."))
    return redirect(ctx, url(ctx, "admin.staff"))


@routes.get("/admin/staff/{staff_user_id}", permission="kernel.staff.view")
async def staff_user(ctx: Context, staff_user_id: UUID) -> web.Response:
    """Show somebody who works in this store."""
    user = await ctx.kernel.auth.staff.get(ctx, staff_user_id)
    labels = {role.code: role.label for role in await ctx.kernel.auth.roles.all(ctx)}
    return await admin_page(
        ctx,
        "admin/staff_user.html",
        title=user.label,
        crumbs=[(ctx.gettext("Staff"), url(ctx, "admin.staff")), (user.label, "")],
        user=user,
        role=ctx.gettext(labels.get(user.role or "", user.role or "")),
        is_self=ctx.actor.id == user.id,
        can_edit=ctx.actor.can("kernel.staff.edit") and covers(ctx.actor, user.permissions),
    )


@routes.post("/admin/staff/{staff_user_id}/disable", permission="kernel.staff.edit")
async def disable_staff(ctx: Context, staff_user_id: UUID) -> web.Response:
    """Close somebody's account in all stores."""
    text = ctx.gettext("The account is closed. Whoever used it is signed out everywhere.")
    await _done(ctx, ctx.kernel.auth.staff.disable(ctx, staff_user_id), text)
    return redirect(ctx, url(ctx, "admin.staff_user", staff_user_id=staff_user_id))


@routes.post("/admin/staff/{staff_user_id}/enable", permission="kernel.staff.edit")
async def enable_staff(ctx: Context, staff_user_id: UUID) -> web.Response:
    """Open a closed account again."""
    text = ctx.gettext("The account is open again.")
    await _done(ctx, ctx.kernel.auth.staff.enable(ctx, staff_user_id), text)
    return redirect(ctx, url(ctx, "admin.staff_user", staff_user_id=staff_user_id))


@routes.post("/admin/staff/{staff_user_id}/two-factor", permission="kernel.staff.edit")
async def reset_two_factor(ctx: Context, staff_user_id: UUID) -> web.Response:
    """Switch off the second factor of somebody who lost the device."""
    text = ctx.gettext("Two-factor sign-in is off for this person. Ask them to set it up again.")
    await _done(ctx, ctx.kernel.auth.totp.disable_for(ctx, staff_user_id), text)
    return redirect(ctx, url(ctx, "admin.staff_user", staff_user_id=staff_user_id))


async def _done(ctx: Context, work: Awaitable[None], text: str) -> None:
    """Do something that may be refused, and say on the next page how it ended.

    Raises:
        NotFound: nobody like that works in the store.
    """
    assert ctx.visit is not None
    try:
        await work
    except NotFound:
        raise
    except ShopwrightError as error:
        ctx.visit.flash("error", words(ctx, error))
    else:
        ctx.visit.flash("success", text)


async def _page(
    ctx: Context, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    roles = await ctx.kernel.auth.roles.all(ctx)
    can_edit = ctx.actor.can("kernel.staff.edit")
    users = [
        {"user": user, "can_change": can_edit and covers(ctx.actor, user.permissions)}
        for user in await ctx.kernel.auth.staff.all(ctx)
    ]
    return await admin_page(
        ctx,
        "admin/staff.html",
        title=ctx.gettext("Staff"),
        rows=users,
        labels={role.code: ctx.gettext(role.label) for role in roles},
        choices=[
            (role.code, ctx.gettext(role.label)) for role in roles if covers(ctx.actor, role.permissions)
        ],
        typed=typed,
        errors=errors,
        can_edit=can_edit,
        status=status,
    )
