# SPDX-License-Identifier: Apache-2.0
"""Sessions of browsers, in PostgreSQL: the cookie holds a random token, the table its hash."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from sqlalchemy import text

from shopwright.http.visit import WebSession
from shopwright.ids import new_id
from shopwright.jsontext import dump

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.http.exchange import Exchange
    from shopwright.kernel import Kernel

IDLE = timedelta(days=14)
STAFF_IDLE = timedelta(hours=12)
TOUCHED_EVERY = timedelta(minutes=10)

_READ = """
SELECT id, data::text, staff_user_id, customer_id, seen_at FROM kernel_session
WHERE token_hash = $1 AND expires_at > $2
"""
_MAKE = text("""
WITH expired AS (
    DELETE FROM kernel_session WHERE store_id = :store_id AND id IN (
        SELECT id FROM kernel_session WHERE expires_at < :now ORDER BY expires_at LIMIT 20
        FOR UPDATE SKIP LOCKED
    )
)
INSERT INTO kernel_session (store_id, id, token_hash, data, staff_user_id, customer_id, created_at, seen_at,
    expires_at)
VALUES (:store_id, :id, :token_hash, CAST(:data AS jsonb), :staff_user_id, :customer_id, :now, :now,
    :expires_at)
RETURNING true
""")
# Only what this request changed is written: another one of the same browser may have changed the rest. A
# session that was ended meanwhile (a password change does that) is not brought back.
_CHANGE = text("""
UPDATE kernel_session SET data = (data - CAST(:removed AS text[])) || CAST(:data AS jsonb),
    token_hash = CASE WHEN :rotated THEN :token_hash ELSE token_hash END,
    staff_user_id = CASE WHEN :signed THEN CAST(:staff_user_id AS uuid) ELSE staff_user_id END,
    customer_id = CASE WHEN :signed THEN CAST(:customer_id AS uuid) ELSE customer_id END,
    seen_at = :now,
    expires_at = CASE WHEN :signed OR staff_user_id IS NOT DISTINCT FROM CAST(:staff_user_id AS uuid)
        THEN :expires_at ELSE expires_at END
WHERE store_id = :store_id AND id = :id RETURNING token_hash = :token_hash
""")
_END = text("DELETE FROM kernel_session WHERE store_id = :store_id AND id = :id")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A session as it was when the request began."""

    session: WebSession
    values: dict[str, str]
    """The data, each value as JSON."""
    signed_in: tuple[UUID | None, UUID | None]
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of the session's cookie: ``token`` is its value, None removes it."""

    token: str | None
    seconds: float = 0.0


async def load(kernel: "Kernel", exchange: "Exchange") -> Loaded:
    """Read the session of a request's cookie; an empty one when there is none. One statement at most."""
    if not exchange.sid or exchange.store is None:
        return Loaded(WebSession(), {}, (None, None), None)
    rows = await kernel.db.fetch_rows(exchange.store.id, _READ, _hash(exchange.sid), kernel.clock.now())
    if not rows:
        return Loaded(WebSession(), {}, (None, None), None)
    row = rows[0]
    session = WebSession(
        id=row["id"],
        data=orjson.loads(row["data"]),
        staff_user_id=row["staff_user_id"],
        customer_id=row["customer_id"],
    )
    signed_in = (session.staff_user_id, session.customer_id)
    return Loaded(session, _values(session), signed_in, row["seen_at"])


async def save(ctx: "Context", loaded: Loaded, sid: str) -> Outcome | None:
    """Write what changed, and that the browser was seen; None when its cookie stays as it is."""
    session = loaded.session
    if session.ended:
        if session.id is not None:
            await _run(ctx, _END, {"store_id": ctx.store.id, "id": session.id})
        return Outcome(None) if sid else None
    now = ctx.clock.now()
    is_stale = loaded.seen_at is not None and now - loaded.seen_at > TOUCHED_EVERY
    if not session.changed and not session.rotate and not is_stale:
        return None
    if session.id is None and not _is_worth_keeping(session):
        return None
    is_new = session.id is None
    rotated = is_new or session.rotate
    token = secrets.token_urlsafe(32) if rotated else sid
    idle = STAFF_IDLE if session.staff_user_id else IDLE
    parameters = {
        **_changes(loaded, rotated=rotated),
        "store_id": ctx.store.id,
        "id": session.id or new_id(),
        "token_hash": _hash(token),
        "staff_user_id": session.staff_user_id,
        "customer_id": session.customer_id,
        "now": now,
        "expires_at": now + idle,
    }
    is_current = await _run(ctx, _MAKE if is_new else _CHANGE, parameters)
    # When the session has ended or got another cookie meanwhile, the browser's newer cookie is left alone.
    return Outcome(token, idle.total_seconds()) if is_current and (rotated or is_stale) else None


def _changes(loaded: Loaded, *, rotated: bool) -> dict[str, Any]:
    session, after = loaded.session, _values(loaded.session)
    if session.id is None:
        # A session made anew brings everything along, also what was in the one before it.
        return {"data": _json(after)}
    changed = {name: value for name, value in after.items() if loaded.values.get(name) != value}
    return {
        "data": _json(changed),
        "removed": [name for name in loaded.values if name not in after],
        "rotated": rotated,
        "signed": (session.staff_user_id, session.customer_id) != loaded.signed_in,
    }


def _json(values: dict[str, str]) -> str:
    return "{" + ",".join(f"{dump(name)}:{value}" for name, value in values.items()) + "}"


def _values(session: WebSession) -> dict[str, str]:
    return {name: dump(value) for name, value in session.data.items()}


def _is_worth_keeping(session: WebSession) -> bool:
    return bool(session.data) or session.staff_user_id is not None or session.customer_id is not None


async def _run(ctx: "Context", statement: Any, parameters: dict[str, Any]) -> bool:
    async with ctx.transaction() as database:
        result = await database.execute(statement, parameters)
        return statement is not _END and bool(result.scalar_one_or_none())


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
