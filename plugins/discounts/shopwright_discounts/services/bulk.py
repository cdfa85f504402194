# SPDX-License-Identifier: Apache-2.0
"""Codes by the thousand: each used once, none to be guessed, made by a job that tells how far it is."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id

if TYPE_CHECKING:
    from shopwright.jobs import Job
    from shopwright_discounts.jobs import MakeCodes

MOST = 100_000
AT_ONCE = 5_000
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that look alike: 14 of them are 68 bits of chance."""
LENGTH = 14
_PREFIX = re.compile(r"[A-Z0-9-]{0,20}")
_HAS = text("SELECT 1 FROM discounts_promotion WHERE id = :promotion_id")
_CREATE = text("""
INSERT INTO discounts_batch (store_id, id, promotion_id, prefix, wanted, created_at)
VALUES (:store_id, :id, :promotion_id, :prefix, :wanted, :now)
""")
_LOCK = text("SELECT promotion_id, prefix, wanted, made FROM discounts_batch WHERE id = :id FOR UPDATE")
_ADD = text("""
INSERT INTO discounts_coupon (store_id, id, promotion_id, code, limit_total, batch_id, created_at)
SELECT :store_id, x.id, :promotion_id, x.code, 1, :batch_id, :now
FROM unnest(CAST(:ids AS uuid[]), CAST(:codes AS text[])) AS x (id, code)
ON CONFLICT (store_id, code) DO NOTHING RETURNING 1
""")
_MADE = text("UPDATE discounts_batch SET made = made + :made WHERE id = :id")
_LIST = """
SELECT id, promotion_id, prefix, wanted, made, created_at FROM discounts_batch
WHERE promotion_id = $1 AND ($2::uuid IS NULL OR id = $2) ORDER BY id DESC LIMIT 50
"""
_CODES = "SELECT code, uses FROM discounts_coupon WHERE batch_id = $1 ORDER BY id"


@dataclass(frozen=True, slots=True)
class Batch:
    """Codes that were asked for at once, and how many there are by now."""

    id: UUID
    promotion_id: UUID
    prefix: str
    wanted: int
    made: int
    created_at: datetime


async def order(
    ctx: Context,
    job: "Job[MakeCodes]",
    payload: type["MakeCodes"],
    promotion_id: UUID,
    wanted: int,
    prefix: str,
) -> UUID:
    """Ask for codes; a job makes them.

    Raises:
        NotFound: there is no such promotion.
        Invalid: too many or too few, or a beginning that no code can have.
    """
    prefix = "".join(prefix.split()).upper()
    errors = []
    if not 1 <= wanted <= MOST:
        errors.append(FieldError("/wanted", "out_of_range", translatable("Give 1 to 100000.")))
    if not _PREFIX.fullmatch(prefix) or prefix.startswith("-"):
        words = translatable("Use up to 20 letters without accents, digits and -.")
        errors.append(FieldError("/prefix", "pattern", words))
    if errors:
        raise Invalid(errors=errors)
    batch_id = new_id()
    values = {
        "store_id": ctx.store.id, "id": batch_id, "promotion_id": promotion_id, "prefix": prefix, "wanted": wanted,
        "now": ctx.clock.now(),
    }  # fmt: skip

    async def work(session: AsyncSession) -> UUID:
        if (await session.execute(_HAS, {"promotion_id": promotion_id})).one_or_none() is None:
            raise NotFound("There is no such promotion.")
        await session.execute(_CREATE, values)
        data = {"wanted": wanted, "promotion": str(promotion_id)}
        await ctx.audit(session, "discounts.batch_ordered", subject=("discounts.batch", batch_id), data=data)
        await ctx.enqueue(session, job, payload(batch_id))
        return batch_id

    return await ctx.run(work)


async def make(ctx: Context, batch_id: UUID) -> None:
    """Make what is missing of a batch, some thousand at a time; after a crash it goes on where it was."""

    async def work(session: AsyncSession) -> bool:
        batch = (await session.execute(_LOCK, {"id": batch_id})).one_or_none()
        if batch is None or batch.made >= batch.wanted:
            return False
        codes = [code_of(batch.prefix) for _ in range(min(AT_ONCE, batch.wanted - batch.made))]
        values = {
            "store_id": ctx.store.id, "promotion_id": batch.promotion_id, "batch_id": batch_id,
            "ids": [new_id() for _ in codes], "codes": codes, "now": ctx.clock.now(),
        }  # fmt: skip
        made = len((await session.execute(_ADD, values)).all())
        await session.execute(_MADE, {"id": batch_id, "made": made})
        return True

    while await ctx.run(work):
        pass


def code_of(prefix: str) -> str:
    """Make a code that nobody can guess."""
    return prefix + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


async def of_promotion(ctx: Context, promotion_id: UUID, batch_id: UUID | None = None) -> Sequence[Batch]:
    """Give the batches of a promotion, the newest first; or the one with an id."""
    return [Batch(**dict(row)) for row in await ctx.fetch_rows(_LIST, promotion_id, batch_id)]


async def as_csv(ctx: Context, batch: Batch) -> str:
    """Write the codes of a batch, a line each, with how often each was used."""
    rows = await ctx.fetch_rows(_CODES, batch.id)
    return "code,uses\r\n" + "".join(f"{row['code']},{row['uses']}\r\n" for row in rows)
