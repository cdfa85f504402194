# SPDX-License-Identifier: Apache-2.0
"""Making answers for people: pages, redirects, addresses, and the values every template has."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import web
from markupsafe import Markup

from shopwright.http.exchange import scope_of
from shopwright.http.routing import Scope
from shopwright.http.visit import Visit

if TYPE_CHECKING:
    from shopwright.context import Context


async def page(ctx: "Context", template: str, values: dict[str, Any], *, status: int = 200) -> web.Response:
    """Answer with a template of a plugin or theme."""
    return html(await ctx.render(template, **values), status=status)


async def themed_page(
    ctx: "Context",
    name: str,
    model: object,
    *,
    title: str,
    description: str = "",
    status: int = 200,
    locale_urls: Sequence[tuple[str, str]] = (),
) -> web.Response:
    """Answer with a page that a theme arranges in ``<name>.toml``; ``model`` is what it shows.

    ``locale_urls`` are its addresses by locale where they differ by more than the language in front.
    """
    values: dict[str, Any] = {"title": title, "description": description}
    if locale_urls:
        values["locale_urls"] = locale_urls
    return html(await ctx.kernel.templates.page(ctx, name, model, values), status=status)


def html(text: str, *, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def redirect(ctx: "Context", location: str, *, status: int = 303) -> web.Response:
    """Send the browser to an address of ours (a path, as ``url`` gives it)."""
    del ctx
    if not location.startswith("/") or location.startswith("//") or "\\" in location:
        raise ValueError(f"not a path of ours: {location!r}")
    return web.Response(status=status, headers={"Location": location})


def url(ctx: "Context", code: str, /, **params: object) -> str:
    """Give the path of a route by its code, in the context's language.

    Raises:
        KeyError: no such route, or a parameter is missing.
    """
    return localized(ctx, ctx.kernel.routes.path_of(code, params))


def localized(ctx: "Context", path: str, locale: str | None = None) -> str:
    """Put the language in front of a storefront path; the store's own language has none."""
    wanted = locale or ctx.locale
    is_plain = scope_of(path) is not Scope.STOREFRONT or path.startswith(("/static/", "/media/"))
    return path if is_plain or wanted == ctx.store.default_locale else f"/{wanted}{path}"


class Flashes:
    """The messages for the next page, as (level, text). They are gone once a template has shown them."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._visit.take_flashes())

    def __bool__(self) -> bool:
        return bool(self._visit.session.get("kernel.flash"))


def template_values(ctx: "Context") -> dict[str, Any]:
    """Give what the web side adds to every template; empty in jobs and commands."""
    visit = ctx.visit
    if visit is None:
        return {
            "csrf_field": "",
            "csrf_token": "",
            "nonce": "",
            "path": "/",
            "flashes": [],
            "locale_urls": [],
        }
    field = Markup('<input type="hidden" name="csrf_token" value="{}">').format(visit.csrf_token)
    return {
        "csrf_field": field,
        "csrf_token": visit.csrf_token,
        "nonce": visit.nonce,
        "path": visit.path,
        "query": dict(visit.query),
        "flashes": Flashes(visit),
        "locale_urls": [(locale, localized(ctx, visit.path, locale)) for locale in ctx.store.locales],
    }
