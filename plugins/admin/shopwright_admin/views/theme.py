# SPDX-License-Identifier: Apache-2.0
"""The theme of the store: which one it uses, its settings, and others to choose."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from shopwright.activation import choose_theme
from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.templating.overrides import PERMISSION, read_overrides
from shopwright.templating.pages import THEME_FILE, Setting
from shopwright.templating.themes import Theme
from shopwright_admin.api import admin_page
from shopwright_admin.services import theme_form
from shopwright_admin.services.answers import words

routes = Routes("admin", Scope.ADMIN)
VIEW = "kernel.settings.view"
_PICTURES = ("preview.webp", "preview.png", "preview.jpg", "preview.svg")


class SettingsForm(BaseModel):
    """Which settings were edited; 0 when there were none yet. The settings themselves are the theme's."""

    version: int = 0


@routes.get("/admin/theme", permission=VIEW)
async def theme(ctx: Context) -> web.Response:
    """Show the theme, its settings and the others."""
    own = (await read_overrides(ctx)).get(THEME_FILE)
    values, reason = theme_form.chosen(ctx, own)
    return await _page(ctx, values, {}, version=own.version if own else 0, unsuitable=reason)


@routes.post("/admin/theme", permission=PERMISSION, name="save_theme_settings")
async def save_settings(ctx: Context, request: web.Request) -> web.Response:
    """Save the settings of the theme."""
    assert ctx.visit is not None
    form = await read_form(request, SettingsForm)
    typed, errors = theme_form.read(ctx, form.raw)
    version = form.value.version if form.value else 0
    if errors:
        return await _page(ctx, typed, errors, version=version, status=422)
    try:
        await theme_form.save(ctx, typed, version)
    except Conflict as error:
        own = (await read_overrides(ctx)).get(THEME_FILE)
        version = own.version if own else 0
        return await _page(ctx, typed, {}, version=version, refused=words(ctx, error), status=409)
    except Invalid as error:
        return await _page(ctx, typed, {}, version=version, refused=words(ctx, error), status=422)
    ctx.visit.flash("success", ctx.gettext("The settings are saved."))
    return redirect(ctx, url(ctx, "admin.theme"))


@routes.get("/admin/theme/{name}", permission=PERMISSION)
async def theme_to_choose(ctx: Context, name: str) -> web.Response:
    """Ask once more before the store looks different."""
    found = _theme(ctx, name)
    known = _names_of(ctx, found.name)
    own = await read_overrides(ctx)
    title = ctx.gettext("Use %(title)s?", title=found.title)
    return await admin_page(
        ctx,
        "admin/theme_choose.html",
        title=title,
        crumbs=[(ctx.gettext("Theme"), url(ctx, "admin.theme")), (title, "")],
        card=_card(ctx, found),
        is_used=found.name == ctx.store.theme,
        idle=[path for path in own if path not in known and path != THEME_FILE],
        kept=[path for path in own if path in known],
        has_settings=THEME_FILE in own,
    )


@routes.post("/admin/theme/{name}", permission=PERMISSION, name="choose_theme")
async def choose(ctx: Context, name: str) -> web.Response:
    """Give the store another theme."""
    assert ctx.visit is not None
    found, before = _theme(ctx, name), ctx.kernel.themes.get(ctx.store.theme)
    await choose_theme(ctx, found.name)
    said = ctx.gettext("The store now uses %(title)s.", title=found.title)
    if before is not None and before.name != found.name:
        back = ctx.gettext("To go back, choose %(title)s again: its settings are kept.", title=before.title)
        said = f"{said} {back}"
    ctx.visit.flash("success", said)
    return redirect(ctx, url(ctx, "admin.theme"))


def _theme(ctx: Context, name: str) -> Theme:
    found = ctx.kernel.themes.get(name)
    if found is None:
        raise NotFound("This theme is not installed.")
    return found


def _names_of(ctx: Context, theme: str) -> set[str]:
    """Give the names of all templates the store would have with another theme."""
    return set(ctx.kernel.templates.originals(ctx.store, theme=theme))


def _card(ctx: Context, theme: Theme, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give what a theme looks like: its picture, or else the colours of its first choice that has some."""
    chosen = values or {}
    settings = ctx.kernel.themes.settings_of(theme.name)
    schema = [Setting.read(name, values) for name, values in settings.items()]
    picture = next((name for name in _PICTURES if (theme.folder / "assets" / name).is_file()), "")
    return {
        "theme": theme,
        "picture": f"/static/theme/{theme.name}/{picture}?v={theme.mark}" if picture else "",
        "swatches": next(
            (s.swatches[code] for s in schema if (code := chosen.get(s.name, s.default)) in s.swatches), ()
        ),
    }


async def _page(
    ctx: Context,
    values: Mapping[str, Any],
    errors: Mapping[str, str],
    *,
    version: int,
    unsuitable: str = "",
    refused: str = "",
    status: int = 200,
) -> web.Response:
    themes = ctx.kernel.themes
    used = themes.get(ctx.store.theme)
    shown = next(iter(themes.chain(ctx.store.theme)), None)
    return await admin_page(
        ctx,
        "admin/theme.html",
        title=ctx.gettext("Theme"),
        status=status,
        missing="" if used else ctx.store.theme,
        card=_card(ctx, shown, values) if shown else None,
        fields=theme_form.fields(ctx, values, errors),
        others=[_card(ctx, t) for t in sorted(themes, key=lambda t: t.title) if t is not used],
        problems=themes.problems,
        version=version,
        unsuitable=unsuitable,
        refused=refused,
        has_errors=bool(errors),
        can_edit=ctx.actor.can(PERMISSION),
    )
