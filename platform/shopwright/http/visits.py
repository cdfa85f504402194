# SPDX-License-Identifier: Apache-2.0
"""Makes the context of a request: a visit for handlers and templates to see."""

from typing import TYPE_CHECKING

from shopwright.http.exchange import Exchange
from shopwright.http.routing import Scope
from shopwright.http.security import placeholders
from shopwright.http.visit import Visit, WebSession

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.kernel import Kernel

LANGUAGE = "kernel.admin_language"
"""Name of what a session remembers: the language of the admin, in place of the browser's."""


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
    ctx = kernel.context(exchange.store, locale=exchange.locale, request_id=exchange.request_id, visit=visit)
    exchange.ctx = ctx
    return ctx
