# SPDX-License-Identifier: Apache-2.0
"""Rendering: one environment per store snapshot, asynchronous, escaped, strict about what is missing."""

import logging
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jinja2 import Environment, StrictUndefined, Template, pass_context
from jinja2.runtime import Context as TemplateContext
from markupsafe import Markup

from shopwright.http.responses import template_values, url
from shopwright.http.static import digest, static_folder
from shopwright.i18n import format_date, format_datetime, format_money
from shopwright.money import Money
from shopwright.stores import Store
from shopwright.templating.loader import ChainLoader, template_folder
from shopwright.templating.sandbox import Meter, SandboxEnvironment, collected, sandbox_safe
from shopwright.templating.slots import render_slot
from shopwright.templating.themes import Themes

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.kernel import Kernel

log = logging.getLogger(__name__)
_OVERRIDES = "SELECT path, source FROM kernel_template_override"


class Templates:
    """Renders templates and pages of all stores."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self.themes = Themes(kernel.config.theme_dirs)
        self._environments: dict[UUID, tuple[Store, Environment]] = {}
        self._sections: dict[Path, dict[str, Any]] = {}
        for theme in self.themes:
            kernel.translations.add(theme.folder / "locales", theme.name)
        for name, plugin in kernel.registry.plugins.items():
            kernel.translations.add(template_folder(plugin.package).parent / "locales", name)

    def forget(self) -> None:
        """Drop what was compiled: stores, themes or overrides may have changed."""
        self._environments.clear()
        self._sections.clear()

    async def render(self, ctx: "Context", name: str, values: Mapping[str, Any]) -> str:
        """Render a template by name.

        Raises:
            jinja2.TemplateError: it does not exist, is broken, or oversteps the sandbox.
        """
        environment = await self._environment(ctx)
        template = environment.get_template(name)
        return await self._run(environment, template, {**self._common(ctx), **values})

    async def page(self, ctx: "Context", name: str, model: object, values: Mapping[str, Any]) -> str:
        """Render a page a theme arranges: ``<name>.toml`` lists its sections and their settings."""
        environment = await self._environment(ctx)
        arrangement = self._arrangement(environment, f"{name}.toml")
        common = {**self._common(ctx), **values, "page": model}
        parts = []
        for section in arrangement.get("sections", ()):
            settings = {**self._defaults(environment, section["type"]), **section.get("settings", {})}
            template = environment.get_template(section["type"])
            scope = {**common, "section": {"type": section["type"], "settings": settings}}
            parts.append(await self._run(environment, template, scope))
        layout = environment.get_template(arrangement.get("layout", "layouts/page.html"))
        content = Markup("").join(Markup(part) for part in parts)  # noqa: S704 - rendered by us just now
        return await self._run(environment, layout, {**common, "sections": content})

    def asset_folder(self, theme: str) -> Path | None:
        found = self.themes.get(theme)
        return found.folder / "assets" if found else None

    def asset_url(self, ctx: "Context", path: str) -> str:
        """Give the address of a file of the store's theme, or of a plugin or the kernel when it begins with
        ``<plugin>:`` (``admin:admin.css``), with its fingerprint."""
        owner, _, rest = path.rpartition(":")
        if owner == "kernel":
            return _versioned(f"/static/kernel/{rest}", Path(__file__).parent.parent / "static" / rest)
        if owner:
            folder = static_folder(self._kernel.registry.plugins[owner].package, owner)
            return _versioned(f"/static/{owner}/{rest}", folder / rest)
        for theme in self.themes.chain(ctx.store.theme):
            if (theme.folder / "assets" / rest).is_file():
                return _versioned(f"/static/theme/{theme.name}/{rest}", theme.folder / "assets" / rest)
        return f"/static/theme/{ctx.store.theme}/{rest}"

    async def _environment(self, ctx: "Context") -> Environment:
        found = self._environments.get(ctx.store.id)
        if found is not None and found[0] is ctx.store:
            return found[1]
        rows = await ctx.fetch_rows(_OVERRIDES)
        overrides = {row["path"]: row["source"] for row in rows}
        plugins = self._kernel.registry.plugins
        folders = [template_folder(plugins[name].package) for name in plugins if name in ctx.store.plugins]
        loader = ChainLoader(overrides, self.themes.chain(ctx.store.theme), folders)
        kind = SandboxEnvironment if overrides else Environment
        environment = kind(
            loader=loader, autoescape=True, enable_async=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True, extensions=["jinja2.ext.i18n"], auto_reload=False, cache_size=-1,
        )  # fmt: skip
        environment.filters |= {"money": _money, "date": _date, "datetime": _datetime, "_metered": _metered}
        environment.install_gettext_callables(_gettext, _ngettext, newstyle=True, pgettext=_pgettext)  # type: ignore[attr-defined]
        self._environments[ctx.store.id] = (ctx.store, environment)
        return environment

    async def _run(self, environment: Environment, template: Template, values: dict[str, Any]) -> str:
        if not isinstance(environment, SandboxEnvironment):
            return await template.render_async(values)
        meter = Meter()
        values = {**values, "_meter": meter}
        return await collected(template.generate_async(values), meter)

    def _common(self, ctx: "Context") -> dict[str, Any]:
        """Give what every template has. The context itself is out of reach of what templates can call."""

        @sandbox_safe
        def link(code: str, **params: object) -> str:
            return url(ctx, code, **params)

        @sandbox_safe
        def asset(path: str) -> str:
            return self.asset_url(ctx, path)

        @sandbox_safe
        def is_active(plugin: str) -> bool:
            return ctx.is_active(plugin)

        @sandbox_safe
        def can(permission: str) -> bool:
            return ctx.actor.can(permission)

        @sandbox_safe
        async def slot(name: str, model: object = None) -> Markup:
            return await render_slot(self, ctx, name, model)

        return {
            **template_values(ctx),
            "store": _StoreView.of(ctx),
            "locale": ctx.locale,
            "currency": ctx.currency,
            "url": link,
            "asset": asset,
            "slot": slot,
            "is_active": is_active,
            "can": can,
            "customer": ctx.actor.kind == "customer",
            "_translator": ctx.translator,
            "_timezone": ctx.store.timezone,
        }

    def _arrangement(self, environment: Environment, name: str) -> dict[str, Any]:
        assert isinstance(environment.loader, ChainLoader)
        path = environment.loader.find(name)
        if path is None:
            raise LookupError(f"no theme or plugin arranges the page {name}")
        return self._toml(path)

    def _defaults(self, environment: Environment, section: str) -> dict[str, Any]:
        assert isinstance(environment.loader, ChainLoader)
        path = environment.loader.find(section.removesuffix(".html") + ".toml")
        if path is None:
            return {}
        return {name: field.get("default") for name, field in self._toml(path).get("settings", {}).items()}

    def _toml(self, path: Path) -> dict[str, Any]:
        if path not in self._sections:
            self._sections[path] = tomllib.loads(path.read_text("utf-8"))
        return self._sections[path]


class _StoreView:
    """What templates see of the store."""

    @staticmethod
    def of(ctx: "Context") -> dict[str, Any]:
        store = ctx.store
        return {
            "code": store.code, "name": store.name, "locale": ctx.locale, "locales": store.locales,
            "default_locale": store.default_locale, "currency": store.currency,
        }  # fmt: skip


def _versioned(address: str, path: Path) -> str:
    return f"{address}?v={digest(path)[:10]}" if path.is_file() else address


@pass_context
def _money(context: TemplateContext, value: Money) -> str:
    return format_money(value, context["locale"])


@pass_context
def _date(context: TemplateContext, value: datetime) -> str:
    return format_date(value, context["locale"], context["_timezone"])


@pass_context
def _datetime(context: TemplateContext, value: datetime) -> str:
    return format_datetime(value, context["locale"], context["_timezone"])


@pass_context
def _gettext(context: TemplateContext, message: str) -> str:
    return str(context["_translator"].gettext(message))


@pass_context
def _ngettext(context: TemplateContext, singular: str, plural: str, number: int) -> str:
    return str(context["_translator"].plural_text(singular, plural, number))


@pass_context
def _pgettext(context: TemplateContext, where: str, message: str) -> str:
    return str(context["_translator"].pgettext(where, message))


@pass_context
def _metered(context: TemplateContext, items: Any) -> Any:
    """Count the turns of a loop in an untrusted template."""
    meter = context["_meter"]
    for item in items:
        meter.step()
        yield item
