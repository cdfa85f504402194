# SPDX-License-Identifier: Apache-2.0
"""Forged requests: a token in each form that only our own pages can know, and a look at where it came from."""

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shopwright.auth.actor import bearer_token
from shopwright.errors import Forbidden
from shopwright.http.problems import JSON_SCOPES
from shopwright.http.routing import Scope

if TYPE_CHECKING:
    from shopwright.http.exchange import Exchange
    from shopwright.kernel import Kernel

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PLACEHOLDER = "sw-csrf-3f0c6e1d9a574b0f8f5d"
"""Stands in cached pages where each visitor's own token goes."""


def new_cookie() -> str:
    return secrets.token_urlsafe(24)


def token_of(kernel: "Kernel", exchange: "Exchange") -> str:
    """Give the token that belongs to a visitor's cookie in this store."""
    assert exchange.store is not None
    message = b"csrf" + exchange.store.id.bytes + exchange.csrf_cookie.encode()
    return hmac.new(kernel.secret_keys[0].encode(), message, hashlib.sha256).hexdigest()


async def check(kernel: "Kernel", exchange: "Exchange") -> None:
    """Refuse a request that another site may have caused.

    Forms need their token. Programs that send JSON with a browser's session cannot come from another site
    without a preflight, which we do not answer: there the origin is enough. Bearer credentials and API keys
    are never sent by a browser on its own, and webhooks have signatures.

    Raises:
        Forbidden: tells people to load the page again.
    """
    route, request = exchange.route, exchange.request
    if route is None or request.method in SAFE or not route.csrf or route.scope is Scope.WEBHOOK:
        return
    if bearer_token(request.headers) is not None:
        return
    _check_origin(exchange)
    if route.scope in JSON_SCOPES:
        return
    given = request.headers.get("X-CSRF-Token", "") or str((await request.post()).get("csrf_token", ""))
    if not exchange.csrf_cookie or not hmac.compare_digest(
        given.encode(), token_of(kernel, exchange).encode()
    ):
        raise Forbidden(
            "This form is out of date. Go back, load the page again, and send it once more.", code="csrf"
        )


def _check_origin(exchange: "Exchange") -> None:
    headers = exchange.request.headers
    origin = headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != exchange.request.host.lower():
        raise Forbidden("This request comes from another site.", code="cross_site")
    if headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Forbidden("This request comes from another site.", code="cross_site")
