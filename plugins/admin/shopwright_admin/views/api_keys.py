# SPDX-License-Identifier: Apache-2.0
"""API keys in the admin: listed, made and shown once, revoked."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.auth.api_keys import EDIT, VIEW, ApiKey
from shopwright.context import Context
from shopwright.errors import FieldError, Forbidden, Invalid, NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.i18n import translatable
from shopwright_admin.api import admin_page
from shopwright_admin.services import permissions
from shopwright_admin.services.answers import errors_of, keep_nowhere

routes = Routes("admin", Scope.ADMIN)
LAST_YEAR = 2200
_NOT_A_DAY_TO_COME = translatable("Choose a day from today on.")


class KeyForm(BaseModel):
    """A key as it is asked for: what for, what it may do, and its last day."""

    name: str = Field(default="", max_length=120)
    scopes: list[str] = Field(default_factory=list)
    expires: date | None = None


@routes.get("/admin/api-keys", permission=VIEW)
async def api_keys(ctx: Context) -> web.Response:
    """List the keys of this store."""
    rows = [_row(ctx, key) for key in await ctx.kernel.auth.api_keys.all(ctx)]
    return await admin_page(
        ctx,
        "admin/api_keys.html",
        title=ctx.gettext("API keys"),
        working=[row for row in rows if row["status"] == "active"],
        ended=[row for row in rows if row["status"] != "active"],
        can_edit=ctx.actor.can(EDIT),
    )


@routes.get("/admin/api-keys/new", permission=EDIT)
async def new_api_key(ctx: Context) -> web.Response:
    """Show an empty form."""
    return await _page(ctx, {}, (), {})


@routes.post("/admin/api-keys/new", permission=EDIT)
async def create_api_key(ctx: Context, request: web.Request) -> web.Response:
    """Make a key, and show it this one time."""
    form = await read_form(request, KeyForm)
    posted = await request.post()
    ticked = [value for value in posted.getall("scopes", []) if isinstance(value, str)]
    if form.value is None:
        return await _page(ctx, form.raw, ticked, form.errors, status=422)
    try:
        expires_at = _end_of(ctx, form.value.expires)
        made, key = await ctx.kernel.auth.api_keys.create(ctx, form.value.name, ticked, expires_at=expires_at)
    except (Invalid, Forbidden) as error:
        errors = errors_of(ctx, error, otherwise="scopes")
        if "expires_at" in errors:
            errors["expires"] = ctx.gettext(_NOT_A_DAY_TO_COME)
        return await _page(ctx, form.raw, ticked, errors, status=error.status)
    keep_nowhere(ctx)
    return await admin_page(
        ctx, "admin/api_key_made.html", title=made.name, crumbs=_crumbs(ctx, made.name), made=_row(ctx, made),
        key=key,
    )  # fmt: skip


@routes.get("/admin/api-keys/{key_id}/revoke", permission=EDIT)
async def api_key_to_revoke(ctx: Context, key_id: UUID) -> web.Response:
    """Ask once more before a key ends."""
    found = await ctx.kernel.auth.api_keys.get(ctx, key_id)
    if found.revoked_at is not None:
        raise NotFound("There is no such key, or it is revoked already.")
    title = ctx.gettext("Revoke the key %(name)s?", name=found.name)
    return await admin_page(
        ctx, "admin/revoke_key.html", title=title, crumbs=_crumbs(ctx, title), row=_row(ctx, found)
    )


@routes.post("/admin/api-keys/{key_id}/revoke", permission=EDIT)
async def revoke_api_key(ctx: Context, key_id: UUID) -> web.Response:
    """End a key at once."""
    assert ctx.visit is not None
    await ctx.kernel.auth.api_keys.revoke(ctx, key_id)
    ctx.visit.flash("success", ctx.gettext("The key is revoked."))
    return redirect(ctx, url(ctx, "admin.api_keys"))


def _end_of(ctx: Context, day: date | None) -> datetime | None:
    """Give the end of a day where the store is; a key works on its last day, all day long."""
    if day is None:
        return None
    if not ctx.clock.now().year <= day.year <= LAST_YEAR:
        raise Invalid(errors=[FieldError("/expires_at", "past", _NOT_A_DAY_TO_COME)])
    zone = ZoneInfo(ctx.store.timezone)
    return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)


def _row(ctx: Context, key: ApiKey) -> dict[str, Any]:
    is_over = key.expires_at is not None and key.expires_at <= ctx.clock.now()
    status = "revoked" if key.revoked_at else "expired" if is_over else "active"
    last_day = key.expires_at - timedelta(microseconds=1) if key.expires_at else None
    return {
        "key": key,
        "status": status,
        "allows": permissions.labels(ctx, key.scopes),
        "last_day": last_day,
    }


async def _page(
    ctx: Context,
    typed: dict[str, str],
    ticked: Collection[str],
    errors: dict[str, str],
    *,
    status: int = 200,
) -> web.Response:
    title = ctx.gettext("New API key")
    return await admin_page(
        ctx,
        "admin/api_key.html",
        title=title,
        crumbs=_crumbs(ctx, title),
        status=status,
        typed=typed,
        errors=errors,
        groups=permissions.groups(ctx, ticked),
    )


def _crumbs(ctx: Context, title: str) -> Sequence[tuple[str, str]]:
    return [(ctx.gettext("API keys"), url(ctx, "admin.api_keys")), (title, "")]
