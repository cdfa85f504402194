# SPDX-License-Identifier: Apache-2.0
"""Roles in the admin: the built-in ones to look at, those of the store to make, change and remove."""

import re
import unicodedata
from collections.abc import Collection, Sequence

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.auth.accounts import StaffUser
from shopwright.auth.roles import Role, covers
from shopwright.context import Context
from shopwright.errors import Conflict, Forbidden, Invalid, NotFound
from shopwright.http.forms import Form, read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_admin.services import permissions
from shopwright_admin.services.answers import errors_of, words

routes = Routes("admin", Scope.ADMIN)


class RoleForm(BaseModel):
    """A role as it is typed in; the code only when it is new."""

    label: str = Field(default="", max_length=80)
    code: str = Field(default="", max_length=41)
    permissions: list[str] = Field(default_factory=list)


@routes.get("/admin/roles", permission="kernel.staff.view")
async def roles(ctx: Context) -> web.Response:
    """List the roles of this store."""
    users = await ctx.kernel.auth.staff.all(ctx)
    found = await ctx.kernel.auth.roles.all(ctx)
    rows = [
        {
            "code": role.code,
            "label": ctx.gettext(role.label),
            "built_in": role.built_in,
            "everything": "*" in role.permissions,
            "count": len(role.permissions),
            "people": sum(user.role == role.code for user in users),
        }
        for role in found
    ]
    return await admin_page(
        ctx,
        "admin/roles.html",
        title=ctx.gettext("Roles"),
        rows=rows,
        has_own=any(not role.built_in for role in found),
        can_edit=ctx.actor.can("kernel.staff.edit"),
    )


# A code has no dash in it, so no role can have this address.
@routes.get("/admin/roles/new-role", permission="kernel.staff.edit")
async def new_role(ctx: Context) -> web.Response:
    """Show an empty form."""
    return await _page(ctx, None, {}, (), {})


@routes.post("/admin/roles/new-role", permission="kernel.staff.edit")
async def create_role(ctx: Context, request: web.Request) -> web.Response:
    """Make a role."""
    return await _saved(ctx, await read_form(request, RoleForm), await _ticked(request), None)


@routes.get("/admin/roles/{code}", permission="kernel.staff.view")
async def role(ctx: Context, code: str) -> web.Response:
    """Show a role and what it allows."""
    found = await _role(ctx, code)
    ticked = ctx.kernel.auth.roles.known if "*" in found.permissions else found.permissions
    return await _page(ctx, found, {"label": found.label}, ticked, {})


@routes.post("/admin/roles/{code}", permission="kernel.staff.edit")
async def update_role(ctx: Context, request: web.Request, code: str) -> web.Response:
    """Change a role of the store."""
    found = await _own_role(ctx, code)
    return await _saved(ctx, await read_form(request, RoleForm), await _ticked(request), found)


@routes.get("/admin/roles/{code}/remove", permission="kernel.staff.edit")
async def role_to_remove(ctx: Context, code: str) -> web.Response:
    """Ask once more before a role goes."""
    return await _remove_page(ctx, await _own_role(ctx, code))


@routes.post("/admin/roles/{code}/remove", permission="kernel.staff.edit")
async def remove_role(ctx: Context, code: str) -> web.Response:
    """Remove a role that nobody has."""
    assert ctx.visit is not None
    found = await _own_role(ctx, code)
    try:
        await ctx.kernel.auth.roles.remove(ctx, code)
    except (Conflict, Forbidden) as error:
        return await _remove_page(ctx, found, words(ctx, error), status=error.status)
    ctx.visit.flash("success", ctx.gettext("The role %(label)s is removed.", label=found.label))
    return redirect(ctx, url(ctx, "admin.roles"))


async def _saved(
    ctx: Context, form: Form[RoleForm], ticked: Sequence[str], before: Role | None
) -> web.Response:
    assert ctx.visit is not None
    typed = dict(form.raw)
    if form.value is None:
        return await _page(ctx, before, typed, ticked, form.errors, status=422)
    if before is None:
        typed["code"] = form.value.code.strip() or code_from(form.value.label)
    code = before.code if before else typed["code"]
    try:
        saved = await ctx.kernel.auth.roles.save(ctx, code, form.value.label, ticked, is_new=before is None)
    except (Invalid, Forbidden) as error:
        errors = errors_of(ctx, error, otherwise="permissions")
        if "label" in errors and not form.value.code:
            errors.pop("code", None)  # it is made from the name
        return await _page(ctx, before, typed, ticked, errors, status=error.status)
    ctx.visit.flash("success", ctx.gettext("The role %(label)s is saved.", label=saved.label))
    return redirect(ctx, url(ctx, "admin.roles"))


def code_from(label: str) -> str:
    """Make a code of a name: ``Lager & Versand`` becomes ``lager_versand``; empty when nothing is left."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).lstrip("_0123456789")[:40].strip("_")


async def _ticked(request: web.Request) -> list[str]:
    posted = await request.post()
    return [value for value in posted.getall("permissions", []) if isinstance(value, str)]


async def _role(ctx: Context, code: str) -> Role:
    found = next((role for role in await ctx.kernel.auth.roles.all(ctx) if role.code == code), None)
    if found is None:
        raise NotFound("There is no such role in this store.")
    return found


async def _own_role(ctx: Context, code: str) -> Role:
    found = await _role(ctx, code)
    if found.built_in:
        raise NotFound("This role is built in: it stays as it is.")
    return found


async def _people(ctx: Context, found: Role) -> list[StaffUser]:
    return [user for user in await ctx.kernel.auth.staff.all(ctx) if user.role == found.code]


async def _page(
    ctx: Context,
    found: Role | None,
    typed: dict[str, str],
    ticked: Collection[str],
    errors: dict[str, str],
    *,
    status: int = 200,
) -> web.Response:
    title = ctx.gettext(found.label) if found else ctx.gettext("New role")
    is_own = found is None or not found.built_in
    is_beyond = found is not None and not covers(ctx.actor, found.permissions)
    known = ctx.kernel.auth.roles.known
    return await admin_page(
        ctx,
        "admin/role.html",
        title=title,
        status=status,
        crumbs=_crumbs(ctx, title),
        role=found,
        typed=typed,
        errors=errors,
        groups=permissions.groups(ctx, ticked),
        lost=sorted(found.permissions - set(known) - {"*"}) if found else [],
        is_beyond=is_own and is_beyond,
        can_edit=ctx.actor.can("kernel.staff.edit") and is_own and not is_beyond,
    )


async def _remove_page(ctx: Context, found: Role, error: str = "", *, status: int = 200) -> web.Response:
    title = ctx.gettext("Remove the role %(label)s?", label=found.label)
    return await admin_page(
        ctx, "admin/remove_role.html", title=title, crumbs=_crumbs(ctx, title), status=status,
        role=found, people=await _people(ctx, found), error=error,
    )  # fmt: skip


def _crumbs(ctx: Context, title: str) -> list[tuple[str, str]]:
    return [(ctx.gettext("Roles"), url(ctx, "admin.roles")), (title, "")]
