# SPDX-License-Identifier: Apache-2.0
"""The way out: validators, placeholders, compression and headers of an answer, and its line in the log."""

import logging
import time
from typing import TYPE_CHECKING

from aiohttp import web

from shopwright.http import caching, compression, security
from shopwright.http.cookies import Cookies
from shopwright.http.exchange import EXCHANGE, Exchange
from shopwright.http.problems import JSON_SCOPES

if TYPE_CHECKING:
    from shopwright.kernel import Kernel

_LINE = "%(store)s %(method)s %(path)s %(status)d %(ms).1f ms %(request_id)s"
access = logging.getLogger("shopwright.access")


class Finisher:
    """Completes answers for one kernel."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._cookies = Cookies(kernel.config)

    async def __call__(self, exchange: Exchange, response: web.StreamResponse) -> web.StreamResponse:
        """Complete an answer; one that is being streamed already has gone its way."""
        if not response.prepared:
            response = await self._complete(exchange, response)
            if self._kernel.draining:
                response.force_close()
        if access.isEnabledFor(logging.INFO):
            self._log(exchange, response)
        return response

    async def _complete(self, exchange: Exchange, response: web.StreamResponse) -> web.StreamResponse:
        if exchange.ctx is not None and exchange.ctx.visit is not None:
            response.headers.update(exchange.ctx.visit.headers)
        if exchange.scope in JSON_SCOPES and exchange.route is not None:
            _add_vary(response, "Accept-Language")
            if exchange.request.method in {"GET", "HEAD"} and response.status == 200:
                caching.add_etag(response)
        caching.control(self._kernel, exchange, response)
        if exchange.store is not None:
            caching.personal_etag(self._kernel, exchange, response)
            response = caching.unchanged(exchange, response)
            caching.fill_in(self._kernel, exchange, response)
        if exchange.is_new_csrf_cookie:
            self._cookies.put(response, "csrf", exchange.csrf_cookie)
        if exchange.route is None or exchange.route.compress:
            await compression.compress(exchange.request, response)
        return response

    def _log(self, exchange: Exchange, response: web.StreamResponse) -> None:
        fields = {
            "store": exchange.store.code if exchange.store else "-",
            "method": exchange.request.method,
            "path": exchange.request.rel_url.raw_path,
            "status": response.status,
            "ms": round((time.perf_counter() - exchange.started) * 1000, 1),
            "request_id": exchange.request_id,
        }
        access.info(
            "%(store)s %(method)s %(path)s %(status)d %(ms).1f ms %(request_id)s", fields, extra=fields
        )


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add what every answer has when its headers leave, streams included."""
    exchange = request.get(EXCHANGE)
    response.headers["Server"] = "Shopwright"
    if exchange is not None:
        response.headers["X-Request-ID"] = exchange.request_id
        security.add_headers(
            response, exchange.nonce, secure=exchange.secure, pictures_from=exchange.pictures_from
        )


def _add_vary(response: web.StreamResponse, name: str) -> None:
    known = response.headers.get("Vary", "")
    if name.lower() not in known.lower():
        response.headers["Vary"] = f"{known}, {name}" if known else name
