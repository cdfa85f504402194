# SPDX-License-Identifier: Apache-2.0
"""Security headers: nothing from third parties, nothing inline but what carries this answer's nonce."""

import secrets

from aiohttp import web

NONCE_PLACEHOLDER = "sw-nonce-8b1f2ac0477e4d0d9c5e"
"""Stands in cached pages where each answer's own nonce goes."""


def new_nonce() -> str:
    return secrets.token_urlsafe(18)


def content_security_policy(nonce: str) -> str:
    own = f"'self' 'nonce-{nonce}'"
    return (
        f"default-src 'self'; script-src {own}; style-src {own}; img-src 'self' data: https:; object-src 'none'; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )


def add_headers(response: web.StreamResponse, nonce: str, *, secure: bool) -> None:
    """Add the headers every answer has. A 304 gets no policy: the browser's copy keeps the one of its nonce."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(self)")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    if response.status != 304:
        headers.setdefault("Content-Security-Policy", content_security_policy(nonce))
    if secure:
        headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
