# SPDX-License-Identifier: Apache-2.0
"""Saving price lists; each change checks the version the person saw."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.money import CURRENCIES
from shopwright_pricing.services import touch
from shopwright_pricing.services.lists import AUDIENCES, TAG_OF, ListInput
from shopwright_pricing.services.rounding import RULES

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
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_TAG = re.compile(r"[^\s:,]{1,80}")


@dataclass(frozen=True, slots=True)
class _Rule:
    pointer: str
    is_broken: bool
    message: str


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


def _rules(new: ListInput) -> Iterator[_Rule]:
    codes, percent = new.audience_codes, new.percent
    ppm = percent * 10_000 if percent is not None and percent.is_finite() else None
    out_of_range = percent is not None and (
        ppm is None or not 0 <= ppm <= 10_000_000 or ppm != ppm.to_integral_value()
    )
    naive = any(x is not None and x.tzinfo is None for x in (new.starts_at, new.ends_at))
    yield _Rule(
        "/code",
        not _CODE.fullmatch(new.code),
        translatable("Use a-z, 0-9, - and _, up to 40 letters, like summer-sale."),
    )
    yield _Rule(
        "/title",
        not 1 <= len(new.title.strip()) <= 80,
        translatable("Give the list a name of up to 80 letters."),
    )
    yield _Rule(
        "/currency",
        new.currency not in CURRENCIES,
        translatable("Use a currency by its three letters, like EUR."),
    )
    yield _Rule(
        "/priority", not 0 <= new.priority <= 1000, translatable("Give a whole number from 0 to 1000.")
    )
    yield _Rule("/starts_at", naive, translatable("Give a time with its time zone."))
    yield _Rule(
        "/ends_at",
        not naive and _ends_early(new.starts_at, new.ends_at),
        translatable("The end must be after the start."),
    )
    yield _Rule(
        "/audience",
        new.audience not in AUDIENCES,
        translatable("Use everybody, groups, companies or customer."),
    )
    yield _Rule(
        "/audience_codes",
        (new.audience == "everybody") == bool(codes) or (new.audience == "customer" and len(codes) > 1),
        translatable(
            "Name whom the list is for: groups, companies or one customer; nobody when it is for everybody."
        ),
    )
    yield _Rule(
        "/audience_codes",
        len(codes) > 200 or not all(_TAG.fullmatch(x) for x in codes),
        translatable("Give up to 200 codes without spaces, colons and commas."),
    )
    yield _Rule(
        "/market", bool(new.market) and not _CODE.fullmatch(new.market), translatable("Use a market's code.")
    )
    yield _Rule("/percent", out_of_range, translatable("Give 0 to 1000 with at most four decimals."))
    yield _Rule("/rounding", new.rounding not in RULES, translatable("Use none, 5, 10 or 99."))


def _ends_early(starts_at: datetime | None, ends_at: datetime | None) -> bool:
    return starts_at is not None and ends_at is not None and ends_at <= starts_at


def _columns(ctx: Context, new: ListInput) -> dict[str, Any]:
    errors: dict[str, FieldError] = {}
    for rule in _rules(new):
        if rule.is_broken:
            errors.setdefault(rule.pointer, FieldError(rule.pointer, "invalid", rule.message))
    if errors:
        raise Invalid(errors=list(errors.values()))
    prefix = TAG_OF.get(new.audience, "")
    return {name: getattr(new, name) for name in _COLUMNS if hasattr(new, name)} | {
        "store_id": ctx.store.id,
        "title": new.title.strip(),
        "audience_tags": [f"{prefix}:{code}" for code in dict.fromkeys(new.audience_codes)],
        "percent_ppm": None if new.percent is None else int(new.percent * 10_000),
    }


def _plain(new: ListInput) -> dict[str, Any]:
    return {name: str(value) for name, value in asdict(new).items() if name != "audience_codes"}
