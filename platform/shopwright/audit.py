# SPDX-License-Identifier: Apache-2.0
"""The audit log: who did what, one hash chain per store, so that a change made behind its back shows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.actor import ActorKind
from shopwright.clock import Clock
from shopwright.db import Database
from shopwright.ids import new_id

if TYPE_CHECKING:
    from shopwright.context import Context

GENESIS = bytes(32)
"""What the first entry of a store names as the hash before it."""
_BATCH = 1000
_NO_BOUND = 2**62

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('kernel_audit:' || CAST(:store AS text), 0))")
_HEAD = text("SELECT seq, hash FROM kernel_audit_head WHERE store_id = :store")
_INSERT = text(
    """
    INSERT INTO kernel_audit (store_id, id, seq, at, actor_kind, actor_id, actor_label, action, subject_kind,
                              subject_id, data, request_id, previous_hash, hash)
    VALUES (:store_id, :id, :seq, :at, :actor_kind, :actor_id, :actor_label, :action, :subject_kind,
            :subject_id, CAST(:data AS jsonb), :request_id, :previous_hash, :hash)
    """
)
_MOVE_HEAD = text(
    """
    INSERT INTO kernel_audit_head (store_id, seq, hash) VALUES (:store, :seq, :hash)
    ON CONFLICT (store_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash
    """
)
_COLUMNS = """
    store_id, id, seq, at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id,
    data::text AS data, request_id, previous_hash, hash
"""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done, as people read it."""

    id: UUID
    seq: int
    at: datetime
    actor_kind: ActorKind
    actor_id: UUID | None
    actor_label: str
    action: str
    subject_kind: str
    subject_id: str
    data: Mapping[str, Any]
    request_id: str


class AuditLog:
    """Writes and checks the chains. Entries can be added and read, never changed: the grants say so too."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def record(
        self,
        ctx: "Context",
        session: AsyncSession,
        action: str,
        *,
        subject: tuple[str, UUID | str],
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Add an entry in the caller's transaction; until it ends, other writers of the store's chain wait.

        Args:
            ctx: says who acts, and in which store; what concerns the whole installation goes to that store.
            session: a transaction of the same store.
            action: what was done, ``<plugin>.<name>``.
            subject: kind and id of what it was done to.
            data: JSON values that matter later; never secrets. Other values are kept as text.
        """
        store = ctx.store.id
        await session.execute(_LOCK, {"store": str(store)})
        head = (await session.execute(_HEAD, {"store": store})).one_or_none()
        row: dict[str, Any] = {
            "store_id": store,
            "id": new_id(),
            "seq": head.seq + 1 if head else 1,
            "at": self._clock.now(),
            "actor_kind": ctx.actor.kind,
            "actor_id": ctx.actor.id,
            "actor_label": _clean(ctx.actor.label),
            "action": _clean(action),
            "subject_kind": _clean(subject[0]),
            "subject_id": _clean(str(subject[1])),
            "data": _canonical(_plain(data or {})),
            "request_id": _clean(ctx.request_id),
            "previous_hash": bytes(head.hash) if head else GENESIS,
        }
        row["hash"] = entry_hash(row)
        await session.execute(_INSERT, row)
        await session.execute(_MOVE_HEAD, {"store": store, "seq": row["seq"], "hash": row["hash"]})

    async def entries(
        self,
        ctx: "Context",
        *,
        subject: tuple[str, UUID | str] | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> list[AuditEntry]:
        """Give entries of a store, newest first: before a sequence number, about one subject."""
        kind, subject_id = subject or (None, None)
        rows = await ctx.fetch_rows(
            f"""
            SELECT {_COLUMNS} FROM kernel_audit
            WHERE store_id = $1 AND seq < $2
            AND ($3::text IS NULL OR (subject_kind = $3 AND subject_id = $4::text))
            ORDER BY seq DESC LIMIT $5
            """,  # constant columns
            ctx.store.id,
            before or _NO_BOUND,
            kind,
            None if subject_id is None else str(subject_id),
            limit,
        )
        names = AuditEntry.__slots__
        return [AuditEntry(**{name: row[name] for name in names} | _loaded(row["data"])) for row in rows]

    async def verify(self, db: Database, store_id: UUID) -> list[str]:
        """Check the chain of a store from its first entry; give what is wrong, nothing when it is whole.

        Finds entries that were altered, removed, put in, re-ordered or cut off at the end.
        """
        head = await db.fetch_rows(store_id, "SELECT seq, hash FROM kernel_audit_head")
        last_seq, last_hash = (head[0]["seq"], bytes(head[0]["hash"])) if head else (0, GENESIS)
        chain = _Chain()
        while chain.seq < last_seq:
            rows = await db.fetch_rows(
                store_id,
                f"""
                SELECT {_COLUMNS} FROM kernel_audit
                WHERE store_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT {_BATCH}
                """,  # constant columns
                store_id,
                chain.seq,
                last_seq,
            )
            if not rows:
                break
            for row in rows:
                chain.follow(row)
        if chain.seq < last_seq:
            chain.problems.append(f"Entries {chain.seq + 1} to {last_seq} at the end are missing.")
        elif chain.hash != last_hash:
            chain.problems.append(f"Entry {last_seq} is not the one that was recorded as the last.")
        beyond = await db.fetch_value(
            store_id,
            """
            SELECT min(seq) FROM kernel_audit WHERE store_id = $1
            AND seq > coalesce((SELECT seq FROM kernel_audit_head WHERE store_id = $1), 0)
            """,
            store_id,
        )
        if beyond is not None:
            chain.problems.append(f"Entry {beyond} stands after the one that was recorded as the last.")
        return chain.problems


class _Chain:
    """Walks along a chain and notes where it breaks."""

    def __init__(self) -> None:
        self.seq = 0
        self.hash = GENESIS
        self.problems: list[str] = []

    def follow(self, row: Mapping[str, Any]) -> None:
        seq = row["seq"]
        gap = seq - self.seq - 1
        if gap:
            missing = f"Entry {seq - 1} is" if gap == 1 else f"Entries {self.seq + 1} to {seq - 1} are"
            self.problems.append(f"{missing} missing.")
        elif bytes(row["previous_hash"]) != self.hash:
            self.problems.append(f"Entry {seq} does not follow entry {seq - 1}.")
        if entry_hash({**row, "data": _canonical(json.loads(row["data"]))}) != bytes(row["hash"]):
            self.problems.append(f"Entry {seq} was altered.")
        self.seq, self.hash = seq, bytes(row["hash"])


def entry_hash(row: Mapping[str, Any]) -> bytes:
    """Hash all columns of an entry, the hash before it included; ``data`` is canonical JSON."""
    fields: Sequence[str] = (
        "shopwright audit 1",
        str(row["store_id"]),
        str(row["id"]),
        str(row["seq"]),
        row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        row["actor_kind"],
        "" if row["actor_id"] is None else str(row["actor_id"]),
        row["actor_label"],
        row["action"],
        row["subject_kind"],
        row["subject_id"],
        row["data"],
        row["request_id"],
        bytes(row["previous_hash"]).hex(),
    )
    # A JSON list keeps the borders between fields, which plain concatenation would not.
    return sha256(_canonical(fields).encode()).digest()


def _canonical(value: Any) -> str:
    """Write JSON in one way only: sorted keys, no spaces, no escapes that need not be."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> Any:  # one answer a kind of value
    """Reduce a value to JSON that PostgreSQL gives back as it was; fractions, which it rewrites, as text."""
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return _plain(value.value)
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {_clean(str(key)): _plain(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted((_plain(item) for item in value), key=str)
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return _clean(str(value))


def _clean(words: str) -> str:
    """Replace what PostgreSQL cannot store: NUL and halves of surrogate pairs."""
    return words.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _loaded(data: str) -> dict[str, Any]:
    return {"data": json.loads(data)}
