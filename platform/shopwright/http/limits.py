# SPDX-License-Identifier: Apache-2.0
"""Limits: how many requests, and how long a connection may take to say what it wants."""

import asyncio
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from shopwright.cache import Limit
from shopwright.errors import TooManyRequests

if TYPE_CHECKING:
    from shopwright.http.exchange import Exchange
    from shopwright.kernel import Kernel


async def check(kernel: "Kernel", exchange: "Exchange") -> None:
    """Count a request against the general limit of its address, and the route's own.

    Raises:
        TooManyRequests: says when to come again.
    """
    rules = []
    if exchange.route is None:
        rules.append(Limit("http", kernel.config.requests_per_minute, 60))
    elif exchange.route.limit:
        count, _, seconds = exchange.route.limit.partition("/")
        rules.append(Limit(exchange.route.code, int(count), int(seconds)))
    for rule in rules:
        verdict = await kernel.backend.limiter.hit(rule, exchange.remote)
        if not verdict.allowed:
            wait = max(1, round(verdict.retry_after))
            raise TooManyRequests(f"Please wait {wait} seconds.", headers={"Retry-After": str(wait)})


class Proxies:
    """Which peers are proxies of ours, whose forwarding headers are believed."""

    def __init__(self, networks: tuple[str, ...]) -> None:
        self._networks = [ip_network(network, strict=False) for network in networks]

    def trusts(self, peer: str | None) -> bool:
        if not self._networks or not peer:
            return False
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._networks)

    def remote_of(self, request: web.Request) -> str:
        """Give the client's address: the last one in X-Forwarded-For that is not a proxy of ours."""
        peer = request.remote or ""
        if not self.trusts(peer):
            return peer
        for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
            if hop.strip() and not self.trusts(hop.strip()):
                return hop.strip()
        return peer

    def host_of(self, request: web.Request) -> str:
        forwarded = request.headers.get("X-Forwarded-Host")
        return forwarded if forwarded and self.trusts(request.remote) else request.host


class TimedHandler(RequestHandler):  # type: ignore[type-arg]
    """A connection that is closed when it has not sent whole headers in time; aiohttp itself waits for ever."""

    __slots__ = ("_header_seconds", "_header_timer")

    def __init__(self, manager: Any, *, header_seconds: float, **options: Any) -> None:
        super().__init__(manager, **options)
        self._header_seconds = header_seconds
        self._header_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._start_timer()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._messages or self._request_in_progress:
            self._stop_timer()
        elif self._header_timer is None:
            self._start_timer()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def _start_timer(self) -> None:
        self._header_timer = asyncio.get_running_loop().call_later(self._header_seconds, self.force_close)

    def _stop_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None
