# SPDX-License-Identifier: Apache-2.0
"""Segments as they are saved: conditions by kind, checked against the kinds this store has."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import orjson
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright_customers.api import Condition, SegmentInfo
from shopwright_customers.hookspecs import customer_conditions
from shopwright_customers.services.groups import EDIT

KIND = "customers.segment"
"""The kind of subject of the audit log."""
MOST = 20
"""Conditions of one segment."""
_SAVED = "SELECT id, code, title, match, conditions::text, version FROM customers_segment"
_INSERT = text("""
INSERT INTO customers_segment (store_id, id, code, title, match, conditions)
VALUES (:store_id, :id, :code, :title, :match, CAST(:conditions AS jsonb))
""")
_LOCK = text("SELECT conditions::text, version FROM customers_segment WHERE id = :id FOR UPDATE")
_UPDATE = text("""
UPDATE customers_segment SET code = :code, title = :title, match = :match,
    conditions = CAST(:conditions AS jsonb), version = version + 1 WHERE id = :id
""")
_DELETE = text("DELETE FROM customers_segment WHERE id = :id")


@dataclass(frozen=True, slots=True)
class SavedSegment:
    """A segment with the version to change it by."""

    id: UUID
    code: str
    title: str
    match: Literal["all", "any"]
    conditions: tuple[Condition, ...]
    version: int

    def info(self) -> SegmentInfo:
        return SegmentInfo(self.id, self.code, self.title, self.match, self.conditions)


async def saved(ctx: Context) -> list[SavedSegment]:
    """Give the store's segments, by code."""
    return [_segment(row) for row in await ctx.fetch_rows(f"{_SAVED} ORDER BY code")]


async def by_code(ctx: Context, code: str) -> SavedSegment | None:
    rows = await ctx.fetch_rows(f"{_SAVED} WHERE code = $1", code)
    return _segment(rows[0]) if rows else None


async def get(ctx: Context, segment_id: UUID) -> SavedSegment:
    """Give one segment.

    Raises:
        NotFound: there is no such segment in this store.
    """
    rows = await ctx.fetch_rows(f"{_SAVED} WHERE id = $1", segment_id)
    if not rows:
        raise _missing()
    return _segment(rows[0])


async def create(
    ctx: Context, *, code: str, title: str, match: str, conditions: Sequence[Condition] = ()
) -> UUID:
    """Add a segment.

    Raises:
        Invalid: another segment has the code, or a condition cannot be used; names the field.
    """
    ctx.require(EDIT)
    segment_id, checked = new_id(), _checked(ctx, conditions, ())
    values = {"store_id": ctx.store.id, "id": segment_id, "code": code, "title": title, "match": match}

    async def work(session: AsyncSession) -> None:
        await session.execute(_INSERT, {**values, "conditions": _text(checked)})
        data = {"code": code, "conditions": len(checked)}
        await ctx.audit(session, "customers.segment_created", subject=(KIND, segment_id), data=data)

    await _unless_taken(ctx, work)
    return segment_id


async def update(
    ctx: Context,
    segment_id: UUID,
    version: int,
    *,
    code: str,
    title: str,
    match: str,
    conditions: Sequence[Condition],
) -> None:
    """Replace a segment. A condition that is saved already stays usable when its kind is gone meanwhile.

    Raises:
        Invalid: another segment has the code, or a condition cannot be used; names the field.
        NotFound, Conflict: it is gone, or somebody else changed it meanwhile.
    """
    ctx.require(EDIT)
    values = {"id": segment_id, "code": code, "title": title, "match": match}

    async def work(session: AsyncSession) -> None:
        kept = await _locked(session, segment_id, version)
        checked = _checked(ctx, conditions, kept)
        await session.execute(_UPDATE, {**values, "conditions": _text(checked)})
        data = {"code": code, "conditions": len(checked)}
        await ctx.audit(session, "customers.segment_changed", subject=(KIND, segment_id), data=data)

    await _unless_taken(ctx, work)


async def delete(ctx: Context, segment_id: UUID, version: int) -> None:
    """Remove a segment; its customers stay.

    Raises:
        NotFound, Conflict: it is gone, or somebody else changed it meanwhile.
    """
    ctx.require(EDIT)

    async def work(session: AsyncSession) -> None:
        await _locked(session, segment_id, version)
        await session.execute(_DELETE, {"id": segment_id})
        await ctx.audit(session, "customers.segment_removed", subject=(KIND, segment_id))

    await ctx.run(work)


def _checked(
    ctx: Context, conditions: Sequence[Condition], kept: Collection[Condition]
) -> tuple[Condition, ...]:
    if len(conditions) > MOST:
        message = ctx.gettext("Use at most %(most)s conditions.", most=MOST)
        raise Invalid(message, errors=[FieldError("/conditions", "too_many", message)])
    return tuple(c if c in kept else _usable(ctx, place, c) for place, c in enumerate(conditions))


def _usable(ctx: Context, place: int, condition: Condition) -> Condition:
    kind = ctx.hooks.registered(customer_conditions).get(condition.code)
    if kind is None:
        message = ctx.gettext("There is no kind of condition “%(code)s” in this store.", code=condition.code)
        raise Invalid(message, errors=[FieldError(f"/conditions/{place}/code", "unknown_kind", message)])
    try:
        values = kind.values.model_validate(dict(condition.values))
    except ValidationError as error:
        errors = [
            FieldError(
                "/".join([f"/conditions/{place}/values", *map(str, problem["loc"])]),
                problem["type"],
                problem["msg"].removeprefix("Value error, "),
            )
            for problem in error.errors(include_url=False)
        ]
        raise Invalid(errors[0].message, errors=errors) from None
    return Condition(condition.code, values.model_dump(mode="json"), condition.negated)


async def _locked(session: AsyncSession, segment_id: UUID, version: int) -> tuple[Condition, ...]:
    row = (await session.execute(_LOCK, {"id": segment_id})).one_or_none()
    if row is None:
        raise _missing()
    if row.version != version:
        message = translatable("Somebody else changed this meanwhile. Look at it again, then save.")
        raise Conflict(message, code="version_conflict", extra={"version": row.version})
    return _conditions(row.conditions)


async def _unless_taken(ctx: Context, work: Callable[[AsyncSession], Awaitable[None]]) -> None:
    try:
        await ctx.run(work)
    except IntegrityError:
        message = translatable("Another segment has this code.")
        raise Invalid(message, errors=[FieldError("/code", "taken", message)]) from None


def _text(conditions: Sequence[Condition]) -> str:
    return orjson.dumps(conditions).decode()


def _conditions(text: str) -> tuple[Condition, ...]:
    return tuple(Condition(**each) for each in orjson.loads(text))


def _segment(row: Any) -> SavedSegment:
    return SavedSegment(
        row["id"], row["code"], row["title"], row["match"], _conditions(row["conditions"]), row["version"]
    )


def _missing() -> NotFound:
    return NotFound(translatable("There is no such segment."))
