# SPDX-License-Identifier: Apache-2.0
"""Plugins in the admin: what there is, switching with a plan shown first, and settings."""

from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from shopwright.activation import plan_switch, switch_plugin
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.http.forms import read_form
from shopwright.http.listing import ListQuery, Page
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_admin.services import settings_form

routes = Routes("admin", Scope.ADMIN)


class SwitchQuery(BaseModel):
    """What is asked for."""

    to: Literal["on", "off"] = "on"


class SwitchForm(BaseModel):
    """What was confirmed."""

    to: Literal["on", "off"]


@routes.get("/admin/plugins", permission="kernel.plugins.view")
async def plugins(ctx: Context) -> web.Response:
    """List the plugins of this store."""
    problems = ctx.kernel.problems.for_store(ctx.store.id)
    rows = [
        {
            "name": name,
            "manifest": plugin.manifest,
            "is_on": ctx.is_active(name),
            "has_settings": bool(plugin.manifest.settings.model_fields),
            "problems": [p for p in problems if p.plugin == name],
        }
        for name, plugin in sorted(
            ctx.kernel.registry.plugins.items(), key=lambda item: ctx.gettext(item[1].manifest.title)
        )
    ]
    lost = [p for p in problems if p.plugin not in ctx.kernel.registry.plugins]
    title = ctx.gettext("Plugins")
    can_edit = ctx.actor.can("kernel.plugins.edit")
    return await admin_page(ctx, "admin/plugins.html", title=title, rows=rows, lost=lost, can_edit=can_edit)


@routes.get("/admin/plugins/{name}/switch", permission="kernel.plugins.edit")
async def switch_plan(ctx: Context, name: str, query: SwitchQuery) -> web.Response:
    """Show what switching a plugin would do."""
    plan = plan_switch(ctx.kernel, ctx.store, name, enabled=query.to == "on")
    manifest = ctx.kernel.registry.plugins[name].manifest
    title = ctx.gettext(manifest.title)
    return await admin_page(
        ctx, "admin/switch.html", title=title, crumbs=_crumbs(ctx, title), plan=plan, to=query.to,
        manifest=manifest,
    )  # fmt: skip


@routes.post("/admin/plugins/{name}/switch", permission="kernel.plugins.edit")
async def switch(ctx: Context, request: web.Request, name: str) -> web.Response:
    """Switch a plugin on or off in this store."""
    assert ctx.visit is not None
    form = await read_form(request, SwitchForm)
    enabled = form.value is not None and form.value.to == "on"
    try:
        await switch_plugin(ctx, name, enabled=enabled)
    except Conflict as error:
        ctx.visit.flash("error", error.detail)
    else:
        title = ctx.gettext(ctx.kernel.registry.plugins[name].manifest.title)
        is_on = ctx.gettext("%(title)s is on.", title=title)
        is_off = ctx.gettext("%(title)s is off. Its data stays.", title=title)
        ctx.visit.flash("success", is_on if enabled else is_off)
    return redirect(ctx, url(ctx, "admin.plugins"))


@routes.get("/admin/plugins/{name}/settings", permission="kernel.settings.view")
async def settings(ctx: Context, name: str) -> web.Response:
    """Show the settings of a plugin."""
    return await _settings_page(ctx, name, {})


@routes.post("/admin/plugins/{name}/settings", permission="kernel.settings.edit")
async def save_settings(ctx: Context, request: web.Request, name: str) -> web.Response:
    """Save the settings of a plugin."""
    assert ctx.visit is not None
    fields = ctx.kernel.settings.describe(name, ctx)
    posted = await request.post()
    typed = {key: [v for v in posted.getall(key) if isinstance(v, str)] for key in posted}
    values = settings_form.read(fields, typed)
    try:
        for scope, part in values.items():
            if part:
                await ctx.kernel.settings.save(ctx, name, part, scope)
    except Invalid as error:
        errors = {e.pointer.strip("/").partition("/")[0]: e.message for e in error.errors}
        return await _settings_page(ctx, name, errors, typed=values, status=422)
    ctx.visit.flash("success", ctx.gettext("The settings are saved."))
    return redirect(ctx, url(ctx, "admin.settings", name=name))


async def _settings_page(
    ctx: Context, name: str, errors: dict[str, str], *, typed: dict[Any, Any] | None = None, status: int = 200
) -> web.Response:
    plugin = ctx.kernel.registry.plugins.get(name)
    if plugin is None or not plugin.manifest.settings.model_fields:
        raise NotFound("This plugin has no settings.")
    given = {key: value for part in (typed or {}).values() for key, value in part.items()}
    title = ctx.gettext(plugin.manifest.title)
    return await admin_page(
        ctx,
        "admin/settings.html",
        title=ctx.gettext("Settings of %(title)s", title=title),
        crumbs=_crumbs(ctx, title),
        fields=settings_form.view(ctx.kernel.settings.describe(name, ctx), given),
        errors=errors,
        can_edit=ctx.actor.can("kernel.settings.edit"),
        status=status,
    )


def _crumbs(ctx: Context, title: str) -> list[tuple[str, str]]:
    return [(ctx.gettext("Plugins"), url(ctx, "admin.plugins")), (title, "")]


api = Routes("admin", Scope.ADMIN_API)


class PluginChange(BaseModel):
    """Whether the plugin shall be on in this store."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool


class PluginState(BaseModel):
    """A plugin in this store."""

    name: str
    title: str
    version: str
    enabled: bool
    requires: list[str]


@api.get("/api/admin/v1/plugins", permission="kernel.plugins.view")
async def list_plugins(ctx: Context, query: ListQuery) -> Page[PluginState]:
    """List the plugins of this store."""
    return query.whole([_state(ctx, name) for name in ctx.kernel.registry.plugins], "name")


@api.patch("/api/admin/v1/plugins/{name}", permission="kernel.plugins.edit")
async def change_plugin(ctx: Context, name: str, body: PluginChange) -> PluginState:
    """Switch a plugin on or off in this store."""
    await switch_plugin(ctx, name, enabled=body.enabled)
    fresh = ctx.kernel.directory.by_id(ctx.store.id)
    assert fresh is not None
    return _state(ctx.kernel.context(fresh, actor=ctx.actor), name)


def _state(ctx: Context, name: str) -> PluginState:
    manifest = ctx.kernel.registry.plugins[name].manifest
    return PluginState(
        name=name,
        title=manifest.title,
        version=manifest.version,
        enabled=ctx.is_active(name),
        requires=list(manifest.requires),
    )
