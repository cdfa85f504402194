# SPDX-License-Identifier: Apache-2.0
"""What discounts know of a person: the offers they have used, kept for the limits per customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context

_USED = """
SELECT p.code, p.title, max(u.uses) AS uses FROM discounts_person u
JOIN discounts_promotion p ON p.store_id = u.store_id AND p.id = u.promotion_id
WHERE u.who = ANY($1::text[]) GROUP BY p.code, p.title ORDER BY p.code
"""
_FORGET = text("DELETE FROM discounts_person WHERE who = ANY(CAST(:people AS text[])) RETURNING 1")
_UNNAME = text("""
UPDATE discounts_redemption SET people = ARRAY(SELECT x FROM unnest(people) AS x
    WHERE x <> ALL(CAST(:people AS text[])))
WHERE people && CAST(:people AS text[]) RETURNING 1
""")


class Person(Protocol):
    """Whom the plugin ``customers`` asks about; ``email`` is empty when it counts for nothing."""

    customer_id: UUID | None
    email: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a person's copy of their data."""

    code: str
    title: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased of a person."""

    code: str
    title: str
    number: int
    action: str = "erased"
    reason: str = ""


def people_of(customer_id: UUID | None, email: str) -> list[str]:
    """Name a person as uses are counted: by account and by e-mail address."""
    by_email = [f"email:{email.strip().lower()}"] if email.strip() else []
    return [*([f"customer:{customer_id}"] if customer_id else []), *by_email]


async def sections(ctx: Context, person: Person) -> Sequence[Section]:
    """Give the offers a person has used whose uses are counted by customer."""
    rows = await ctx.fetch_rows(_USED, people_of(person.customer_id, person.email))
    return [Section("discounts.uses", ctx.gettext("Discounts"), [dict(row) for row in rows])] if rows else []


async def forget(ctx: Context, session: AsyncSession, person: Person) -> Sequence[Erased]:
    """Forget who used what; how often it was used stays counted."""
    people = {"people": people_of(person.customer_id, person.email)}
    number = len((await session.execute(_FORGET, people)).all())
    number += len((await session.execute(_UNNAME, people)).all())
    return [Erased("discounts.uses", ctx.gettext("Discounts"), number)]
