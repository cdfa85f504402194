# SPDX-License-Identifier: Apache-2.0
"""Whether a customer may be sent news and offers, with proof: when, how, in which words, from where, by whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright_customers.services import records

Source = Literal["sign-up", "account", "staff"]
_OF = """
SELECT given, words, source, remote, actor, at FROM customers_consent WHERE customer_id = $1 ORDER BY id DESC LIMIT 100
"""
WILLING = """
SELECT customer_id FROM (SELECT DISTINCT ON (customer_id) customer_id, given FROM customers_consent
    WHERE customer_id = ANY($1) ORDER BY customer_id, id DESC) latest WHERE given = $2
"""
_LATEST = text(
    "SELECT given FROM customers_consent WHERE customer_id = :customer_id ORDER BY id DESC LIMIT 1"
)
_INSERT = text("""
INSERT INTO customers_consent (store_id, id, customer_id, given, words, source, remote, actor, at)
VALUES (:store_id, :id, :customer_id, :given, :words, :source, :remote, :actor, :at)
""")


@dataclass(frozen=True, slots=True)
class Consent:
    """One decision: given or taken back; ``words`` are those that stood beside the box."""

    given: bool
    words: str
    source: str
    remote: str
    actor: str
    at: datetime


def words(ctx: Context) -> str:
    """Give what customers agree to, in their language."""
    return ctx.gettext(
        "%(store)s may send me news and offers by e-mail. I can take this back at any time.",
        store=ctx.store.name,
    )


async def of_customer(ctx: Context, customer_id: UUID) -> list[Consent]:
    """Give a customer's decisions, the latest first."""
    return [Consent(*row) for row in await ctx.fetch_rows(_OF, customer_id)]


async def willing(ctx: Context, customer_ids: Collection[UUID]) -> frozenset[UUID]:
    """Give those of the customers whose latest decision is that they want news and offers."""
    return frozenset(row["customer_id"] for row in await ctx.fetch_rows(WILLING, list(customer_ids), True))


async def record(
    ctx: Context, session: AsyncSession, customer_id: UUID, *, given: bool, source: Source
) -> bool:
    """Write a decision down unless it is the one that holds; tells whether it was written."""
    latest = await session.scalar(_LATEST, {"customer_id": customer_id})
    if given == bool(latest):
        return False
    values = {
        "store_id": ctx.store.id, "id": new_id(), "customer_id": customer_id, "given": given, "words": words(ctx),
        "source": source, "remote": ctx.visit.remote if ctx.visit else "", "actor": ctx.actor.kind,
        "at": ctx.clock.now(),
    }  # fmt: skip
    await session.execute(_INSERT, values)
    return True


async def decide(ctx: Context, *, given: bool) -> None:
    """Write down what the customer who acts wants."""
    own = await records.own(ctx)

    async def work(session: AsyncSession) -> None:
        await records.require(session, own.id)
        await record(ctx, session, own.id, given=given, source="account")

    await ctx.run(work)


async def stop(ctx: Context, customer_id: UUID) -> None:
    """Take a customer's consent back for them, as staff do when somebody calls; giving it is theirs alone.

    Raises:
        NotFound: there is no such customer in this store.
    """
    ctx.require(records.EDIT)

    async def work(session: AsyncSession) -> None:
        await records.require(session, customer_id)
        if await record(ctx, session, customer_id, given=False, source="staff"):
            await ctx.audit(session, "customers.consent_stopped", subject=(records.SUBJECT, customer_id))

    await ctx.run(work)
