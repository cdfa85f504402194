# SPDX-License-Identifier: Apache-2.0
"""Saving tax rates. A place and category has one from a day on; each change checks the version the person saw."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.ids import new_id
from shopwright_tax.services.rates import memory_of

_SAVE = text("""
INSERT INTO tax_rate AS r (store_id, id, country, region, category, label, rate_ppm, valid_from)
VALUES (:store_id, :id, :country, :region, :category, :label, :rate_ppm, :valid_from)
ON CONFLICT (store_id, country, region, category, valid_from) DO UPDATE SET label = excluded.label,
    rate_ppm = excluded.rate_ppm, version = r.version + 1
RETURNING id
""")
_CREATE = text("""
INSERT INTO tax_rate (store_id, id, country, region, category, label, rate_ppm, valid_from)
VALUES (:store_id, :id, :country, :region, :category, :label, :rate_ppm, :valid_from)
ON CONFLICT (store_id, country, region, category, valid_from) DO NOTHING RETURNING id
""")
_LOCK = text("SELECT country, region, category, version FROM tax_rate WHERE id = :id FOR UPDATE")
_TAKEN = text("""
SELECT 1 FROM tax_rate WHERE country = :country AND region = :region AND category = :category
    AND valid_from = :valid_from AND id <> :id
""")
_UPDATE = text("""
UPDATE tax_rate SET country = :country, region = :region, category = :category, label = :label,
    rate_ppm = :rate_ppm, valid_from = :valid_from, version = version + 1 WHERE id = :id
""")
_DELETE = text("DELETE FROM tax_rate WHERE id = :id")


@dataclass(frozen=True, slots=True)
class RateInput:
    """A rate to save. ``percent`` takes up to four decimals; an empty region is the whole country."""

    country: str
    percent: Decimal
    label: str
    region: str = ""
    category: str = "standard"
    valid_from: date | None = None
    """The first day it holds; None: for ever."""


async def save(ctx: Context, session: AsyncSession, rate: RateInput) -> UUID:
    """Create or replace the rate of a place and category.

    Raises:
        Invalid: names the field and what is accepted.
    """
    row = await session.execute(_SAVE, _columns(ctx, rate) | {"id": new_id()})
    await memory_of(ctx).changed(ctx, session)
    return UUID(str(row.scalar_one()))


async def create(ctx: Context, rate: RateInput) -> UUID:
    """Add a rate.

    Raises:
        Invalid, Conflict: a field is wrong, or the place and category has a rate already.
    """
    columns = _columns(ctx, rate) | {"id": new_id()}

    async def work(session: AsyncSession) -> UUID:
        made = (await session.execute(_CREATE, columns)).scalar_one_or_none()
        if made is None:
            raise _taken()
        await _noted(ctx, session, "tax.rate_created", made, _plain(rate))
        return UUID(str(made))

    made = await ctx.run(work)
    memory_of(ctx).forget(ctx.store.id)
    return made


async def update(ctx: Context, rate_id: UUID, version: int, rate: RateInput) -> None:
    """Change a rate.

    Raises:
        Invalid, NotFound, Conflict: also when somebody else changed the rate meanwhile.
    """
    columns = _columns(ctx, rate) | {"id": rate_id}

    async def work(session: AsyncSession) -> None:
        await _lock(session, rate_id, version)
        if (await session.execute(_TAKEN, columns)).one_or_none():
            raise _taken()
        await session.execute(_UPDATE, columns)
        await _noted(ctx, session, "tax.rate_changed", rate_id, _plain(rate))

    await ctx.run(work)
    memory_of(ctx).forget(ctx.store.id)


async def delete(ctx: Context, rate_id: UUID, version: int) -> None:
    """Remove a rate; orders keep the taxes they were placed with."""

    async def work(session: AsyncSession) -> None:
        await _lock(session, rate_id, version)
        await session.execute(_DELETE, {"id": rate_id})
        await _noted(ctx, session, "tax.rate_deleted", rate_id, {})

    await ctx.run(work)
    memory_of(ctx).forget(ctx.store.id)


async def _noted(
    ctx: Context, session: AsyncSession, action: str, rate_id: UUID, data: dict[str, Any]
) -> None:
    await ctx.audit(session, action, subject=("tax.rate", rate_id), data=data)
    await memory_of(ctx).changed(ctx, session)
    await ctx.kernel.events.invalidate(ctx, session, ["*"])


async def _lock(session: AsyncSession, rate_id: UUID, version: int) -> None:
    row = (await session.execute(_LOCK, {"id": rate_id})).one_or_none()
    if row is None:
        raise NotFound("There is no such tax rate.")
    if row.version != version:
        raise Conflict(
            "The tax rate was changed meanwhile. Look at it again before you save.",
            code="version_conflict",
            extra={"version": row.version},
        )


def _taken() -> Conflict:
    message = "This place and category has a rate from this day on already. Change that one."
    return Conflict(message, code="rate_exists", errors=[FieldError("/category", "taken", message)])


def _columns(ctx: Context, rate: RateInput) -> dict[str, Any]:
    errors = []
    country = rate.country.strip().upper()
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        errors.append(FieldError("/country", "unknown", "Use the two letters of a country, like DE."))
    ppm = rate.percent * 10_000
    if not rate.percent.is_finite() or not 0 <= rate.percent <= 100 or ppm != ppm.to_integral_value():
        errors.append(FieldError("/percent", "out_of_range", "Give 0 to 100 with at most four decimals."))
    if not rate.label.strip() or len(rate.label) > 80:
        errors.append(FieldError("/label", "required", "Give the tax a name of up to 80 letters, like VAT."))
    if len(rate.region) > 40 or len(rate.category) > 40:
        errors.append(FieldError("/region", "too_long", "A region or category has up to 40 letters."))
    if errors:
        raise Invalid(errors=errors)
    return {
        "store_id": ctx.store.id,
        "country": country,
        "region": rate.region.strip().upper(),
        "category": rate.category.strip() or "standard",
        "label": rate.label.strip(),
        "rate_ppm": int(ppm),
        "valid_from": rate.valid_from or date.min,
    }


def _plain(rate: RateInput) -> dict[str, Any]:
    return {name: str(value) for name, value in asdict(rate).items()}
