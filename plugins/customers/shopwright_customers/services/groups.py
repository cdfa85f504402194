# SPDX-License-Identifier: Apache-2.0
"""Customer groups: a customer may be in several, and the one with the highest priority comes first."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright_customers.api import GroupInfo
from shopwright_customers.services import records
from shopwright_customers.services.records import SUBJECT

EDIT = "customers.group.edit"
KIND = "customers.group"
"""The kind of subject of the audit log."""
_ALL = "SELECT id, code, title, priority FROM customers_group ORDER BY priority DESC, code"
_SAVED = """
SELECT g.id, g.code, g.title, g.priority, g.version, (SELECT count(*) FROM customers_membership m
    WHERE m.store_id = g.store_id AND m.group_id = g.id) AS members
FROM customers_group g WHERE $1::uuid IS NULL OR g.id = $1 ORDER BY g.priority DESC, g.code
"""
_CODES = """
SELECT g.code FROM customers_membership m JOIN customers_group g ON g.store_id = m.store_id AND g.id = m.group_id
WHERE m.customer_id = $1 ORDER BY g.priority DESC, g.code
"""
_INSERT = text("""
INSERT INTO customers_group (store_id, id, code, title, priority) VALUES (:store_id, :id, :code, :title, :priority)
""")
_LOCK = text("SELECT code, version FROM customers_group WHERE id = :id FOR UPDATE")
_UPDATE = text("""
UPDATE customers_group SET code = :code, title = :title, priority = :priority, version = version + 1 WHERE id = :id
""")
_DELETE = text("DELETE FROM customers_group WHERE id = :id")
_KNOWN = text("SELECT code FROM customers_group")
_LEAVE = text("DELETE FROM customers_membership WHERE customer_id = :customer_id")
_JOIN = text("""
INSERT INTO customers_membership (store_id, customer_id, group_id)
SELECT store_id, :customer_id, id FROM customers_group WHERE code = ANY(:codes)
""")


@dataclass(frozen=True, slots=True)
class SavedGroup:
    """A group with the version to change it by, and how many customers are in it."""

    id: UUID
    code: str
    title: str
    priority: int
    version: int
    members: int


async def all_groups(ctx: Context) -> tuple[GroupInfo, ...]:
    return tuple(GroupInfo(*row) for row in await ctx.fetch_rows(_ALL))


async def saved(ctx: Context) -> list[SavedGroup]:
    """Give the groups with how many customers are in each."""
    return [SavedGroup(*row) for row in await ctx.fetch_rows(_SAVED, None)]


async def get(ctx: Context, group_id: UUID) -> SavedGroup:
    """Give one group.

    Raises:
        NotFound: there is no such group in this store.
    """
    rows = await ctx.fetch_rows(_SAVED, group_id)
    if not rows:
        raise _missing()
    return SavedGroup(*rows[0])


async def codes_of(ctx: Context, customer_id: UUID) -> tuple[str, ...]:
    return tuple(row["code"] for row in await ctx.fetch_rows(_CODES, customer_id))


async def create(ctx: Context, *, code: str, title: str, priority: int) -> UUID:
    """Add a group.

    Raises:
        Invalid: another group has the code.
    """
    ctx.require(EDIT)
    group_id = new_id()
    values = {"store_id": ctx.store.id, "id": group_id, "code": code, "title": title, "priority": priority}

    async def work(session: AsyncSession) -> None:
        await session.execute(_INSERT, values)
        await ctx.audit(session, "customers.group_created", subject=(KIND, group_id), data=_plain(values))

    await _unless_taken(ctx, work)
    return group_id


async def update(ctx: Context, group_id: UUID, version: int, *, code: str, title: str, priority: int) -> None:
    """Change a group.

    Raises:
        Invalid: another group has the code.
        NotFound, Conflict: it is gone, or somebody else changed it meanwhile.
    """
    ctx.require(EDIT)
    values = {"id": group_id, "code": code, "title": title, "priority": priority}

    async def work(session: AsyncSession) -> None:
        await _locked(session, group_id, version)
        await session.execute(_UPDATE, values)
        await ctx.audit(session, "customers.group_changed", subject=(KIND, group_id), data=_plain(values))

    await _unless_taken(ctx, work)


async def delete(ctx: Context, group_id: UUID, version: int) -> None:
    """Remove a group; its customers stay.

    Raises:
        NotFound, Conflict: it is gone, or somebody else changed it meanwhile.
    """
    ctx.require(EDIT)

    async def work(session: AsyncSession) -> None:
        code = await _locked(session, group_id, version)
        await session.execute(_DELETE, {"id": group_id})
        await ctx.audit(session, "customers.group_removed", subject=(KIND, group_id), data={"code": code})

    await ctx.run(work)


async def put_into(ctx: Context, customer_id: UUID, codes: Sequence[str]) -> None:
    """Put a customer into these groups and no others.

    Raises:
        NotFound: there is no such customer in this store.
        Invalid: there is no such group; names the field and the code.
    """
    ctx.require(records.EDIT)
    wanted = sorted(set(codes))

    async def work(session: AsyncSession) -> None:
        await records.require(session, customer_id)
        known = set((await session.scalars(_KNOWN)).all())
        if missing := [code for code in wanted if code not in known]:
            message = ctx.gettext("There is no group “%(code)s”.", code=missing[0])
            raise Invalid(message, errors=[FieldError("/groups", "unknown_group", message)])
        await session.execute(_LEAVE, {"customer_id": customer_id})
        await session.execute(_JOIN, {"customer_id": customer_id, "codes": wanted})
        data = {"groups": wanted}
        await ctx.audit(session, "customers.groups_set", subject=(SUBJECT, customer_id), data=data)

    await ctx.run(work)


async def _locked(session: AsyncSession, group_id: UUID, version: int) -> str:
    row = (await session.execute(_LOCK, {"id": group_id})).one_or_none()
    if row is None:
        raise _missing()
    if row.version != version:
        message = translatable("Somebody else changed this meanwhile. Look at it again, then save.")
        raise Conflict(message, code="version_conflict", extra={"version": row.version})
    return str(row.code)


async def _unless_taken(ctx: Context, work: Callable[[AsyncSession], Awaitable[None]]) -> None:
    try:
        await ctx.run(work)
    except IntegrityError:
        message = translatable("Another group has this code.")
        raise Invalid(message, errors=[FieldError("/code", "taken", message)]) from None


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("code", "title", "priority")}


def _missing() -> NotFound:
    return NotFound(translatable("There is no such group."))
