# SPDX-License-Identifier: Apache-2.0
"""Declaring routes: a decorator on the handler; the handler's own signature says what it takes and gives.

A handler is ``async def handler(ctx: Context, ...)``. What else it may name:

- a path parameter of the template (``{product_id}``), annotated ``str``, ``int`` or ``UUID``;
- ``query``: a pydantic model filled from the query string (unknown names are refused in API scopes);
- ``body``: a pydantic model (or dataclass) filled from a strict JSON body;
- ``if_match``: the version of ``If-Match`` (``int | None``; see shopwright.http.versions);
- ``request``: the ``aiohttp.web.Request`` itself.

It returns an ``aiohttp.web.StreamResponse``, or a value that is sent as JSON (a model, a dataclass, a
list of them, ``RawJson`` bytes made by the database), or ``Reply`` to choose status and headers.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar

Handler = Callable[..., Awaitable[Any]]
H = TypeVar("H", bound=Handler)
T = TypeVar("T")
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Scope(StrEnum):
    """Where a route lives; the path prefix, the sign-in page, CSRF and error format follow from it."""

    STOREFRONT = "storefront"
    """Pages for customers; any path that no other scope claims."""
    ADMIN = "admin"
    """Pages for staff under ``/admin``."""
    API = "api"
    """JSON for storefront clients under ``/api/v1``."""
    ADMIN_API = "admin_api"
    """JSON for staff clients under ``/api/admin/v1``."""
    WEBHOOK = "webhook"
    """Inbound webhooks under ``/webhooks/<plugin>``."""
    SYSTEM = "system"
    """The kernel's own: health, static files."""


PREFIXES: dict[Scope, str] = {
    Scope.ADMIN: "/admin",
    Scope.API: "/api/v1",
    Scope.ADMIN_API: "/api/admin/v1",
    Scope.WEBHOOK: "/webhooks",
}


@dataclass(frozen=True, slots=True)
class Caching:
    """How a GET answer may be kept.

    ``page``: the whole answer for anonymous readers is kept by the server for that many seconds, until one
    of the tags the handler gave to ``ctx.visit.tag()`` is invalidated; it must hold nothing personal.
    ``browser``: seconds a browser or proxy may use it without asking.
    ``unless``: queries with one of these names are not kept by the server: there are too many such pages.
    """

    page: float = 0.0
    browser: int = 0
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """A JSON value with a status and headers of its own."""

    value: T
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RawJson:
    """JSON text that is sent as it is, for instance as PostgreSQL built it."""

    text: bytes | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method and path, its handler, and what is declared about it."""

    code: str
    """``<plugin>.<name>``, in APIs ``<plugin>.api.<name>``; also the name for URLs."""
    method: Method
    path: str
    handler: Handler
    scope: Scope
    permission: str
    summary: str = ""
    status: int = 200
    idempotent: bool = False
    """The call needs an ``Idempotency-Key`` and a repetition gets the first answer."""
    caching: Caching | None = None
    compress: bool = True
    max_body: int = 1024 * 1024
    limit: str = ""
    """``count/seconds`` for one visitor, for instance ``10/60``; empty for the general limit only."""
    csrf: bool = True
    """False only where no browser session can matter."""


class Routes:
    """Collects the routes of one plugin and scope; ``register_routes`` gives ``list(routes)``."""

    def __init__(self, plugin: str, scope: Scope) -> None:
        self.plugin = plugin
        self.scope = scope
        self._routes: list[Route] = []

    def __iter__(self) -> Any:
        return iter(self._routes)

    def add(
        self, method: Method, path: str, *, permission: str, name: str = "", **options: Any
    ) -> Callable[[H], H]:
        """Declare a route.

        ``permission`` is a permission code or PUBLIC, SIGNED_IN_CUSTOMER, SIGNED_IN_STAFF.

        ``path`` is whole, prefix included: ``/api/v1/products/{product_id}``. ``name`` defaults to the
        handler's name.
        """
        prefix = PREFIXES.get(self.scope, "")
        if not path.startswith(prefix):
            raise ValueError(f"{path}: a route of scope {self.scope} begins with {prefix}")

        def mark(handler: H) -> H:
            group = f"{self.scope}." if self.scope in {Scope.API, Scope.ADMIN_API} else ""
            code = f"{self.plugin}.{group}{name or handler.__name__}"
            doc = (handler.__doc__ or "").strip().partition("\n")[0]
            options.setdefault("summary", doc)
            self._routes.append(
                Route(
                    code=code, method=method, path=path, handler=handler, scope=self.scope,
                    permission=permission, **options,
                )
            )  # fmt: skip
            return handler

        return mark

    def get(self, path: str, *, permission: str, **options: Any) -> Callable[[H], H]:
        return self.add("GET", path, permission=permission, **options)

    def post(self, path: str, *, permission: str, **options: Any) -> Callable[[H], H]:
        return self.add("POST", path, permission=permission, **options)

    def put(self, path: str, *, permission: str, **options: Any) -> Callable[[H], H]:
        return self.add("PUT", path, permission=permission, **options)

    def patch(self, path: str, *, permission: str, **options: Any) -> Callable[[H], H]:
        return self.add("PATCH", path, permission=permission, **options)

    def delete(self, path: str, *, permission: str, **options: Any) -> Callable[[H], H]:
        return self.add("DELETE", path, permission=permission, **options)
