# SPDX-License-Identifier: Apache-2.0
"""Saving a tax rate; a place and category has one."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.ids import new_id

_SAVE = text("""
INSERT INTO tax_rate AS r (store_id, id, country, region, category, label, rate_ppm)
VALUES (:store_id, :id, :country, :region, :category, :label, :rate_ppm)
ON CONFLICT (store_id, country, region, category) DO UPDATE SET label = excluded.label,
    rate_ppm = excluded.rate_ppm, version = r.version + 1
RETURNING id
""")


async def save(
    ctx: Context,
    session: AsyncSession,
    *,
    country: str,
    percent: Decimal,
    label: str,
    region: str = "",
    category: str = "standard",
) -> UUID:
    """Create or replace the rate of a place and category.

    Raises:
        Invalid: names the field and what is accepted.
    """
    errors = []
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        errors.append(FieldError("/country", "unknown", "Use the two letters of a country, like DE."))
    ppm = percent * 10_000
    if not 0 <= percent <= 100 or ppm != ppm.to_integral_value():
        errors.append(FieldError("/percent", "out_of_range", "Give 0 to 100 with at most four decimals."))
    if not label.strip():
        errors.append(FieldError("/label", "required", "Give the tax a name, like VAT."))
    if errors:
        raise Invalid(errors=errors)
    row = await session.execute(
        _SAVE,
        {
            "store_id": ctx.store.id, "id": new_id(), "country": country.upper(), "region": region,
            "category": category or "standard", "label": label.strip(), "rate_ppm": int(ppm),
        },
    )  # fmt: skip
    return UUID(str(row.scalar_one()))
