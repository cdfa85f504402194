# SPDX-License-Identifier: Apache-2.0
"""What staff write down about a customer; customers see it only in an export of their data."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright_customers.services import records
from shopwright_customers.services.records import SUBJECT

_OF = "SELECT id, text, author, at FROM customers_note WHERE customer_id = $1 ORDER BY id DESC LIMIT 200"
_INSERT = text("""
INSERT INTO customers_note (store_id, id, customer_id, text, author, author_id, at)
VALUES (:store_id, :id, :customer_id, :text, :author, :author_id, :at)
""")
_DELETE = text("DELETE FROM customers_note WHERE id = :id AND customer_id = :customer_id RETURNING id")


@dataclass(frozen=True, slots=True)
class Note:
    """A note, who wrote it, and when."""

    id: UUID
    text: str
    author: str
    at: datetime


async def of_customer(ctx: Context, customer_id: UUID) -> list[Note]:
    """Give the notes about a customer, newest first, at most 200."""
    return [Note(*row) for row in await ctx.fetch_rows(_OF, customer_id)]


async def add(ctx: Context, customer_id: UUID, words: str) -> Note:
    """Write something down.

    Raises:
        NotFound: there is no such customer in this store.
    """
    ctx.require(records.EDIT)
    note = Note(new_id(), words, ctx.actor.label, ctx.clock.now())

    async def work(session: AsyncSession) -> None:
        await records.require(session, customer_id)
        values = {
            "store_id": ctx.store.id, "id": note.id, "customer_id": customer_id, "text": note.text,
            "author": note.author, "author_id": ctx.actor.id, "at": note.at,
        }  # fmt: skip
        await session.execute(_INSERT, values)

    await ctx.run(work)
    return note


async def remove(ctx: Context, customer_id: UUID, note_id: UUID) -> None:
    """Remove a note; the audit log keeps that there was one.

    Raises:
        NotFound: there is no such note about this customer.
    """
    ctx.require(records.EDIT)

    async def work(session: AsyncSession) -> None:
        values = {"id": note_id, "customer_id": customer_id}
        if (await session.execute(_DELETE, values)).one_or_none() is None:
            raise NotFound(translatable("There is no such note."))
        await ctx.audit(session, "customers.note_removed", subject=(SUBJECT, customer_id))

    await ctx.run(work)
