# SPDX-License-Identifier: Apache-2.0
"""What every request goes through, in this order.

Request id, time-out, trusted proxies, target, general limit, host and store, language, route and its limit,
page cache, session, actor, permission, body, forged-request check, repeated-call check, handler; then the
session is written, and the answer gets its validators, compression and headers.
"""

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from shopwright.errors import NotFound, ShopwrightError
from shopwright.http import (
    caching,
    cookies,
    csrf,
    failures,
    health,
    hosts,
    idempotency,
    limits,
    problems,
    sessions,
    visits,
)
from shopwright.http.exchange import EXCHANGE, Exchange
from shopwright.http.finish import Finisher
from shopwright.http.responses import localized
from shopwright.http.routing import Route
from shopwright.http.static import Static
from shopwright.http.visit import WebSession

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.kernel import Kernel

_READING = frozenset({"GET", "HEAD"})
_FLASH_SECONDS = 600
_MARKET_SECONDS = 365 * 86_400


class Pipeline:
    """Answers requests for one kernel."""

    def __init__(self, kernel: "Kernel") -> None:
        self.kernel = kernel
        self._static = Static(kernel)
        self._proxies = hosts.Proxies(kernel.config)
        self._cookies = cookies.Cookies(kernel.config)
        self._pages = caching.PageCache(kernel)
        self._finish = Finisher(kernel)

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.rel_url.raw_path in health.PATHS:
            return await health.answer(self.kernel, request.rel_url.raw_path)
        exchange = request[EXCHANGE] = self._proxies.exchange(request)
        try:
            async with asyncio.timeout(self.kernel.config.handler_timeout) as exchange.deadline:
                response = await self._answer(exchange)
        except Exception as error:  # noqa: BLE001 - every failure becomes an answer
            response = await failures.answer(self.kernel, exchange, error)
        return await self._finish(exchange, response)

    async def _answer(self, exchange: Exchange) -> web.StreamResponse:
        kernel, request = self.kernel, exchange.request
        hosts.check_target(exchange)
        is_file = self._static.serves(request.rel_url.raw_path)
        if not is_file:
            await limits.check_general(kernel, exchange)
        hosts.find_store(kernel, exchange)
        assert exchange.store is not None
        if is_file:
            return await self._static.answer(request, exchange.store)
        hosts.take_language(exchange)
        try:
            exchange.route, exchange.params = await kernel.routes.match(
                exchange.store, request.method, exchange.path
            )
        except NotFound:
            moved = await self._other_form(exchange)
            if moved is None:
                raise
            return moved
        await limits.check_route(kernel, exchange, exchange.route)
        await visits.find_market(kernel, exchange)
        if caching.is_kept(exchange):
            return await self._kept(exchange, exchange.route)
        return await self._personal(exchange, exchange.route)

    async def _kept(self, exchange: Exchange, route: Route) -> web.StreamResponse:
        """Answer with a page that is the same for all, without looking at who asks."""
        binding = self.kernel.routes.bindings[route.code]
        key = self._pages.key_of(exchange, binding.query_names)
        found = await self._pages.load(key)
        if found is not None:
            return found
        ctx = visits.kept(self.kernel, exchange, binding.query_names)

        async def render() -> tuple[web.StreamResponse, set[str]]:
            assert ctx.visit is not None
            response = await binding.call(ctx, exchange.request, exchange.params)
            if ctx.visit.session.changed:
                raise RuntimeError(f"{route.code} is kept for all readers: it must not write their session")
            return response, ctx.visit.cache_tags

        assert route.caching is not None
        return await self._pages.make(key, str(ctx.store.id), route.caching, render)

    async def _personal(self, exchange: Exchange, route: Route) -> web.StreamResponse:
        kernel = self.kernel
        loaded = await sessions.load(kernel, exchange)
        ctx = visits.personal(kernel, exchange, loaded.session)
        actor = await kernel.auth.actor_for(ctx.store, ctx.visit, exchange.request.headers)
        ctx = exchange.ctx = ctx.as_actor(actor)
        ctx.require(route.permission)
        await limits.read_body(kernel, exchange, route)
        await csrf.check(kernel, exchange, loaded.session)
        response = await self._handle(ctx, exchange, route)
        await self._save_session(ctx, exchange, loaded, response)
        return response

    async def _handle(self, ctx: "Context", exchange: Exchange, route: Route) -> web.StreamResponse:
        binding = self.kernel.routes.bindings[route.code]
        if not route.idempotent:
            return await binding.call(ctx, exchange.request, exchange.params)

        async def work() -> web.StreamResponse:
            try:
                return await binding.call(ctx, exchange.request, exchange.params)
            except ShopwrightError as error:
                if error.status >= 500:
                    raise
                return await problems.answer(exchange, error)

        return await idempotency.once(ctx, exchange, work)

    async def _save_session(
        self, ctx: "Context", exchange: Exchange, loaded: sessions.Loaded, response: web.StreamResponse
    ) -> None:
        outcome = await sessions.save(ctx, loaded, exchange.sid)
        if response.prepared:
            return
        if ctx.visit is not None and ctx.visit.chosen_market:
            self._cookies.put(response, cookies.MARKET, ctx.visit.chosen_market, seconds=_MARKET_SECONDS)
        if outcome is not None and outcome.token is not None:
            self._cookies.put(response, "sid", outcome.token, seconds=outcome.seconds)
            # Tokens in this very answer belong to the session the browser has from now on.
            exchange.sid, exchange.csrf_token = outcome.token, ""
            if loaded.session.customer_id is not None:
                self._cookies.put(response, cookies.OWN, "1", seconds=outcome.seconds)
        elif outcome is not None:
            self._cookies.remove(response, "sid")
        if loaded.session.get("kernel.flash"):
            self._cookies.put(response, cookies.FLASH, "1", seconds=_FLASH_SECONDS)
        elif self._cookies.read(exchange.request, cookies.FLASH):
            self._cookies.remove(response, cookies.FLASH)
        if loaded.session.customer_id is None and self._cookies.read(exchange.request, cookies.OWN):
            self._cookies.remove(response, cookies.OWN)

    async def _other_form(self, exchange: Exchange) -> web.Response | None:
        """Send pages to the form of their address that exists, with or without a slash at the end."""
        path, store = exchange.path, exchange.store
        if exchange.request.method not in _READING or path == "/":
            return None
        other = path.rstrip("/") if path.endswith("/") else f"{path}/"
        assert store is not None
        if not other or not await self.kernel.routes.exists(store, other):
            return None
        ctx = visits.personal(self.kernel, exchange, WebSession())
        query = exchange.request.rel_url.raw_query_string
        location = localized(ctx, other) + (f"?{query}" if query else "")
        return web.Response(status=308, headers={"Location": location})
