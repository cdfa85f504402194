# SPDX-License-Identifier: Apache-2.0
"""The pictures of other servers that imports want: each address once in a store, with what became of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jobs import Retry
from shopwright.jsontext import dump
from shopwright_catalog import api as catalog
from shopwright_catalog.api import ImageInput
from shopwright_importer.api import Finding
from shopwright_importer.services.fetch import FetchError

RETRY = Retry(attempts=6, first=10.0, factor=5.0, longest=3600.0)
LEASE = timedelta(minutes=10)
"""After this long somebody else may try: whoever began has died."""

# An address that was refused is tried anew by a later import, not by further rows of the same one.
_WANT = text("""
INSERT INTO importer_picture AS p (store_id, id, address, digest, state, due_at, updated_at)
SELECT store_id, id, address, digest, 'waiting', updated_at, updated_at
FROM jsonb_populate_recordset(NULL::importer_picture, CAST(:rows AS jsonb)) ORDER BY digest
ON CONFLICT (store_id, digest) DO UPDATE SET state = 'waiting', attempts = 0, due_at = excluded.due_at, code = '',
    words = '', values = '{}', updated_at = excluded.updated_at
WHERE p.state = 'refused' AND p.updated_at < :begun
""")
_KNOWN = text("""
SELECT id, address, state, source, width, height FROM importer_picture WHERE digest = ANY(:digests)
""")
_NOTE = text("""
INSERT INTO importer_wanted SELECT * FROM jsonb_populate_recordset(NULL::importer_wanted, CAST(:rows AS jsonb))
ON CONFLICT (store_id, run_id, picture_id) DO NOTHING
""")
_GIVE_UP = text("""
UPDATE importer_picture SET state = 'refused', code = 'picture_failed', words = :words, values = '{}',
    updated_at = :now
WHERE state = 'waiting' AND due_at <= :now AND attempts >= :most
""")
_CLAIM = text("""
UPDATE importer_picture SET attempts = attempts + 1, due_at = :until, updated_at = :now WHERE id = (
    SELECT id FROM importer_picture WHERE state = 'waiting' AND due_at <= :now AND attempts < :most
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, address, attempts
""")
_NEXT = "SELECT min(due_at) FROM importer_picture WHERE state = 'waiting'"
_STORED = text("""
UPDATE importer_picture SET state = 'stored', source = :source, width = :width, height = :height, code = '',
    words = '', values = '{}', updated_at = :now WHERE id = :id
""")
_FAILED = text("""
UPDATE importer_picture SET state = :state, due_at = :due, code = :code, words = :words,
    values = CAST(:values AS jsonb), updated_at = :now WHERE id = :id
""")
_COUNTS = """
SELECT p.state, count(*) AS number FROM importer_wanted w
JOIN importer_picture p ON p.store_id = w.store_id AND p.id = w.picture_id WHERE w.run_id = $1 GROUP BY p.state
"""
_TROUBLED = """
SELECT p.state, w.line, w.handle, p.address, p.code, p.words, p.values FROM importer_wanted w
JOIN importer_picture p ON p.store_id = w.store_id AND p.id = w.picture_id
WHERE w.run_id = $1 AND p.code <> '' ORDER BY w.line, w.id LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A picture that a product names, and the line where it does so first."""

    address: str
    line: int
    handle: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A picture that is being fetched, for the so-manieth time."""

    id: UUID
    address: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of the pictures an import wants are where."""

    waiting: int = 0
    stored: int = 0
    refused: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.stored + self.refused


async def want(
    ctx: Context, session: AsyncSession, run_id: UUID, begun: datetime, wanted: Sequence[Wanted]
) -> bool:
    """Write down what an import wants and place what is stored already; tell whether something is to be fetched."""
    by_digest = {_digest(one.address): one for one in reversed(wanted)}
    if not by_digest:
        return False
    now = ctx.clock.now()
    rows = [
        {
            "store_id": ctx.store.id,
            "id": new_id(),
            "address": one.address,
            "digest": digest,
            "updated_at": now,
        }
        for digest, one in by_digest.items()
    ]
    await session.execute(_WANT, {"rows": dump(rows), "begun": begun})
    found = (await session.execute(_KNOWN, {"digests": list(by_digest)})).all()
    lines = {one.address: one for one in by_digest.values()}
    notes = [
        {
            "store_id": ctx.store.id, "id": new_id(), "run_id": run_id, "picture_id": row.id,
            "line": lines[row.address].line, "handle": lines[row.address].handle,
        }
        for row in found
    ]  # fmt: skip
    await session.execute(_NOTE, {"rows": dump(notes)})
    stored = {
        row.address: ImageInput(row.source, "", 0, row.width, row.height)
        for row in found
        if row.state == "stored"
    }
    await catalog.place_pictures(ctx, session, stored)
    return any(row.state == "waiting" for row in found)


async def give_up(ctx: Context) -> None:
    """Refuse what was begun as often as allowed and never came to an end."""
    words = translatable("%(address)s could not be taken in.")
    values = {"words": words, "now": ctx.clock.now(), "most": RETRY.attempts}
    await ctx.run(lambda session: session.execute(_GIVE_UP, values))


async def claim(ctx: Context) -> Claimed | None:
    """Take the picture that is due longest, so that nobody else fetches it meanwhile."""
    now = ctx.clock.now()
    values = {"now": now, "until": now + LEASE, "most": RETRY.attempts}

    async def work(session: AsyncSession) -> Claimed | None:
        row = (await session.execute(_CLAIM, values)).one_or_none()
        return Claimed(row.id, row.address, row.attempts) if row else None

    return await ctx.run(work)


async def next_due(ctx: Context) -> datetime | None:
    """Tell when the next picture is due; None when none waits."""
    found: datetime | None = await ctx.fetch_value(_NEXT)
    return found


async def stored(ctx: Context, picture: Claimed, image: ImageInput) -> None:
    """Write down that a picture is here, and show it wherever its address was named."""
    values = {"id": picture.id, "source": image.source, "width": image.width, "height": image.height}

    async def work(session: AsyncSession) -> None:
        await session.execute(_STORED, values | {"now": ctx.clock.now()})
        await catalog.place_pictures(ctx, session, {picture.address: image})

    await ctx.run(work)


async def failed(ctx: Context, picture: Claimed, error: FetchError) -> None:
    """Write down why a picture did not come, and when it is tried again, if it is."""
    now = ctx.clock.now()
    is_over = not error.again or picture.attempt >= RETRY.attempts
    values = {
        "id": picture.id, "state": "refused" if is_over else "waiting",
        "due": now + timedelta(seconds=RETRY.delay(picture.attempt)),
        "code": error.code, "words": error.words, "values": dump(error.values), "now": now,
    }  # fmt: skip
    await ctx.run(lambda session: session.execute(_FAILED, values))


async def counts(ctx: Context, run_id: UUID) -> Counts:
    """Count an import's pictures."""
    return Counts(**{row["state"]: row["number"] for row in await ctx.fetch_rows(_COUNTS, run_id)})


async def troubled(ctx: Context, run_id: UUID, limit: int = 1_000_000) -> list[tuple[str, Finding]]:
    """Give the pictures of an import that did not come (yet), each with its state."""
    rows = await ctx.fetch_rows(_TROUBLED, run_id, limit)
    return [
        (
            row["state"],
            Finding(
                row["line"], row["handle"], row["code"], row["words"],
                orjson.loads(row["values"]) | {"address": row["address"]},
            ),
        )
        for row in rows
    ]  # fmt: skip


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()
