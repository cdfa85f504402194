# SPDX-License-Identifier: Apache-2.0
"""Finding the route of a path: aiohttp's dispatcher over the routes of the plugins that are on in a store."""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Never, cast
from urllib.parse import quote

from aiohttp import web
from aiohttp.web_urldispatcher import AbstractRoute, UrlDispatcher
from yarl import URL

from shopwright.errors import NotFound
from shopwright.hookspecs import register_routes
from shopwright.http.binding import Binding
from shopwright.http.exchange import scope_of
from shopwright.http.limits import route_limit
from shopwright.http.problems import Failure
from shopwright.http.routing import Route, Scope
from shopwright.plugin import Problem
from shopwright.registry import KERNEL, Registry
from shopwright.stores import Store

log = logging.getLogger(__name__)
_PARAMETER = re.compile(r"\{(\w+)\}")
_MOST_RESOLVERS = 256
_OURS = ("/static/", "/media/", "/healthz", "/readyz")


class Table:
    """All routes of an application; a route of a plugin that is off does not exist in that store."""

    def __init__(self, registry: Registry, kernel_routes: Iterable[Route]) -> None:
        self.bindings: dict[str, Binding] = {}
        self.problems: list[Problem] = []
        """Routes that are left out, and why."""
        self._routes: dict[str, tuple[str, Route]] = {}
        self._taken: dict[tuple[str, str], str] = {}
        self._resolvers: dict[frozenset[str], _Resolver] = {}
        for route in kernel_routes:
            self._add(KERNEL, route)
        order = {name: place for place, name in enumerate(registry.plugins)}
        entries = registry.registered(register_routes).values()
        for entry in sorted(entries, key=lambda entry: order[entry.plugin]):
            try:
                self._add(entry.plugin, entry.item)
            except (ValueError, TypeError, NameError) as error:
                message = f"Plugin {entry.plugin!r}: its route {entry.item.code} is left out: {error}"
                log.error(message)
                self.problems.append(Problem(entry.plugin, "route_refused", message))

    def all(self, store: Store) -> list[Route]:
        """Give the routes that exist in a store."""
        return [route for plugin, route in self._routes.values() if _is_on(plugin, store.plugins)]

    def has(self, store: Store, code: str) -> bool:
        """Tell whether a route exists in a store."""
        return code in self._routes and _is_on(self._routes[code][0], store.plugins)

    async def match(self, store: Store, method: str, raw_path: str) -> tuple[Route, dict[str, str]]:
        """Find the route of a request; HEAD is answered by GET.

        Raises:
            NotFound: there is none in this store.
            Failure: 405, with the methods there are.
        """
        found = await self._resolver(store).resolve(method, raw_path)
        if isinstance(found, set):
            if not found:
                raise NotFound("This page does not exist.")
            allow = ", ".join(sorted(found))
            raise Failure(405, f"Use {' or '.join(sorted(found))}.", headers={"Allow": allow})
        return found

    async def exists(self, store: Store, raw_path: str) -> bool:
        """Tell whether a store has a page of this path."""
        try:
            return not isinstance(await self._resolver(store).resolve("GET", raw_path), set)
        except NotFound:
            return False

    def path_of(self, code: str, params: Mapping[str, object]) -> str:
        """Give the path of a route; parameters that are not in its template go into the query.

        Raises:
            KeyError: no such route, or a parameter is missing.
        """
        template = self._routes[code][1].path
        path = _PARAMETER.sub(lambda found: quote(str(params[found[1]]), safe=""), template)
        rest = {name: value for name, value in params.items() if f"{{{name}}}" not in template}
        query = "&".join(f"{quote(name)}={quote(str(value), safe='')}" for name, value in rest.items())
        return f"{path}?{query}" if query else path

    def _resolver(self, store: Store) -> "_Resolver":
        found = self._resolvers.get(store.plugins)
        if found is None:
            if len(self._resolvers) >= _MOST_RESOLVERS:
                self._resolvers.clear()
            found = self._resolvers[store.plugins] = _Resolver(self.all(store))
        return found

    def _add(self, plugin: str, route: Route) -> None:
        _check(plugin, route)
        shape = (route.method, _PARAMETER.sub("{}", route.path))
        taken = self._taken.get(shape)
        if taken is not None:
            raise ValueError(f"{route.method} {route.path} belongs to {taken} already")
        self.bindings[route.code] = _binding(route)
        self._taken[shape] = route.code
        self._routes[route.code] = (plugin, route)


class _Resolver:
    """The routes of one set of plugins."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._dispatcher = UrlDispatcher()
        self._routes: dict[AbstractRoute, Route] = {}
        by_path: dict[str, list[Route]] = {}
        for route in routes:
            by_path.setdefault(route.path, []).append(route)
        for path, found in by_path.items():
            resource = self._dispatcher.add_resource(path)
            for route in found:
                for method in ("GET", "HEAD") if route.method == "GET" else (route.method,):
                    self._routes[resource.add_route(method, _never)] = route

    async def resolve(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]] | set[str]:
        """Give the route and its parameters, or else the methods the path has."""
        wanted = cast("web.Request", _Wanted(method, URL.build(path=raw_path, encoded=True)))
        match = await self._dispatcher.resolve(wanted)
        error = match.http_exception
        if error is not None:
            return error.allowed_methods if isinstance(error, web.HTTPMethodNotAllowed) else set()
        for value in match.values():
            # A segment that is a path itself would mean another file or route to whoever uses it.
            if "/" in value or "\\" in value or "\0" in value or value in {".", ".."}:
                raise NotFound("This page does not exist.")
        return self._routes[match.route], dict(match)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the dispatcher looks at of a request."""

    method: str
    rel_url: URL


async def _never(_request: web.Request) -> Never:
    raise AssertionError("routes are called by the pipeline")


@lru_cache(maxsize=4096)
def _binding(route: Route) -> Binding:
    return Binding(route)


def _is_on(plugin: str, plugins: frozenset[str]) -> bool:
    return plugin == KERNEL or plugin in plugins


@lru_cache(maxsize=4096)
def _check(plugin: str, route: Route) -> None:
    """Refuse a declaration that cannot work.

    Raises:
        ValueError: says why.
    """
    plain = _PARAMETER.sub("x", route.path)
    if not plain.startswith("/") or "//" in plain or not plain.isprintable():
        raise ValueError(f"{route.path!r} is not a path")
    if "{" in plain:
        raise ValueError(f"{route.path!r} has a parameter that is not a plain name")
    if route.limit:
        route_limit(route.code, route.limit)
    if plugin == KERNEL:
        return
    if route.scope is Scope.SYSTEM or route.path.startswith(_OURS):
        raise ValueError(f"{route.path} belongs to the kernel")
    if scope_of(route.path) is not route.scope:
        raise ValueError(f"{route.path} is a path of scope {scope_of(route.path)}, not {route.scope}")
