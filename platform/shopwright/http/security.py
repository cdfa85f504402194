# SPDX-License-Identifier: Apache-2.0
"""Security headers: nothing from third parties, nothing inline but what carries this answer's nonce."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache

from aiohttp import web

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_NOTHING = "default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Placeholders:
    """What stands in a page where this answer's nonce and its reader's CSRF token go.

    They are secret: somebody who could write one into a page would get a nonce or a token there.
    """

    nonce: str
    csrf: str


@lru_cache(maxsize=8)
def placeholders(key: str) -> Placeholders:
    """Give the placeholders of an installation, the same in all of its processes."""

    def derived(what: str) -> str:
        return hmac.new(key.encode(), f"placeholder of the {what}".encode(), hashlib.sha256).hexdigest()[:32]

    return Placeholders(nonce=f"sw-{derived('nonce')}", csrf=f"sw-{derived('token')}")


def new_nonce() -> str:
    return secrets.token_urlsafe(18)


def origin(address: str | None) -> str:
    """Give scheme, host and port of an address as a policy names them; nothing when there is none."""
    return "/".join(address.split("/")[:3]) if address else ""


def content_security_policy(nonce: str, pictures_from: str = "") -> str:
    """Say what a page may load: its own, what is inline with its nonce, and pictures of one other origin."""
    own = f"'self' 'nonce-{nonce}'"
    pictures = f"'self' data: {pictures_from}".rstrip()
    return (
        f"default-src 'self'; script-src {own}; style-src {own}; img-src {pictures}; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )


def add_headers(response: web.StreamResponse, nonce: str, *, secure: bool, pictures_from: str = "") -> None:
    """Add the headers every answer has; a 304 gets no policy, since its page has the one of its nonce."""
    headers = response.headers
    for name, value in _FIXED.items():
        headers.setdefault(name, value)
    if response.status != 304:
        is_page = response.content_type == "text/html"
        policy = content_security_policy(nonce, pictures_from) if is_page else _NOTHING
        headers.setdefault("Content-Security-Policy", policy)
    if secure:
        headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
