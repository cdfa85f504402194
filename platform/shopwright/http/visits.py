# SPDX-License-Identifier: Apache-2.0
"""Makes the context of a request: a visit for handlers and templates to see."""

from typing import TYPE_CHECKING

from shopwright.errors import FieldError, Invalid
from shopwright.hookspecs import visitor_market
from shopwright.http import cookies
from shopwright.http.exchange import Exchange
from shopwright.http.routing import Scope
from shopwright.http.security import placeholders
from shopwright.http.visit import Visit, WebSession

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.kernel import Kernel

LANGUAGE = "kernel.admin_language"
"""Name of what a session remembers: the language of the admin, in place of the browser's."""


async def find_market(kernel: "Kernel", exchange: Exchange) -> None:
    """Find the visitor's market: pages remember the one they chose, calls name it in ``market``.

    Raises:
        Invalid: a call names a market that the store does not have.
    """
    store, scope = exchange.store, exchange.scope
    assert store is not None
    exchange.market, exchange.currency = "", store.currency
    if scope not in {Scope.STOREFRONT, Scope.API}:
        return
    is_call = scope is Scope.API
    if is_call:
        wanted = exchange.request.query.get("market", "")
    else:
        wanted = cookies.Cookies(kernel.config).read(exchange.request, cookies.MARKET)
    ctx = kernel.context(store, locale=exchange.locale, request_id=exchange.request_id)
    found = await ctx.hooks.first(visitor_market, wanted=wanted, country=exchange.country)
    if is_call and wanted and (found is None or found.code != wanted):
        message = f"This store has no market {wanted[:40]!r}."
        raise Invalid(message, errors=[FieldError("/market", "unknown_market", message)])
    exchange.is_market_chosen = bool(wanted) or not is_call
    if found is not None:
        exchange.market, exchange.currency = found.code, found.currency


def personal(kernel: "Kernel", exchange: Exchange, session: WebSession) -> "Context":
    """Make the context of a request that belongs to one visitor; staff may have chosen a language."""
    chosen = session.get(LANGUAGE)
    if exchange.scope is Scope.ADMIN and exchange.store is not None and chosen in exchange.store.locales:
        exchange.locale = chosen
    visit = Visit(
        session=session,
        path=exchange.path,
        query=dict(exchange.request.query),
        host=exchange.host,
        nonce=exchange.nonce,
        csrf_token=placeholders(kernel.secret_keys[0]).csrf,
        remote=exchange.remote,
        is_market_chosen=exchange.is_market_chosen,
    )
    return _context(kernel, exchange, visit)


def kept(kernel: "Kernel", exchange: Exchange, query_names: frozenset[str]) -> "Context":
    """Make the context of a page for all readers: it sees nothing of the one who asks."""
    query = {name: value for name, value in exchange.request.query.items() if name in query_names}
    visit = Visit(
        session=WebSession(),
        path=exchange.path,
        query=query,
        host=exchange.host,
        nonce=placeholders(kernel.secret_keys[0]).nonce,
        csrf_token=placeholders(kernel.secret_keys[0]).csrf,
    )
    return _context(kernel, exchange, visit)


def _context(kernel: "Kernel", exchange: Exchange, visit: Visit) -> "Context":
    assert exchange.store is not None
    ctx = kernel.context(
        exchange.store,
        locale=exchange.locale,
        currency=exchange.currency,
        market=exchange.market,
        request_id=exchange.request_id,
        visit=visit,
    )
    exchange.ctx = ctx
    return ctx
