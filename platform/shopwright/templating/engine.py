# SPDX-License-Identifier: Apache-2.0
"""Rendering: asynchronous, escaped, strict about what is missing, and safe where a store wrote the template."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jinja2 import Environment, Template
from jinja2.exceptions import TemplateRuntimeError
from markupsafe import Markup

from shopwright.hooks.breaker import BreakerKey
from shopwright.http.responses import template_values
from shopwright.http.static import digest, static_folder
from shopwright.stores import Store
from shopwright.templating import environments, pages, rendering
from shopwright.templating.loader import ChainLoader, template_folder
from shopwright.templating.meter import LimitReached, Meter, collected
from shopwright.templating.overrides import is_of_staff, read_overrides
from shopwright.templating.rendering import Rendering

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.kernel import Kernel

log = logging.getLogger(__name__)
_KERNEL = Path(__file__).parent.parent
_DEEPEST = 12
"""How many renderings may be within each other, as a slot's fragment is within its page."""


class TemplateFailure(TemplateRuntimeError):
    """A store's own template failed or did too much; says which and, where it can, the line."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__(f"{name}, line {line}: {reason}" if line else f"{name}: {reason}")
        self.template = name
        self.line = line


@dataclass(slots=True)
class _StoreTemplates:
    """What renders the pages of one snapshot of a store."""

    store: Store
    files: Environment
    own: Environment | None
    """Sandboxed, with the store's overrides; None when it has none."""
    theme: Mapping[str, Any]
    arrangements: dict[tuple[bool, str], pages.Page] = field(default_factory=dict)


