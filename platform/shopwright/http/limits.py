# SPDX-License-Identifier: Apache-2.0
"""Limits: how many requests may come, how large a body may be, and how long it may take to arrive."""

import asyncio
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from aiohttp import web

from shopwright.cache import Limit
from shopwright.errors import BadRequest, TooManyRequests
from shopwright.http.problems import Failure
from shopwright.http.routing import Route, Scope

if TYPE_CHECKING:
    from shopwright.http.exchange import Exchange
    from shopwright.kernel import Kernel

_FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})


async def check_general(kernel: "Kernel", exchange: "Exchange") -> None:
    """Count a request against the general limit of its address.

    Raises:
        TooManyRequests: says when to come again.
    """
    await _hit(kernel, Limit("http", kernel.config.requests_per_minute, 60), exchange)


async def check_route(kernel: "Kernel", exchange: "Exchange", route: Route) -> None:
    """Count a request against the limit of its route.

    Raises:
        TooManyRequests: says when to come again.
    """
    if route.limit:
        assert exchange.store is not None
        await _hit(kernel, route_limit(f"{exchange.store.id}:{route.code}", route.limit), exchange)


@lru_cache(maxsize=4096)
def route_limit(name: str, text: str) -> Limit:
    """Read a limit as routes declare it: ``count/seconds``.

    Raises:
        ValueError: it is written otherwise.
    """
    count, _, seconds = text.partition("/")
    return Limit(name, int(count), int(seconds))


async def _hit(kernel: "Kernel", rule: Limit, exchange: "Exchange") -> None:
    verdict = await kernel.backend.limiter.hit(rule, visitor(exchange.remote))
    if not verdict.allowed:
        wait = max(1, round(verdict.retry_after))
        raise TooManyRequests(f"Please wait {wait} seconds.", headers={"Retry-After": str(wait)})


@lru_cache(maxsize=8192)
def visitor(remote: str) -> str:
    """Give what counts as one visitor: an IPv4 address, or the network that one IPv6 subscriber gets."""
    try:
        address = ip_address(remote)
    except ValueError:
        return remote
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else remote


async def read_body(kernel: "Kernel", exchange: "Exchange", route: Route) -> None:
    """Receive the body before the handler runs, so that a slow sender holds up nobody but itself.

    A form is parsed here (its files wait on disk), everything else is kept as it came.

    Raises:
        Failure: 413 too large, 408 too slow.
        BadRequest: it is not what it says it is.
    """
    request = exchange.request
    if request.method in _WITHOUT_BODY or not request.body_exists:
        return
    if request.content_length is not None and request.content_length > route.max_body:
        raise _too_large(route)
    request._client_max_size = route.max_body  # noqa: SLF001 - aiohttp has one limit for all routes only
    handler_deadline = exchange.deadline
    if handler_deadline is not None:
        handler_deadline.reschedule(None)
    try:
        async with asyncio.timeout(kernel.config.body_timeout):
            if request.content_type in _FORMS and not route.idempotent and route.scope is not Scope.WEBHOOK:
                await request.post()
            else:
                await request.read()
    except TimeoutError:
        raise Failure(408, "The body did not arrive in time.", headers={"Connection": "close"}) from None
    except web.HTTPRequestEntityTooLarge:
        raise _too_large(route) from None
    except (ValueError, LookupError, AssertionError, web.RequestPayloadError):
        raise BadRequest("The body could not be read.", code="malformed_body") from None
    if handler_deadline is not None:
        handler_deadline.reschedule(asyncio.get_running_loop().time() + kernel.config.handler_timeout)


def _too_large(route: Route) -> Failure:
    return Failure(413, f"Send at most {route.max_body} bytes.", headers={"Connection": "close"})
