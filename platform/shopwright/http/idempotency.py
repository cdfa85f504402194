# SPDX-License-Identifier: Apache-2.0
"""Repeated calls: the same ``Idempotency-Key`` gets the first answer, to the byte."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web
from sqlalchemy import text

from shopwright.errors import BadRequest, Conflict, FieldError, Invalid
from shopwright.ids import new_id

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.http.exchange import Exchange

LEASE = timedelta(seconds=60)
KEPT = timedelta(hours=24)
# Nothing was done, and the same call may well be answered otherwise later.
_NOT_KEPT = frozenset({401, 403, 408, 409, 429})

_TAKE = text("""
WITH expired AS (
    DELETE FROM kernel_idempotency WHERE store_id = :store_id AND id IN (
        SELECT id FROM kernel_idempotency WHERE expires_at < :now AND key <> :key ORDER BY expires_at LIMIT 20
        FOR UPDATE SKIP LOCKED
    )
)
INSERT INTO kernel_idempotency AS i (store_id, id, principal, route, key, fingerprint, locked_at, expires_at)
VALUES (:store_id, :id, :principal, :route, :key, :fingerprint, :now, :expires_at)
ON CONFLICT (store_id, principal, route, key) DO UPDATE SET id = excluded.id, locked_at = excluded.locked_at,
    fingerprint = excluded.fingerprint, status = NULL, headers = NULL, body = NULL,
    expires_at = excluded.expires_at
WHERE i.expires_at < excluded.locked_at
    OR (i.status IS NULL AND i.locked_at < :lease AND i.fingerprint = excluded.fingerprint)
RETURNING id
""")
_READ = """
SELECT fingerprint, status, headers, body FROM kernel_idempotency
WHERE principal = $1 AND route = $2 AND key = $3
"""
_FINISH = text("""
UPDATE kernel_idempotency SET status = :status, headers = CAST(:headers AS jsonb), body = :body WHERE id = :id
""")
_DROP = text("DELETE FROM kernel_idempotency WHERE id = :id")


async def once(
    ctx: "Context", exchange: "Exchange", work: Callable[[], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Do the work of a call, unless it has been done under this key before.

    Raises:
        BadRequest: the header is missing.
        Conflict: a call with this key is under way.
        Invalid: the key was used with other parameters.
    """
    assert exchange.route is not None
    key = exchange.request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= 255 or not key.isprintable():
        message = "Send an Idempotency-Key header of 1 to 255 characters, a new one for each new call."
        raise BadRequest(
            message, code="idempotency_key_missing", errors=[FieldError("", "required", message)]
        )
    fingerprint = await _fingerprint(exchange)
    names = {"principal": _principal(ctx, exchange), "route": exchange.route.code, "key": key}
    taken = await _take(ctx, names, fingerprint)
    if taken is None:
        return await _replay(ctx, names, fingerprint)
    try:
        response = await work()
    except BaseException:
        await _execute(ctx, _DROP, {"id": taken})
        raise
    await _keep(ctx, taken, response)
    return response


async def _take(ctx: "Context", names: dict[str, str], fingerprint: bytes) -> Any:
    now = ctx.clock.now()
    parameters = names | {
        "store_id": ctx.store.id, "id": new_id(), "fingerprint": fingerprint, "now": now,
        "expires_at": now + KEPT, "lease": now - LEASE,
    }  # fmt: skip
    async with ctx.transaction() as session:
        return (await session.execute(_TAKE, parameters)).scalar_one_or_none()


async def _replay(ctx: "Context", names: dict[str, str], fingerprint: bytes) -> web.Response:
    rows = await ctx.fetch_rows(_READ, names["principal"], names["route"], names["key"])
    if rows and rows[0]["fingerprint"] != fingerprint:
        message = "This Idempotency-Key was used with other parameters. Use a new one."
        raise Invalid(message, code="idempotency_key_reused", errors=[FieldError("", "reused", message)])
    if not rows or rows[0]["status"] is None:
        raise Conflict(
            "A call with this Idempotency-Key is under way.", code="in_flight", headers={"Retry-After": "1"}
        )
    row = rows[0]
    response = web.Response(body=row["body"], status=row["status"], headers=orjson.loads(row["headers"]))
    response.headers["Idempotent-Replayed"] = "true"
    return response


async def _keep(ctx: "Context", taken: Any, response: web.StreamResponse) -> None:
    body = getattr(response, "body", None)
    if response.status >= 500 or response.status in _NOT_KEPT or not isinstance(body, bytes | None):
        await _execute(ctx, _DROP, {"id": taken})
        return
    headers = {
        name: response.headers[name]
        for name in ("Content-Type", "Location", "ETag")
        if name in response.headers
    }
    values = {
        "id": taken,
        "status": response.status,
        "headers": orjson.dumps(headers).decode(),
        "body": body or b"",
    }
    await _execute(ctx, _FINISH, values)


async def _execute(ctx: "Context", statement: Any, parameters: dict[str, Any]) -> None:
    async with ctx.transaction() as session:
        await session.execute(statement, parameters)


async def _fingerprint(exchange: "Exchange") -> bytes:
    request = exchange.request
    target = f"{request.method} {request.rel_url.raw_path}?{request.rel_url.raw_query_string}\n"
    digest = hashlib.sha256(target.encode())
    digest.update(await request.read())
    return digest.digest()


def _principal(ctx: "Context", exchange: "Exchange") -> str:
    if ctx.actor.id is not None:
        return f"{ctx.actor.kind}:{ctx.actor.id}"
    session = ctx.visit.session if ctx.visit else None
    if session is not None and session.id is not None:
        return f"session:{session.id}"
    return f"remote:{hashlib.sha256(exchange.remote.encode()).hexdigest()[:32]}"
