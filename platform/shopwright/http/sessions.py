# SPDX-License-Identifier: Apache-2.0
"""Sessions of browsers, in PostgreSQL: the cookie holds a random token, the table its hash."""

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import text

from shopwright.http.visit import WebSession
from shopwright.ids import new_id

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.http.exchange import Exchange
    from shopwright.kernel import Kernel

IDLE = timedelta(days=14)
STAFF_IDLE = timedelta(hours=12)
TOUCHED_EVERY = timedelta(minutes=10)

_READ = """
SELECT id, data, staff_user_id, customer_id, seen_at FROM kernel_session
WHERE token_hash = $1 AND expires_at > $2
"""
_MAKE = text("""
INSERT INTO kernel_session (store_id, id, token_hash, data, staff_user_id, customer_id, created_at, seen_at,
    expires_at)
VALUES (:store_id, :id, :token_hash, CAST(:data AS jsonb), :staff_user_id, :customer_id, :now, :now, :expires_at)
RETURNING id
""")
# A session that was ended meanwhile (a password change does that) is not brought back.
_CHANGE = text("""
UPDATE kernel_session SET token_hash = :token_hash, data = CAST(:data AS jsonb), staff_user_id = :staff_user_id,
    customer_id = :customer_id, seen_at = :now, expires_at = :expires_at
WHERE store_id = :store_id AND id = :id RETURNING id
""")


def cookie_name(name: str, *, secure: bool) -> str:
    """Give a cookie's name; with TLS it is bound to the host."""
    return f"__Host-{name}" if secure else name


async def load(kernel: "Kernel", exchange: "Exchange") -> WebSession:
    """Read the session of a request's cookie; an empty one when there is none. One statement at most."""
    if not exchange.sid or exchange.store is None:
        return WebSession()
    now = kernel.clock.now()
    rows = await kernel.db.fetch_rows(exchange.store.id, _READ, _hash(exchange.sid), now)
    if not rows:
        return WebSession()
    row = rows[0]
    return WebSession(
        id=row["id"],
        data=orjson.loads(row["data"]),
        staff_user_id=row["staff_user_id"],
        customer_id=row["customer_id"],
        changed=now - row["seen_at"] > TOUCHED_EVERY,
    )


async def save(ctx: "Context", session: WebSession, sid: str) -> str | None:
    """Write a session that changed; gives the cookie's new value, ``""`` to remove it, None to leave it."""
    if session.ended:
        if session.id is not None:
            async with ctx.transaction() as database:
                await database.execute(text("DELETE FROM kernel_session WHERE id = :id"), {"id": session.id})
        return ""
    if not session.changed and not session.rotate:
        return None
    is_new = session.id is None
    token = secrets.token_urlsafe(32) if is_new or session.rotate else sid
    session.id = session.id or new_id()
    now = ctx.clock.now()
    parameters = {
        "store_id": ctx.store.id, "id": session.id, "token_hash": _hash(token),
        "data": orjson.dumps(session.data).decode(), "staff_user_id": session.staff_user_id,
        "customer_id": session.customer_id, "now": now,
        "expires_at": now + (STAFF_IDLE if session.staff_user_id else IDLE),
    }  # fmt: skip
    async with ctx.transaction() as database:
        written = await database.execute(_MAKE if is_new else _CHANGE, parameters)
        if written.scalar_one_or_none() is None:
            return ""
    return token if token != sid else None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
