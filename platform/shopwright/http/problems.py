# SPDX-License-Identifier: Apache-2.0
"""Errors as answers: problem+json (RFC 9457) for programs, a themed page for people; never a stack trace."""

import logging
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from shopwright.errors import ShopwrightError
from shopwright.http.routing import Scope

if TYPE_CHECKING:
    from shopwright.http.exchange import Exchange

log = logging.getLogger(__name__)

JSON_SCOPES = frozenset({Scope.API, Scope.ADMIN_API, Scope.WEBHOOK})
_FALLBACK = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    "<h1>{title}</h1><p>{detail}</p><p>{request_id}</p></html>"
)


class Failure(ShopwrightError):
    """An error made of a bare HTTP status."""

    def __init__(
        self, status: int, detail: str = "", *, code: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail, code=code or HTTPStatus(status).name.lower(), headers=headers)
        self.status = status  # type: ignore[misc]
        self.title = HTTPStatus(status).phrase  # type: ignore[misc]


def document(error: ShopwrightError, request_id: str) -> dict[str, Any]:
    """Give the members of a problem document."""
    return {
        **error.extra,
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "code": error.error_code,
        "detail": error.detail or error.title,
        "request_id": request_id,
        "errors": [{"pointer": e.pointer, "code": e.code, "message": e.message} for e in error.errors],
    }


async def answer(exchange: "Exchange", error: ShopwrightError) -> web.Response:
    """Make the answer for an error, in the form of the scope it happened in."""
    if exchange.scope in JSON_SCOPES:
        response = web.Response(
            body=orjson.dumps(document(error, exchange.request_id), default=str),
            status=error.status,
            content_type="application/problem+json",
        )
    else:
        response = web.Response(
            text=await _page(exchange, error), status=error.status, content_type="text/html"
        )
    for name, value in error.headers.items():
        if name == "Connection":
            response.force_close()
        else:
            response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


async def _page(exchange: "Exchange", error: ShopwrightError) -> str:
    values = {
        "status": error.status,
        "title": error.title,
        "detail": error.detail,
        "errors": [e.message for e in error.errors],
        "request_id": exchange.request_id,
    }
    ctx = exchange.ctx
    if ctx is not None:
        translated = {
            "title": ctx.gettext(error.title),
            "detail": ctx.gettext(error.detail) if error.detail else "",
        }
        try:
            return await ctx.render("errors/page.html", **{**values, **translated})
        except Exception:
            log.exception("the error page itself failed")
    return _FALLBACK.format(**{name: escape(str(value)) for name, value in values.items()})
