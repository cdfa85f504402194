# SPDX-License-Identifier: Apache-2.0
"""What becomes of whatever goes wrong on the way: an answer that says as much as its reader may know."""

import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shopwright.db.errors import is_connection_loss
from shopwright.errors import Forbidden, NotFound, ShopwrightError, Unauthorized, Unavailable
from shopwright.hooks import HookError
from shopwright.hookspecs import url_resolve
from shopwright.http import problems, visits
from shopwright.http.exchange import Exchange
from shopwright.http.problems import Failure
from shopwright.http.responses import localized
from shopwright.http.routing import Scope
from shopwright.http.visit import WebSession

if TYPE_CHECKING:
    from shopwright.kernel import Kernel

log = logging.getLogger(__name__)
_SIGN_IN = {Scope.ADMIN: "admin.login", Scope.STOREFRONT: "customers.sign_in"}
_READING = frozenset({"GET", "HEAD"})
_OURS = "Something went wrong on our side. Please try again."


async def answer(kernel: "Kernel", exchange: Exchange, error: Exception) -> web.StreamResponse:
    """Make the answer to a failure."""
    known = _known(exchange, error)
    if exchange.ctx is None and exchange.store is not None:
        visits.personal(kernel, exchange, WebSession())
    if isinstance(known, Unauthorized):
        location = _sign_in_page(kernel, exchange)
        if location is not None:
            return web.Response(status=303, headers={"Location": location})
        if exchange.scope in problems.JSON_SCOPES:
            known.headers.setdefault("WWW-Authenticate", "Bearer")
    if isinstance(known, NotFound) and exchange.scope is Scope.STOREFRONT:
        moved = await _moved(exchange)
        if moved is not None:
            return web.Response(status=301, headers={"Location": moved})
    return await problems.answer(exchange, known)


async def _moved(exchange: Exchange) -> str | None:
    """Give where the plugins know the page to be by now."""
    ctx, request = exchange.ctx, exchange.request
    if ctx is None or request.method not in _READING:
        return None
    target = await ctx.hooks.first(url_resolve, path=exchange.path)
    if target is None or not target.startswith("/"):
        return target
    query = request.rel_url.raw_query_string
    return localized(ctx, target) + (f"?{query}" if query and "?" not in target else "")


def _sign_in_page(kernel: "Kernel", exchange: Exchange) -> str | None:
    """Give where people sign in, from where they come back to what they wanted to read."""
    code = _SIGN_IN.get(exchange.scope)
    if code is None or exchange.ctx is None or not kernel.routes.has(exchange.ctx.store, code):
        return None
    path = localized(exchange.ctx, kernel.routes.path_of(code, {}))
    if exchange.request.method not in _READING:
        return path
    url = exchange.request.rel_url
    wanted = f"{url.raw_path}?{url.raw_query_string}" if url.raw_query_string else url.raw_path
    return f"{path}?next={quote(wanted, safe='')}"


def _known(exchange: Exchange, error: Exception) -> ShopwrightError:
    method, path = exchange.request.method, exchange.request.rel_url.raw_path
    if isinstance(error, ShopwrightError):
        if isinstance(error, Forbidden):
            log.info("refused %s %s: %s", method, path, error.detail)
        return error
    if isinstance(error, web.HTTPException):
        return Failure(error.status, "" if error.status >= 500 else error.reason)
    if isinstance(error, PoolTimeoutError) or is_connection_loss(error):
        log.error("%s %s: the database cannot be reached", method, path, exc_info=error)
        return Unavailable(_OURS, headers={"Retry-After": "5"})
    if isinstance(error, TimeoutError):
        log.error("%s %s took too long", method, path)
        return Failure(503, "This took too long. Please try again.", code="timeout")
    blame = f" (plugin {error.plugin})" if isinstance(error, HookError) else ""
    log.error("%s %s failed%s", method, path, blame, exc_info=error)
    return Failure(500, _OURS, code="internal")
