# SPDX-License-Identifier: Apache-2.0
"""Whole pages kept for all readers, and answers that have not changed.

A kept page holds nothing personal. Where a page needs something of its reader or of this one answer (the
CSRF token, the nonce), a placeholder stands in it that is filled in on the way out.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

import shopwright
from shopwright.actor import PUBLIC
from shopwright.http import cookies, csrf
from shopwright.http.routing import Caching
from shopwright.http.security import placeholders

if TYPE_CHECKING:
    from shopwright.http.exchange import Exchange
    from shopwright.kernel import Kernel

Render = Callable[[], Awaitable[tuple[web.StreamResponse, set[str]]]]
"""Makes a page and tells its tags."""
_MOST_REMEMBERED = 10_000
_READING = frozenset({"GET", "HEAD"})


def is_kept(exchange: "Exchange") -> bool:
    """Tell whether this request may be answered from, and its answer put into, the page cache."""
    route, request = exchange.route, exchange.request
    return (
        route is not None
        and route.caching is not None
        and route.caching.page > 0
        and route.permission == PUBLIC
        and route.caching.unless.isdisjoint(request.query)
        and request.method in _READING
        and "Authorization" not in request.headers
        and ("Cookie" not in request.headers or not _names(request) & {cookies.FLASH, cookies.OWN})
    )


def _names(request: web.Request) -> set[str]:
    return {name.removeprefix("__Host-") for name in request.cookies}


class PageCache:
    """Pages in the kernel's cache. Several who want the same page wait for one that makes it."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._tags: dict[str, frozenset[str]] = {}
        """The tags a page had when it was last made: changes under them while it is made anew count."""

    def key_of(self, exchange: "Exchange", query_names: frozenset[str]) -> str:
        """Name a page by all it depends on."""
        store = exchange.store
        assert store is not None
        query = sorted((n, v) for n, v in exchange.request.query.items() if n in query_names)
        parts = (
            shopwright.__version__, self._kernel.directory.version, self._kernel.templates.mark(store),
            exchange.locale, exchange.market, exchange.currency, exchange.authority, exchange.secure, exchange.path, query,
            placeholders(self._kernel.secret_keys[0]).nonce,
        )  # fmt: skip
        return f"{store.id}:page:{hashlib.sha256(repr(parts).encode()).hexdigest()}"

    async def load(self, key: str) -> web.Response | None:
        """Give a kept page."""
        found = await self._kernel.backend.cache.get(key)
        return None if found is None else _unpacked(found, "hit")

    async def make(self, key: str, store_tag: str, caching: Caching, render: Render) -> web.StreamResponse:
        """Make a page and keep it under its tags; one that is no page for all is given, not kept."""
        cache = self._kernel.backend.cache
        everything = frozenset({f"{store_tag}:*"})
        expected = self._tags.get(key, everything)
        carried = expected

        async def packed() -> bytes:
            nonlocal carried
            response, tags = await render()
            if not _is_for_all(response):
                raise _NotForAll(response)
            carried = everything | {f"{store_tag}:{tag}" for tag in tags}
            return _packed(response)

        try:
            value = await cache.get_or_set(key, caching.page, packed, expected)
        except _NotForAll as other:
            if other.response.prepared or other.is_given:
                return (await render())[0]
            other.is_given = True
            return other.response
        if carried != expected:
            self._remember(key, carried)
            await cache.set(key, value, caching.page, carried)
        return _unpacked(value, "miss")

    def _remember(self, key: str, tags: frozenset[str]) -> None:
        if len(self._tags) >= _MOST_REMEMBERED:
            self._tags.pop(next(iter(self._tags)))
        self._tags[key] = tags


class _NotForAll(Exception):
    def __init__(self, response: web.StreamResponse) -> None:
        super().__init__()
        self.response = response
        self.is_given = False


def _is_for_all(response: web.StreamResponse) -> bool:
    return (
        isinstance(response, web.Response)
        and response.status == 200
        and isinstance(response.body, bytes)
        and "Set-Cookie" not in response.headers
        and not response.cookies
    )


def _packed(response: web.StreamResponse) -> bytes:
    assert isinstance(response, web.Response)
    add_etag(response)
    body = response.body
    assert isinstance(body, bytes)
    headers = [(name, value) for name, value in response.headers.items() if name != "Content-Length"]
    return orjson.dumps(headers) + b"\n" + body


def _unpacked(value: bytes, how: str) -> web.Response:
    head, _, body = value.partition(b"\n")
    response = web.Response(body=body, headers=dict(orjson.loads(head)))
    response.headers["X-Cache"] = how
    return response


def add_etag(response: web.StreamResponse) -> None:
    """Name the content of an answer. Weak: a compressed form has the same name."""
    body = getattr(response, "body", None)
    if isinstance(body, bytes) and "ETag" not in response.headers:
        response.headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'


def control(kernel: "Kernel", exchange: "Exchange", response: web.StreamResponse) -> None:
    """Say who may keep the answer, and for how long."""
    headers, caching = response.headers, exchange.route.caching if exchange.route else None
    if response.status == 200 and caching is not None and caching.browser > 0:
        is_shared = exchange.route is not None and exchange.route.permission == PUBLIC
        is_shared = is_shared and not exchange.sid and not has_token(kernel, response)
        who = "public" if is_shared else "private"
        headers.setdefault("Cache-Control", f"{who}, max-age={caching.browser}")
    headers.setdefault("Cache-Control", "private, no-cache")


def has_token(kernel: "Kernel", response: web.StreamResponse) -> bool:
    """Tell whether a page has a form in it, or whatever else needs its reader's token."""
    body = getattr(response, "body", None)
    return isinstance(body, bytes) and placeholders(kernel.secret_keys[0]).csrf.encode() in body


def fill_in(kernel: "Kernel", exchange: "Exchange", response: web.StreamResponse) -> None:
    """Put this answer's nonce and this reader's token where the placeholders are."""
    body = getattr(response, "body", None)
    if not isinstance(response, web.Response) or not isinstance(body, bytes):
        return
    names = placeholders(kernel.secret_keys[0])
    filled = body.replace(names.nonce.encode(), exchange.nonce.encode())
    if has_token(kernel, response):
        filled = filled.replace(names.csrf.encode(), csrf.token_of(kernel, exchange).encode())
    if filled is not body:
        response.body = filled


def personal_etag(kernel: "Kernel", exchange: "Exchange", response: web.StreamResponse) -> None:
    """Let a page with a token in it be unchanged only for the reader whose token it is."""
    if "ETag" in response.headers and has_token(kernel, response):
        base = response.headers["ETag"].rstrip('"')
        response.headers["ETag"] = f'{base}-{csrf.fingerprint(kernel, exchange)}"'


def unchanged(exchange: "Exchange", response: web.StreamResponse) -> web.StreamResponse:
    """Answer 304 when the client has this very answer."""
    etag = response.headers.get("ETag")
    if etag is None or exchange.request.method not in _READING or response.status != 200:
        return response
    header = ",".join(exchange.request.headers.getall("If-None-Match", []))
    given = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    if etag.removeprefix("W/") not in given and header.strip() != "*":
        return response
    kept = ("ETag", "Cache-Control", "Vary", "X-Cache", "Content-Location")
    headers = {name: response.headers[name] for name in kept if name in response.headers}
    return web.Response(status=304, headers=headers)
