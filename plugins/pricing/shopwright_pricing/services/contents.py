# SPDX-License-Identifier: Apache-2.0
"""What is in a variant, and what its unit costs: the price of a kilogram, a litre, a metre."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_pricing.services.keeping import TAG

MOST = 1000
BASES: dict[str, tuple[str, int]] = {
    "kg": ("kg", 1_000_000), "g": ("kg", 1000), "l": ("l", 1_000_000), "ml": ("l", 1000),
    "m": ("m", 1_000_000), "cm": ("m", 10_000), "m2": ("m2", 1_000_000), "piece": ("piece", 1_000_000),
}  # fmt: skip
"""By the unit somebody writes: the one prices are told for, and how many millionths of it that is."""
Unit = Literal["kg", "g", "l", "ml", "m", "cm", "m2", "piece"]
WORDS = {
    "kg": translatable("%(price)s per kg"),
    "l": translatable("%(price)s per l"),
    "m": translatable("%(price)s per m"),
    "m2": translatable("%(price)s per m²"),
    "piece": translatable("%(price)s per piece"),
}

CONTENTS = """
(SELECT coalesce(jsonb_agg(jsonb_build_array(c.variant_id, c.millionths, c.unit)), '[]')
 FROM pricing_content c WHERE c.variant_id = ANY($1))
"""
_PAGE = """
SELECT c.variant_id, c.millionths, c.unit FROM pricing_content c
WHERE $1::uuid IS NULL OR c.variant_id > $1 ORDER BY c.variant_id LIMIT $2
"""
_SET = text("""
INSERT INTO pricing_content AS c (store_id, id, variant_id, product_id, millionths, unit)
SELECT store_id, id, variant_id, product_id, millionths, unit
FROM jsonb_populate_recordset(NULL::pricing_content, CAST(:rows AS jsonb))
ON CONFLICT (store_id, variant_id) DO UPDATE SET millionths = excluded.millionths, unit = excluded.unit
""")
_REMOVE = text("DELETE FROM pricing_content WHERE variant_id = ANY(:ids)")
_MOST_MILLIONTHS = 10**12


@dataclass(frozen=True, slots=True)
class Content:
    """So many millionths of a unit."""

    millionths: int
    unit: str

    @property
    def quantity(self) -> Decimal:
        return Decimal(self.millionths).scaleb(-6).normalize() + 0

    def price_of_unit(self, price: Money) -> Money:
        """Give the price of one unit, rounded half up to the minor unit."""
        amount = (2 * price.amount * 1_000_000 + self.millionths) // (2 * self.millionths)
        return Money(amount, price.currency)


@dataclass(frozen=True, slots=True)
class ContentInput:
    """What is in a variant, as it is written: 250 g; without a quantity it is removed."""

    variant_id: UUID
    quantity: Decimal | None
    unit: Unit = "kg"


@dataclass(frozen=True, slots=True)
class ListedContent:
    """A variant's content with its name, for staff."""

    variant_id: UUID
    sku: str
    title: str
    quantity: Decimal
    unit: str


def read_contents(rows: Sequence[Any]) -> dict[UUID, Content]:
    """Read what ``CONTENTS`` gives."""
    return {UUID(variant_id): Content(millionths, unit) for variant_id, millionths, unit in rows}


async def page(ctx: Context, *, after: UUID | None = None, limit: int = 100) -> list[ListedContent]:
    """Give the contents of variants, from behind a variant on."""
    rows = await ctx.fetch_rows(_PAGE, after, limit)
    infos = await catalog.variants(ctx, [row["variant_id"] for row in rows])
    return [_listed(row, infos) for row in rows]


async def change(ctx: Context, contents: Sequence[ContentInput]) -> None:
    """Set and remove contents of variants, all or none of them.

    Raises:
        Invalid: names the content by its place.
    """
    infos = await catalog.variants(ctx, list({x.variant_id for x in contents}))
    rows = _rows(ctx, contents, infos)
    gone = [x.variant_id for x in contents if x.quantity is None]

    async def work(session: AsyncSession) -> None:
        if gone:
            await session.execute(_REMOVE, {"ids": gone})
        if rows:
            await session.execute(_SET, {"rows": dump(rows)})
        data = {"set": len(rows), "removed": len(gone)}
        await ctx.audit(session, "pricing.contents_changed", subject=("kernel.plugin", "pricing"), data=data)
        tags = sorted({f"catalog.product:{x.product_id}" for x in infos.values()})
        await ctx.kernel.events.invalidate(ctx, session, [TAG, *tags])

    await ctx.run(work)


def _rows(
    ctx: Context, contents: Sequence[ContentInput], infos: Mapping[UUID, catalog.VariantInfo]
) -> list[dict[str, Any]]:
    rows: dict[UUID, dict[str, Any]] = {}
    errors = []
    for index, x in enumerate(contents):
        if x.quantity is None:
            continue
        base, factor = BASES[x.unit]
        millionths = x.quantity * factor if x.quantity.is_finite() else Decimal(0)
        whole = millionths == millionths.to_integral_value()
        if x.variant_id not in infos:
            errors.append(FieldError(f"/contents/{index}/variant_id", "unknown", "There is no such variant."))
        elif not whole or not 0 < millionths <= _MOST_MILLIONTHS:
            words = translatable("Give a quantity above 0 like 250 or 0.75.")
            errors.append(FieldError(f"/contents/{index}/quantity", "out_of_range", words))
        elif x.variant_id in rows:
            words = "The variant is there twice. Leave one of them out."
            errors.append(FieldError(f"/contents/{index}", "twice", words))
        else:
            rows[x.variant_id] = {
                "store_id": ctx.store.id,
                "id": new_id(),
                "variant_id": x.variant_id,
                "product_id": infos[x.variant_id].product_id,
                "millionths": int(millionths),
                "unit": base,
            }
    if errors:
        raise Invalid(errors=errors[:100])
    return list(rows.values())


def _listed(row: Any, infos: Mapping[UUID, catalog.VariantInfo]) -> ListedContent:
    info = infos.get(row["variant_id"])
    name = ("" if info is None else info.product_title, "" if info is None else info.title)
    return ListedContent(
        variant_id=row["variant_id"],
        sku="" if info is None else info.sku,
        title=" – ".join(part for part in name if part),
        quantity=Content(row["millionths"], row["unit"]).quantity,
        unit=row["unit"],
    )
