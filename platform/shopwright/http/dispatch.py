# SPDX-License-Identifier: Apache-2.0
"""Finding the route of a path: one table of all plugins' routes, narrowed by what is on in the store."""

import re
from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import quote, unquote

from shopwright.errors import NotFound
from shopwright.hookspecs import register_routes
from shopwright.http.binding import Binding
from shopwright.http.problems import Failure
from shopwright.http.routing import Method, Route
from shopwright.registry import KERNEL, Registry
from shopwright.stores import Store

_PARAMETER = re.compile(r"\{(\w+)\}")


class Table:
    """All routes of an application, by path; a route of a plugin that is off does not exist in that store."""

    def __init__(self, registry: Registry, kernel_routes: list[Route]) -> None:
        self._fixed: dict[str, dict[Method, tuple[str, Route]]] = defaultdict(dict)
        self._open: dict[tuple[str, int], list[tuple[re.Pattern[str], dict[Method, tuple[str, Route]]]]] = (
            defaultdict(list)
        )
        self._by_code: dict[str, tuple[str, Route]] = {}
        self.bindings: dict[str, Binding] = {}
        for route in kernel_routes:
            self._add(KERNEL, route)
        for code, entry in registry.registered(register_routes).items():
            del code
            self._add(entry.plugin, entry.item)

    def all(self, store: Store) -> list[Route]:
        """Give the routes that exist in a store."""
        return [route for plugin, route in self._by_code.values() if self._is_on(plugin, store)]

    def match(self, store: Store, method: str, raw_path: str) -> tuple[Route, dict[str, str]]:
        """Find the route of a request; HEAD is answered by GET.

        Raises:
            NotFound: there is none in this store.
            Failure: 405, with the methods there are.
        """
        wanted = "GET" if method == "HEAD" else method
        methods, params = self._find(store, raw_path)
        found = {m: route for m, (plugin, route) in methods.items() if self._is_on(plugin, store)}
        if not found:
            raise NotFound("This page does not exist.")
        route = found.get(wanted)  # type: ignore[call-overload]
        if route is None:
            allow = sorted({*found, *({"HEAD"} if "GET" in found else set())})
            raise Failure(405, f"Use {' or '.join(allow)}.", headers={"Allow": ", ".join(allow)})
        return route, params

    def exists(self, store: Store, raw_path: str) -> bool:
        methods, _ = self._find(store, raw_path)
        return any(m == "GET" and self._is_on(plugin, store) for m, (plugin, _) in methods.items())

    def path_of(self, code: str, params: Mapping[str, object]) -> str:
        """Give the path of a route; parameters that are not in its template go into the query.

        Raises:
            KeyError: no such route, or a parameter is missing.
        """
        template = self._by_code[code][1].path
        path = _PARAMETER.sub(lambda found: quote(str(params[found[1]]), safe=""), template)
        rest = {name: value for name, value in params.items() if f"{{{name}}}" not in template}
        query = "&".join(f"{quote(name)}={quote(str(value), safe='')}" for name, value in rest.items())
        return f"{path}?{query}" if query else path

    def _find(self, store: Store, raw_path: str) -> tuple[dict[Method, tuple[str, Route]], dict[str, str]]:
        if raw_path in self._fixed:
            methods = self._fixed[raw_path]
            if any(self._is_on(plugin, store) for plugin, _ in methods.values()):
                return methods, {}
        parts = raw_path.split("/")
        for key in ((parts[1], len(parts)), ("", len(parts))):
            for pattern, methods in self._open.get(key, ()):
                found = pattern.fullmatch(raw_path)
                if found is not None:
                    return methods, {name: _decoded(value) for name, value in found.groupdict().items()}
        return {}, {}

    def _is_on(self, plugin: str, store: Store) -> bool:
        return plugin == KERNEL or plugin in store.plugins

    def _add(self, plugin: str, route: Route) -> None:
        if "{" not in route.path:
            methods = self._fixed[route.path]
        else:
            parts = route.path.split("/")
            key = ("" if "{" in parts[1] else parts[1], len(parts))
            pattern = re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", re.sub(r"([.])", r"\\\1", route.path)))
            bucket = self._open[key]
            methods = next((m for p, m in bucket if p.pattern == pattern.pattern), {})
            if not methods:
                bucket.append((pattern, methods))
        if route.method in methods:
            other = methods[route.method][1].code
            raise ValueError(
                f"{route.method} {route.path} belongs to {other} already; {route.code} wants it too"
            )
        methods[route.method] = (plugin, route)
        self._by_code[route.code] = (plugin, route)
        self.bindings[route.code] = Binding(route)


def _decoded(segment: str) -> str:
    """Decode one segment; what would change the path's structure is refused."""
    text = unquote(segment, errors="strict") if "%" in segment else segment
    if "/" in text or "\\" in text or "\0" in text or text in {".", ".."}:
        raise NotFound("This page does not exist.")
    return text
