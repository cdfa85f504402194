# SPDX-License-Identifier: Apache-2.0
"""One request on its way through the pipeline, and what has been found out about it so far."""

import asyncio
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
    authority: str
    """Host and port as the browser named them."""
    host: str
    """The host alone, in lower case; empty when it is malformed."""
    secure: bool
    started: float
    sid: str
    """The session cookie's value, as it came."""
    csrf_cookie: str
    nonce: str
    pictures_from: str = ""
    """Origin of pictures that are not on this site."""
    store: Store | None = None
    locale: str = ""
    market: str = ""
    currency: str = ""
    is_market_chosen: bool = False
    country: str = ""
    """Where the visitor is, by the word of a trusted proxy."""
    path: str = ""
    """Without the language prefix, as it came."""
    route: Route | None = None
    params: dict[str, str] = field(default_factory=dict)
    ctx: "Context | None" = None
    csrf_token: str = ""
    is_new_csrf_cookie: bool = False
    deadline: asyncio.Timeout | None = None

    @property
    def scope(self) -> Scope:
        if self.route is not None:
            return self.route.scope
        return scope_of(self.path or self.request.rel_url.raw_path)


EXCHANGE: web.RequestKey[Exchange] = web.RequestKey("exchange", Exchange)
"""Where a request carries its exchange, for helpers that get the request alone."""


def scope_of(path: str) -> Scope:
    """Tell by its path where a request belongs that matches no route."""
    for scope in (Scope.ADMIN_API, Scope.API, Scope.WEBHOOK, Scope.ADMIN):
        prefix = PREFIXES[scope]
        if path == prefix or path.startswith(f"{prefix}/"):
            return scope
    return Scope.API if path == "/api" or path.startswith("/api/") else Scope.STOREFRONT
