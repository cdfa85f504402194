# SPDX-License-Identifier: Apache-2.0
"""What every request goes through, in this order.

Request id, time-out, trusted proxies, limits, host and store, language, route, page cache, session, actor,
permission, forged-request check, repeated-call check, handler; then session and page cache are written, and
the answer gets its nonce, validators, compression and security headers.
"""

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from aiohttp import web

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import Forbidden, ShopwrightError, Unauthorized
from shopwright.hooks import HookError
from shopwright.http import (
    caching,
    compression,
    csrf,
    health,
    idempotency,
    limits,
    problems,
    security,
    sessions,
)
from shopwright.http.exchange import Exchange
from shopwright.http.problems import Failure
from shopwright.http.responses import localized
from shopwright.http.routing import Scope
from shopwright.http.static import Static
from shopwright.http.visit import Visit, WebSession
from shopwright.i18n import negotiate
from shopwright.ids import new_id

if TYPE_CHECKING:
    from shopwright.kernel import Kernel

log = logging.getLogger(__name__)
access = logging.getLogger("shopwright.access")
_FILES = ("/static/", "/media/")
_LONGEST_COOKIE_VALUE = 128


class Pipeline:
    """Answers requests for one kernel."""

    def __init__(self, kernel: "Kernel") -> None:
        self.kernel = kernel
        self.static = Static(kernel)
        self.proxies = limits.Proxies(kernel.config.trusted_proxies)
        self.secure = kernel.config.public_scheme == "https"

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path in health.PATHS:
            return await health.answer(self.kernel, request.path)
        exchange = self._exchange(request)
        response = await self._answer(exchange)
        response.headers["X-Request-ID"] = exchange.request_id
        security.add_headers(response, exchange.nonce, secure=self.secure)
        self._log(exchange, response)
        return response

    def _exchange(self, request: web.Request) -> Exchange:
        given = request.headers.get("X-Request-ID", "") if self.proxies.trusts(request.remote) else ""
        sid = request.cookies.get(sessions.cookie_name("sid", secure=self.secure), "")
        token = request.cookies.get(sessions.cookie_name("csrf", secure=self.secure), "")
        return Exchange(
            request=request,
            request_id=given[:64] or str(new_id()),
            remote=self.proxies.remote_of(request),
            host=self.proxies.host_of(request).partition(":")[0].lower().rstrip("."),
            started=time.perf_counter(),
            sid=sid if len(sid) <= _LONGEST_COOKIE_VALUE else "",
            csrf_cookie=token if len(token) <= _LONGEST_COOKIE_VALUE else "",
            nonce=security.new_nonce(),
        )

    async def _answer(self, exchange: Exchange) -> web.StreamResponse:
        try:
            async with asyncio.timeout(self.kernel.config.handler_timeout):
                response = await self._route(exchange)
        except TimeoutError as error:
            response = await self._failed(exchange, error)
        except Exception as error:  # noqa: BLE001 - every failure becomes an answer
            response = await self._failed(exchange, error)
        return await self._finish(exchange, response)

    async def _route(self, exchange: Exchange) -> web.StreamResponse:
        request, kernel = exchange.request, self.kernel
        await limits.check(kernel, exchange)
        self._check_target(exchange)
        exchange.store = kernel.directory.by_host(exchange.host)
        if exchange.store is None:
            raise Failure(421, "No store answers to this host.", code="unknown_host")
        raw_path = self._language(exchange, request.rel_url.raw_path)
        # Errors on the way to the handler are shown to somebody, in the store's own look.
        exchange.ctx = self._context(exchange, WebSession())
        if raw_path.startswith(_FILES):
            return await self.static.answer(request, exchange.store)
        moved = self._slash(exchange, raw_path)
        if moved is not None:
            return moved
        exchange.route, exchange.params = kernel.routes.match(exchange.store, request.method, raw_path)
        if exchange.route.limit:
            await limits.check(kernel, exchange)
        if not caching.is_kept(exchange):
            return await self._handle(exchange)
        query = kernel.routes.bindings[exchange.route.code].query
        key = caching.key_of(kernel, exchange, set(query.model_fields) if query else set())
        found = await caching.load(kernel, key)
        if found is not None:
            return found
        exchange.ctx = self._context(exchange, WebSession())
        response = await kernel.routes.bindings[exchange.route.code].call(
            exchange.ctx, request, exchange.params
        )
        await caching.keep(kernel, key, exchange, response)
        return response

    async def _handle(self, exchange: Exchange) -> web.StreamResponse:
        route, request, kernel = exchange.route, exchange.request, self.kernel
        assert route is not None and exchange.store is not None
        if request.content_length is not None and request.content_length > route.max_body:
            raise Failure(413, f"Send at most {route.max_body} bytes.")
        session = await sessions.load(kernel, exchange)
        ctx = exchange.ctx = self._context(exchange, session)
        actor = await kernel.auth.actor_for(exchange.store, ctx.visit, request.headers)
        ctx = exchange.ctx = ctx.as_actor(actor)
        if route.permission != PUBLIC:
            ctx.require(route.permission)
        await csrf.check(kernel, exchange)
        binding = kernel.routes.bindings[route.code]

        async def work() -> web.StreamResponse:
            try:
                return await binding.call(ctx, request, exchange.params)
            except ShopwrightError as error:
                if not route.idempotent or error.status >= 500:
                    raise
                return await problems.answer(exchange, error)

        response = await (idempotency.once(ctx, exchange, work) if route.idempotent else work())
        await self._save_session(exchange, session, response)
        return response

    def _context(self, exchange: Exchange, session: WebSession) -> Context:
        assert exchange.store is not None
        is_cached = caching.is_kept(exchange)
        if not exchange.csrf_cookie:
            exchange.csrf_cookie, exchange.is_new_csrf_cookie = csrf.new_cookie(), True
        visit = Visit(
            session=session,
            path=exchange.path,
            query=dict(exchange.request.query),
            host=exchange.host,
            nonce=security.NONCE_PLACEHOLDER if is_cached else exchange.nonce,
            csrf_token=csrf.PLACEHOLDER if is_cached else csrf.token_of(self.kernel, exchange),
            remote=exchange.remote,
        )
        return self.kernel.context(
            exchange.store, locale=exchange.locale, request_id=exchange.request_id, visit=visit
        )

    async def _save_session(
        self, exchange: Exchange, session: WebSession, response: web.StreamResponse
    ) -> None:
        assert exchange.ctx is not None
        token = await sessions.save(exchange.ctx, session, exchange.sid)
        options = {"path": "/", "httponly": True, "secure": self.secure, "samesite": "Lax"}
        name = sessions.cookie_name("sid", secure=self.secure)
        if token:
            age = int((sessions.STAFF_IDLE if session.staff_user_id else sessions.IDLE).total_seconds())
            response.set_cookie(name, token, max_age=age, **options)  # type: ignore[arg-type]
        elif token == "":
            response.del_cookie(name, **options)  # type: ignore[arg-type]
        waiting = bool(session.get("kernel.flash"))
        if waiting:
            response.set_cookie(caching.FLASH_COOKIE, "1", max_age=600, **options)  # type: ignore[arg-type]
        elif caching.FLASH_COOKIE in exchange.request.cookies:
            response.del_cookie(caching.FLASH_COOKIE, path="/")
        for header, value in (exchange.ctx.visit.headers if exchange.ctx.visit else {}).items():
            response.headers[header] = value

    async def _finish(self, exchange: Exchange, response: web.StreamResponse) -> web.StreamResponse:
        if exchange.store is None or response.prepared:
            return response
        is_page = response.content_type == "text/html"
        if is_page and exchange.request.method != "HEAD" and exchange.is_new_csrf_cookie:
            name = sessions.cookie_name("csrf", secure=self.secure)
            response.set_cookie(
                name, exchange.csrf_cookie, path="/", httponly=True, secure=self.secure, samesite="Lax"
            )
        if response.status == 200:
            caching.add_etag(response)
        self._cache_control(exchange, response)
        response = caching.unchanged(exchange, response)
        if response.status != 304 and is_page:
            caching.fill_in(response, exchange.nonce, csrf.token_of(self.kernel, exchange))
        if exchange.route is None or exchange.route.compress:
            await compression.compress(exchange.request, response)
        return response

    def _cache_control(self, exchange: Exchange, response: web.StreamResponse) -> None:
        caching_of = exchange.route.caching if exchange.route else None
        if caching_of is not None and caching_of.browser and response.status == 200:
            response.headers.setdefault("Cache-Control", f"public, max-age={caching_of.browser}")
        response.headers.setdefault("Cache-Control", "private, no-cache")

    async def _failed(self, exchange: Exchange, error: Exception) -> web.StreamResponse:
        known = self._known(exchange, error)
        wants_page = exchange.scope is Scope.ADMIN and exchange.request.method in {"GET", "HEAD"}
        if isinstance(known, Unauthorized) and wants_page:
            location = self.kernel.routes.path_of("admin.login", {"next": exchange.request.path_qs})
            return web.Response(status=303, headers={"Location": location})
        if (
            isinstance(known, Unauthorized)
            and exchange.scope is Scope.STOREFRONT
            and exchange.ctx is not None
        ):
            location = self.kernel.routes.path_of("customers.sign_in", {"next": exchange.request.path_qs})
            return web.Response(status=303, headers={"Location": localized(exchange.ctx, location)})
        return await problems.answer(exchange, known)

    def _known(self, exchange: Exchange, error: Exception) -> ShopwrightError:
        if isinstance(error, ShopwrightError):
            if isinstance(error, Forbidden):
                log.info("refused %s %s: %s", exchange.request.method, exchange.path, error.detail)
            return error
        if isinstance(error, web.HTTPException):
            return Failure(error.status, "" if error.status >= 500 else error.reason)
        if isinstance(error, TimeoutError):
            log.error("%s %s took too long", exchange.request.method, exchange.path)
            return Failure(503, "This took too long. Please try again.", code="timeout")
        blame = f" (plugin {error.plugin})" if isinstance(error, HookError) else ""
        log.error("%s %s failed%s", exchange.request.method, exchange.path, blame, exc_info=error)
        return Failure(500, "Something went wrong on our side. Please try again.", code="internal")

    def _check_target(self, exchange: Exchange) -> None:
        """Refuse a request line that names another host than the Host header."""
        url = exchange.request._message.url
        if url.is_absolute() and (url.host or "").lower() != exchange.host:
            raise Failure(
                421, "The request line names another host than the Host header.", code="host_mismatch"
            )

    def _language(self, exchange: Exchange, raw_path: str) -> str:
        """Take the language from the path of pages, or from the headers of calls; gives the path without it."""
        store, request = exchange.store, exchange.request
        assert store is not None
        exchange.locale, exchange.path = store.default_locale, request.path
        first, _, rest = raw_path[1:].partition("/")
        if first in store.locales and first != store.default_locale:
            exchange.locale = first
            exchange.path = "/" + request.path.removeprefix(f"/{first}").lstrip("/")
            return f"/{rest}"
        if raw_path.startswith(("/api/", "/admin")):
            wanted = request.query.get("locale", "")
            header = request.headers.get("Accept-Language", "")
            chosen = (
                wanted if wanted in store.locales else negotiate(header, store.locales, store.default_locale)
            )
            exchange.locale = chosen
        return raw_path

    def _slash(self, exchange: Exchange, raw_path: str) -> web.Response | None:
        """Send pages to the form of their address that exists, with or without a slash at the end."""
        assert exchange.store is not None
        if exchange.request.method not in {"GET", "HEAD"} or raw_path == "/":
            return None
        other = raw_path.rstrip("/") if raw_path.endswith("/") else f"{raw_path}/"
        if not other or other.startswith("//") or self.kernel.routes.exists(exchange.store, raw_path):
            return None
        if not self.kernel.routes.exists(exchange.store, other):
            return None
        query = exchange.request.rel_url.raw_query_string
        location = localized(self._context(exchange, WebSession()), other) + (f"?{query}" if query else "")
        return web.Response(status=308, headers={"Location": location})

    def _log(self, exchange: Exchange, response: web.StreamResponse) -> None:
        spent = (time.perf_counter() - exchange.started) * 1000
        store = exchange.store.code if exchange.store else "-"
        access.info(
            "%s %s %s %d %.1f ms %s", store, exchange.request.method, exchange.request.path, response.status, spent,
            exchange.request_id,
        )  # fmt: skip
