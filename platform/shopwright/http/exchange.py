# SPDX-License-Identifier: Apache-2.0
"""One request on its way through the pipeline, and what has been found out about it so far."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from shopwright.http.routing import PREFIXES, Route, Scope
from shopwright.stores import Store

if TYPE_CHECKING:
    from shopwright.context import Context


@dataclass(slots=True)
class Exchange:
    """One request. Each step of the pipeline fills in what it finds out."""

    request: web.Request
    request_id: str
    remote: str
    host: str
    started: float
    secure: bool = False
    store: Store | None = None
    locale: str = ""
    path: str = ""
    """Decoded, without the language prefix."""
    route: Route | None = None
    params: dict[str, str] = field(default_factory=dict)
    ctx: "Context | None" = None
    sid: str = ""
    """The session cookie's value, as it came."""
    csrf_cookie: str = ""
    is_new_csrf_cookie: bool = False
    nonce: str = ""

    @property
    def scope(self) -> Scope:
        if self.route is not None:
            return self.route.scope
        return scope_of(self.path or self.request.path)


def scope_of(path: str) -> Scope:
    """Tell by its path where a request belongs that matches no route."""
    for scope in (Scope.ADMIN_API, Scope.API, Scope.WEBHOOK, Scope.ADMIN):
        prefix = PREFIXES[scope]
        if path == prefix or path.startswith(f"{prefix}/"):
            return scope
    return Scope.API if path.startswith("/api/") else Scope.STOREFRONT
