# SPDX-License-Identifier: Apache-2.0
"""Forged requests: a token in each form that only our own pages can know, and a look at the origin."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shopwright.auth.actor import bearer_token
from shopwright.errors import Forbidden
from shopwright.http.problems import JSON_SCOPES
from shopwright.http.routing import Scope
from shopwright.http.visit import WebSession
from shopwright.stores import Store

if TYPE_CHECKING:
    from shopwright.http.exchange import Exchange
    from shopwright.kernel import Kernel

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SIZE = 16


def new_cookie() -> str:
    return secrets.token_urlsafe(24)


def token_of(kernel: "Kernel", exchange: "Exchange") -> str:
    """Give a token for what this answer shows: bound to the session's cookie, or else to one of its own."""
    if not exchange.csrf_token:
        if not exchange.sid and not exchange.csrf_cookie:
            exchange.csrf_cookie, exchange.is_new_csrf_cookie = new_cookie(), True
        assert exchange.store is not None
        exchange.csrf_token = token_for(kernel, exchange.store, exchange.sid or exchange.csrf_cookie)
    return exchange.csrf_token


def token_for(kernel: "Kernel", store: Store, subject: str) -> str:
    """Give a token bound to a cookie's value; a new one each time, and all of them are good."""
    return _masked(_proof(kernel.secret_keys[0], store, subject))


def fingerprint(kernel: "Kernel", exchange: "Exchange") -> str:
    """Give what changes whenever a visitor's tokens do, and tells nothing about them."""
    token_of(kernel, exchange)
    assert exchange.store is not None
    proof = _proof(kernel.secret_keys[0], exchange.store, exchange.sid or exchange.csrf_cookie)
    return hashlib.sha256(proof).hexdigest()[:12]


async def check(kernel: "Kernel", exchange: "Exchange", session: WebSession) -> None:
    """Refuse a request that another site may have caused.

    Pages always need their token. API calls need it when a browser's session speaks for them: bearer
    credentials are never sent by a browser on its own, and a call nobody is known for gains nothing by being
    forged. Webhooks have signatures.

    Raises:
        Forbidden: tells people to load the page again, and programs which header to send.
    """
    route, request = exchange.route, exchange.request
    if route is None or request.method in SAFE or not route.csrf or route.scope is Scope.WEBHOOK:
        return
    is_api = route.scope in JSON_SCOPES
    if is_api and (session.id is None or bearer_token(request.headers) is not None):
        return
    _check_origin(exchange)
    given = request.headers.get("X-CSRF-Token", "")
    if not given and not is_api:
        given = str((await request.post()).get("csrf_token", ""))
    if not _is_good(kernel, exchange, session, given):
        message = (
            "Send the token of the page as X-CSRF-Token."
            if is_api
            else "This form is out of date. Go back, load the page again, and send it once more."
        )
        raise Forbidden(message, code="csrf")


def _is_good(kernel: "Kernel", exchange: "Exchange", session: WebSession, given: str) -> bool:
    assert exchange.store is not None
    proof = _unmasked(given)
    subjects = [exchange.sid]
    if session.staff_user_id is None and session.customer_id is None:
        # A page that was opened before the session began stays good while nobody is signed in.
        subjects.append(exchange.csrf_cookie)
    return any(
        hmac.compare_digest(proof, _proof(key, exchange.store, subject))
        for subject in subjects
        for key in kernel.secret_keys
        if subject
    )


def _proof(key: str, store: Store, subject: str) -> bytes:
    message = b"csrf" + store.id.bytes + subject.encode()
    return hmac.new(key.encode(), message, hashlib.sha256).digest()[:_SIZE]


def _masked(proof: bytes) -> str:
    """Write a proof differently each time: a compressed page must not tell it by its size (BREACH)."""
    mask = secrets.token_bytes(_SIZE)
    return (
        urlsafe_b64encode(mask + bytes(a ^ b for a, b in zip(proof, mask, strict=True))).decode().rstrip("=")
    )


def _unmasked(token: str) -> bytes:
    try:
        raw = urlsafe_b64decode(token.encode("ascii") + b"=")
    except ValueError:
        return b""
    if len(raw) != 2 * _SIZE:
        return b""
    return bytes(a ^ b for a, b in zip(raw[:_SIZE], raw[_SIZE:], strict=True))


def _check_origin(exchange: "Exchange") -> None:
    headers = exchange.request.headers
    origin = headers.get("Origin")
    is_ours = origin is None or urlsplit(origin).netloc.lower() == exchange.authority
    if not is_ours or headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Forbidden("This request comes from another site.", code="cross_site")