class Templates:
    """Renders templates and pages of all stores."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self.themes = kernel.themes
        self._stores: dict[UUID, _StoreTemplates] = {}
        self._marks: dict[UUID, tuple[Store, str]] = {}
        self._age = 0
        self._code = environments.MemoryCode(), environments.MemoryCode()
        kernel.translations.add(_KERNEL / "locales", "kernel")
        for name, plugin in kernel.registry.plugins.items():
            kernel.translations.add(template_folder(plugin.package).parent / "locales", name)
        for theme in self.themes:
            kernel.translations.add(theme.folder / "locales", theme.name)

    def forget(self) -> None:
        """Read themes' pages and stores' overrides anew: something may have changed."""
        self._stores.clear()
        self._marks.clear()
        self._age += 1

    def mark(self, store: Store) -> str:
        """Give the fingerprint of all files a store's pages are made of: its theme's, and plugins by version."""
        if self._kernel.config.develop and self.themes.look_again():
            self.forget()
        known = self._marks.get(store.id)
        if known is None or known[0] is not store:
            plugins = self._kernel.registry.plugins
            versions = [f"{name}={plugins[name].manifest.version}" for name in sorted(store.plugins)]
            known = self._marks[store.id] = store, " ".join([self.themes.mark(store.theme), *versions])
        return known[1]

    async def render(self, ctx: "Context", name: str, values: Mapping[str, Any]) -> str:
        """Render a template by name.

        Raises:
            jinja2.TemplateError: it does not exist, or is broken.
        """

        async def work(environment: Environment) -> str:
            return await self._written(environment, name, {**await self._common(ctx, environment), **values})

        return await self._with_fallback(ctx, name, work)

    async def page(self, ctx: "Context", name: str, model: object, values: Mapping[str, Any]) -> str:
        """Render a page a theme arranges: ``<name>.toml`` lists its sections and their settings.

        Raises:
            LookupError: nobody arranges this page.
            ThemeError: it names a section or setting that does not exist.
        """

        async def work(environment: Environment) -> str:
            page = await self._page(ctx, environment, name)
            common = {**await self._common(ctx, environment), **values, "page": model}
            parts = []
            for section in page.sections:
                chosen = section.in_language(ctx.locale, ctx.store.default_locale)
                parts.append(await self._written(environment, section.type, {**common, "section": chosen}))
            content = Markup("").join(Markup(part) for part in parts)  # noqa: S704 - rendered by us just now
            return await self._written(environment, page.layout, {**common, "sections": content})

        return await self._with_fallback(ctx, f"{name}.toml", work)

    async def check(self, ctx: "Context", path: str, source: str) -> None:
        """Tell whether a store could have this source in place of a template or page.

        Raises:
            LookupError: nothing has this name.
            jinja2.TemplateSyntaxError: it cannot be read.
            ThemeError: the page names a section or setting that does not exist.
        """
        if path == pages.THEME_FILE:
            pages.read_theme(self.themes.settings_of(ctx.store.theme), source)
            return
        overrides = {**await self._overrides(ctx), path: source}
        if self._loader(ctx.store, {}).read(path) is None:
            raise LookupError(path)
        loader = self._loader(ctx.store, overrides)
        if path.endswith(".toml"):
            pages.read_page(loader, path.removesuffix(".toml"))
        else:
            environments.untrusted(loader, environments.MemoryCode()).get_template(path)

    def originals(self, store: Store, theme: str | None = None) -> dict[str, Path]:
        """Give the files of all templates and pages that a store may have its own in place of, by name.

        With ``theme`` those it would have with another theme.
        """
        files = self._loader(replace(store, theme=theme or store.theme), {}).files()
        return {name: path for name, path in sorted(files.items()) if not is_of_staff(name)}

    def asset_folder(self, theme: str) -> Path | None:
        found = self.themes.get(theme)
        return found.folder / "assets" if found else None

    def asset_url(self, ctx: "Context", path: str) -> str:
        """Give the address of a file of the store's theme, with its fingerprint.

        ``admin:admin.css`` is a file of the plugin ``admin``, ``kernel:…`` one of the kernel.
        """
        owner, _, rest = path.rpartition(":")
        if owner == "kernel":
            return _versioned(f"/static/kernel/{rest}", _KERNEL / "static" / rest)
        if owner:
            folder = static_folder(self._kernel.registry.plugins[owner].package, owner)
            return _versioned(f"/static/{owner}/{rest}", folder / rest)
        for theme in self.themes.chain(ctx.store.theme):
            if (theme.folder / "assets" / rest).is_file():
                return _versioned(f"/static/theme/{theme.name}/{rest}", theme.folder / "assets" / rest)
        return f"/static/theme/{ctx.store.theme}/{rest}"

    async def _of(self, ctx: "Context") -> _StoreTemplates:
        if self._kernel.config.develop and self.themes.look_again():
            self.forget()
        found = self._stores.get(ctx.store.id)
        if found is not None and found.store is ctx.store:
            return found
        age = self._age
        overrides = await self._overrides(ctx)
        made = self._made(ctx.store, overrides)
        if age == self._age:
            self._stores[ctx.store.id] = made
        return made

    async def _overrides(self, ctx: "Context") -> dict[str, str]:
        return {path: override.source for path, override in (await read_overrides(ctx)).items()}

    def _made(self, store: Store, overrides: dict[str, str]) -> _StoreTemplates:
        files, own = self._code
        settings = self._theme_settings(store, overrides.pop(pages.THEME_FILE, ""))
        return _StoreTemplates(
            store,
            files=environments.trusted(self._loader(store, {}), files),
            own=environments.untrusted(self._loader(store, overrides), own) if overrides else None,
            theme={"name": store.theme, "settings": settings},
        )

    def _loader(self, store: Store, overrides: dict[str, str]) -> ChainLoader:
        plugins = self._kernel.registry.plugins
        folders = [template_folder(plugins[name].package) for name in plugins if name in store.plugins]
        return ChainLoader(store.code, overrides, self.themes.chain(store.theme), folders)

    def _theme_settings(self, store: Store, chosen: str) -> Mapping[str, Any]:
        schema = self.themes.settings_of(store.theme)
        try:
            return pages.read_theme(schema, chosen)
        except pages.ThemeError as error:
            log.warning("store %s: the settings of its theme are left out: %s", store.code, error)
            return pages.read_theme(schema, "")

    async def _with_fallback(
        self, ctx: "Context", name: str, work: Callable[[Environment], Awaitable[str]]
    ) -> str:
        """Use the store's own templates; while they fail, its customers get the theme's."""
        templates = await self._of(ctx)
        key = BreakerKey("templates", f"{name} of the store", ctx.store.id)
        breakers = self._kernel.breakers
        if templates.own is not None and not is_of_staff(name) and breakers.allows(key):
            try:
                result = await self._at_work(ctx, templates.own, name, work)
            except TemplateFailure as error:
                if isinstance(error.__cause__, LimitReached) and rendering.around() is not None:
                    raise error.__cause__ from None
                breakers.failed(key, error)
                log.warning("store %s: the theme's template is used: %s", ctx.store.code, error)
            else:
                breakers.succeeded(key)
                return result
        return await self._at_work(ctx, templates.files, name, work)

    async def _at_work(
        self,
        ctx: "Context",
        environment: Environment,
        name: str,
        work: Callable[[Environment], Awaitable[str]],
    ) -> str:
        outer = rendering.around()
        meter = None
        if environment.sandboxed:
            meter = outer.meter if outer is not None and outer.meter is not None else Meter()
        depth = outer.depth + 1 if outer is not None else 0
        if depth > _DEEPEST:
            raise RecursionError(f"{name} is rendered within itself")
        token = rendering.enter(Rendering(self, ctx, meter, depth))
        try:
            return await work(environment)
        except Exception as error:
            assert isinstance(environment.loader, ChainLoader)
            place, line = environments.place_of(error, environment.loader) or (name, 0)
            if meter is None:
                error.add_note(f"In the template {place}" + (f", line {line}." if line else "."))
                raise
            raise TemplateFailure(place, line, _reason(error)) from error
        finally:
            rendering.leave(token)

    async def _written(self, environment: Environment, name: str, values: dict[str, Any]) -> str:
        template: Template = environment.get_template(name)
        meter = rendering.current().meter
        if meter is None:
            return await template.render_async(values)
        return await collected(template.generate_async(values), meter)

    async def _page(self, ctx: "Context", environment: Environment, name: str) -> pages.Page:
        known, key = (await self._of(ctx)).arrangements, (environment.sandboxed, name)
        if key not in known:
            assert isinstance(environment.loader, ChainLoader)
            known[key] = pages.read_page(environment.loader, name)
        return known[key]

    async def _common(self, ctx: "Context", environment: Environment) -> dict[str, Any]:
        """Give the values every template has. The context itself is not among them."""
        theme = (await self._of(ctx)).theme
        store = ctx.store
        values = template_values(ctx)
        # Whoever may write scripts into the store's pages acts as each of its staff.
        nonce = "" if environment.sandboxed else values["nonce"]
        return {
            **values,
            "nonce": nonce,
            "store": {
                "code": store.code, "name": store.name, "locale": ctx.locale, "locales": store.locales,
                "default_locale": store.default_locale, "currency": store.currency,
            },
            "theme": theme,
            "locale": ctx.locale,
            "currency": ctx.currency,
            "customer": ctx.actor.kind == "customer",
        }  # fmt: skip


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error) or type(error).__name__


def _versioned(address: str, path: Path) -> str:
    return f"{address}?v={digest(path)[:10]}" if path.is_file() else address
