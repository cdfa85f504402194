# SPDX-License-Identifier: Apache-2.0
"""The frame of admin pages: navigation narrowed to what is on and allowed."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from shopwright.context import Context
from shopwright.http.responses import html, url
from shopwright.i18n import translatable
from shopwright_admin.api import NavItem
from shopwright_admin.hookspecs import admin_nav

GROUPS = (
    translatable("Sales"),
    translatable("Catalogue"),
    translatable("Customers"),
    translatable("Store"),
    translatable("Settings"),
)


async def page(
    ctx: Context,
    template: str,
    *,
    title: str,
    status: int,
    crumbs: Sequence[tuple[str, str]],
    values: dict[str, Any],
) -> web.Response:
    """Do what ``api.admin_page`` says."""
    frame = {
        "title": title,
        "crumbs": crumbs,
        "navigation": await navigation(ctx),
        "staff_name": ctx.actor.label,
    }
    return html(await ctx.render(template, **{**frame, **values}), status=status)


async def navigation(ctx: Context) -> list[dict[str, Any]]:
    """Give the menu by group: what the plugins that are on offer, and this staff user may use."""
    items = [*_own(ctx), *await ctx.hooks.collect(admin_nav)]
    allowed = [item for item in items if ctx.actor.can(item.permission)]
    current = ctx.visit.path if ctx.visit else ""
    best = max(
        (i.path for i in allowed if current == i.path or current.startswith(f"{i.path}/")),
        key=len,
        default="",
    )
    return [
        {
            "label": ctx.gettext(group),
            "items": [
                {"label": item.label, "path": item.path, "icon": item.icon, "current": item.path == best}
                for item in sorted(found, key=lambda item: (item.priority, item.label))
            ],
        }
        for group in GROUPS
        if (found := [item for item in allowed if item.group == group])
    ]


def _own(ctx: Context) -> list[NavItem]:
    def item(label: str, code: str, permission: str, group: str, icon: str, priority: int) -> NavItem:
        return NavItem(ctx.gettext(label), url(ctx, code), permission, group, icon, priority)

    return [
        item(translatable("Theme"), "admin.theme", "kernel.settings.view", "Store", "brush", 10),
        item(translatable("Templates"), "admin.templates", "kernel.settings.view", "Store", "code", 20),
        item(translatable("Plugins"), "admin.plugins", "kernel.plugins.view", "Settings", "plug", 10),
        item(translatable("Staff"), "admin.staff", "kernel.staff.view", "Settings", "people", 20),
        item(translatable("Roles"), "admin.roles", "kernel.staff.view", "Settings", "shield", 22),
        item(translatable("API keys"), "admin.api_keys", "kernel.api_keys.view", "Settings", "key", 25),
        item(translatable("Audit log"), "admin.audit", "kernel.audit.view", "Settings", "list", 30),
        item(translatable("Failed jobs"), "admin.jobs", "kernel.jobs.view", "Settings", "alert", 40),
    ]
