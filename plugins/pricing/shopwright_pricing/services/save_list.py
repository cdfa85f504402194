# SPDX-License-Identifier: Apache-2.0
"""Saving price lists; each change checks the version the person saw."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright_pricing.services import touch
from shopwright_pricing.services.check_list import check
from shopwright_pricing.services.lists import TAG_OF, ListInput

_COLUMNS = (
    "code", "title", "currency", "priority", "enabled", "starts_at", "ends_at", "audience", "audience_tags",
    "market", "percent_ppm", "rounding", "shows_before",
)  # fmt: skip
_CREATE = text(f"""
INSERT INTO pricing_list (store_id, id, {", ".join(_COLUMNS)})
VALUES (:store_id, :id, {", ".join(f":{name}" for name in _COLUMNS)})
ON CONFLICT (store_id, code) DO NOTHING RETURNING id
""")
_UPDATE = text(f"""
UPDATE pricing_list SET {", ".join(f"{name} = :{name}" for name in _COLUMNS)}, version = version + 1
WHERE id = :id
""")
_LOCK = text("SELECT version FROM pricing_list WHERE id = :id FOR UPDATE")
_TAKEN = text("SELECT 1 FROM pricing_list WHERE code = :code AND id <> :id")
_HAS_OTHER_PRICES = text("""
SELECT 1 FROM pricing_list l WHERE l.id = :id AND l.currency <> :currency
    AND EXISTS (SELECT 1 FROM pricing_price p WHERE p.store_id = l.store_id AND p.list_id = l.id)
""")
_DELETE = text("DELETE FROM pricing_list WHERE id = :id")


async def create(ctx: Context, new: ListInput) -> UUID:
    """Add a list.

    Raises:
        Invalid, Conflict: a field is wrong, or the code is taken.
    """
    columns = _columns(ctx, new) | {"id": new_id()}

    async def work(session: AsyncSession) -> UUID:
        made = (await session.execute(_CREATE, columns)).scalar_one_or_none()
        if made is None:
            raise _taken()
        await ctx.audit(session, "pricing.list_created", subject=("pricing.list", made), data=_plain(new))
        await _spread(ctx, session, made, touch.Reach(), new)
        return UUID(str(made))

    return await ctx.run(work)


async def update(ctx: Context, list_id: UUID, version: int, changed: ListInput) -> None:
    """Change a list.

    Raises:
        Invalid, NotFound, Conflict: also when somebody else changed the list meanwhile.
    """
    columns = _columns(ctx, changed) | {"id": list_id}

    async def work(session: AsyncSession) -> None:
        await lock(session, list_id, version)
        if (await session.execute(_TAKEN, columns)).one_or_none():
            raise _taken()
        if (await session.execute(_HAS_OTHER_PRICES, columns)).one_or_none():
            message = translatable(
                "The list has prices in another currency. Remove them first, or add another list."
            )
            raise Conflict(message, code="has_prices", errors=[FieldError("/currency", "in_use", message)])
        before = await touch.reach(session, list_id)
        await session.execute(_UPDATE, columns)
        await ctx.audit(
            session, "pricing.list_changed", subject=("pricing.list", list_id), data=_plain(changed)
        )
        await _spread(ctx, session, list_id, before, changed)

    await ctx.run(work)


async def delete(ctx: Context, list_id: UUID, version: int) -> None:
    """Remove a list with its prices; orders keep the prices they were placed with."""

    async def work(session: AsyncSession) -> None:
        await lock(session, list_id, version)
        before = await touch.reach(session, list_id)
        await session.execute(_DELETE, {"id": list_id})
        await ctx.audit(session, "pricing.list_deleted", subject=("pricing.list", list_id))
        await touch.touched(ctx, session, before)

    await ctx.run(work)


async def lock(session: AsyncSession, list_id: UUID, version: int | None) -> None:
    """Lock a list, at the version somebody saw if that is told.

    Raises:
        NotFound, Conflict: it is gone, or has another version.
    """
    row = (await session.execute(_LOCK, {"id": list_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such price list.")
    if version is not None and row.version != version:
        raise Conflict(
            translatable("The price list was changed meanwhile. Look at it again before you save."),
            code="version_conflict",
            extra={"version": row.version},
        )


async def _spread(
    ctx: Context, session: AsyncSession, list_id: UUID, before: touch.Reach, new: ListInput
) -> None:
    await touch.touched(ctx, session, before | await touch.reach(session, list_id))
    await touch.plan(ctx, session, list_id, [new.starts_at, new.ends_at])


def _taken() -> Conflict:
    message = translatable("Another price list has this code. Choose another one.")
    return Conflict(message, code="code_taken", errors=[FieldError("/code", "taken", message)])


def _columns(ctx: Context, new: ListInput) -> dict[str, Any]:
    check(new)
    prefix = TAG_OF.get(new.audience, "")
    return {name: getattr(new, name) for name in _COLUMNS if hasattr(new, name)} | {
        "store_id": ctx.store.id,
        "title": new.title.strip(),
        "audience_tags": [f"{prefix}:{code}" for code in dict.fromkeys(new.audience_codes)],
        "percent_ppm": None if new.percent is None else int(new.percent * 10_000),
    }


def _plain(new: ListInput) -> dict[str, Any]:
    return {name: str(value) for name, value in asdict(new).items() if name != "audience_codes"}
