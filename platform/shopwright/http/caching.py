# SPDX-License-Identifier: Apache-2.0
"""Whole pages kept for anonymous readers, and answers that have not changed.

A kept page holds nothing personal. Where a page needs something of its reader or of this one answer (the
CSRF token, the nonce), a placeholder stands in it that is filled in on the way out.
"""

import hashlib
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from shopwright.http import csrf
from shopwright.http.security import NONCE_PLACEHOLDER

if TYPE_CHECKING:
    from shopwright.http.exchange import Exchange
    from shopwright.kernel import Kernel

FLASH_COOKIE = "flash"
"""Present while a message waits for its reader: such a request gets a page of its own."""


def is_kept(exchange: "Exchange") -> bool:
    """Tell whether this request may be answered from, and its answer put into, the page cache."""
    route = exchange.route
    return (
        route is not None
        and route.caching is not None
        and route.caching.page > 0
        and exchange.request.method in {"GET", "HEAD"}
        and FLASH_COOKIE not in exchange.request.cookies
        and "Authorization" not in exchange.request.headers
    )


def key_of(kernel: "Kernel", exchange: "Exchange", known: set[str]) -> str:
    """Name a page: store, configuration, language, path and the query parameters the route knows."""
    assert exchange.store is not None
    query = sorted((n, v) for n, v in exchange.request.query.items() if n in known)
    seen = f"{exchange.host} {exchange.path} {query}".encode()
    version = kernel.directory.version
    digest = hashlib.sha256(seen).hexdigest()
    return f"{exchange.store.id}:page:{version}:{exchange.locale}:{digest}"


async def load(kernel: "Kernel", key: str) -> web.Response | None:
    found = await kernel.backend.cache.get(key)
    if found is None:
        return None
    head, _, body = found.partition(b"\n")
    values = orjson.loads(head)
    headers = {"ETag": values["etag"], "X-Cache": "hit", "Content-Type": values["type"]}
    return web.Response(body=body, headers=headers)


async def keep(kernel: "Kernel", key: str, exchange: "Exchange", response: web.StreamResponse) -> None:
    """Keep a page under its tags; a page that failed, or set a cookie, is not kept."""
    assert exchange.route is not None and exchange.route.caching is not None and exchange.ctx is not None
    body = getattr(response, "body", None)
    if response.status != 200 or not isinstance(body, bytes) or "Set-Cookie" in response.headers:
        return
    response.headers["X-Cache"] = "miss"
    add_etag(response)
    head = orjson.dumps({"etag": response.headers["ETag"], "type": response.headers["Content-Type"]})
    visit = exchange.ctx.visit
    tags = [f"{exchange.ctx.store.id}:{tag}" for tag in ({"*"} | (visit.cache_tags if visit else set()))]
    await kernel.backend.cache.set(key, head + b"\n" + body, exchange.route.caching.page, tags)


def add_etag(response: web.StreamResponse) -> None:
    body = getattr(response, "body", None)
    if isinstance(body, bytes) and "ETag" not in response.headers:
        response.headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'


def fill_in(response: web.StreamResponse, nonce: str, token: str) -> None:
    """Put this answer's nonce and this reader's token where the placeholders are."""
    body = getattr(response, "body", None)
    if isinstance(response, web.Response) and isinstance(body, bytes):
        body = body.replace(NONCE_PLACEHOLDER.encode(), nonce.encode())
        response.body = body.replace(csrf.PLACEHOLDER.encode(), token.encode())


def unchanged(exchange: "Exchange", response: web.StreamResponse) -> web.StreamResponse:
    """Answer 304 when the client has this very answer."""
    etag = response.headers.get("ETag")
    if etag is None or exchange.request.method not in {"GET", "HEAD"} or response.status != 200:
        return response
    given = {
        tag.strip().removeprefix("W/") for tag in exchange.request.headers.get("If-None-Match", "").split(",")
    }
    if etag.removeprefix("W/") not in given:
        return response
    kept = {
        name: response.headers[name] for name in ("ETag", "Cache-Control", "Vary") if name in response.headers
    }
    return web.Response(status=304, headers=kept)
