# SPDX-License-Identifier: Apache-2.0
"""What transfers and deliveries have in common: lines of variants, locations by code, versions and states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid
from shopwright.i18n import translatable
from shopwright_catalog import api as catalog

MOST = 1_000_000
"""The most of a variant that one line may say."""
MAX_LINES = 500
REFERENCE_MOST, NOTE_MOST = 80, 500

_LOCATIONS = text("SELECT code, id FROM inventory_location WHERE code = ANY(CAST(:codes AS text[]))")


@dataclass(frozen=True, slots=True)
class LineInput:
    """How many of a variant are meant."""

    variant_id: UUID
    quantity: int


async def errors_of(ctx: Context, lines: Sequence[LineInput], *, least: int = 1) -> list[FieldError]:
    """Give what is wrong with lines, by their place in the list."""
    if not lines:
        message = translatable("Add at least one item.")
        return [FieldError("/lines", "required", message)]
    if len(lines) > MAX_LINES:
        message = translatable("Use 500 lines at most.")
        return [FieldError("/lines", "too_long", message)]
    known = await catalog.variants(ctx, [line.variant_id for line in lines])
    errors, seen = [], set[UUID]()
    for n, line in enumerate(lines):
        variant = known.get(line.variant_id)
        if variant is None:
            message = translatable("There is no such variant.")
            errors.append(FieldError(f"/lines/{n}/variant_id", "unknown", message))
        elif not variant.stocked:
            message = translatable("This never lies in stock, so it cannot be moved.")
            errors.append(FieldError(f"/lines/{n}/variant_id", "not_stocked", message))
        elif line.variant_id in seen:
            message = translatable("This item is in another line already.")
            errors.append(FieldError(f"/lines/{n}/variant_id", "repeated", message))
        if not least <= line.quantity <= MOST:
            message = translatable("Give a whole number up to 1,000,000.")
            errors.append(FieldError(f"/lines/{n}/quantity", "out_of_range", message))
        seen.add(line.variant_id)
    return errors


def text_errors(**texts: tuple[str, int]) -> list[FieldError]:
    """Give what is wrong with texts that have a most of letters."""
    message = translatable("This is too long.")
    return [
        FieldError(f"/{name}", "too_long", message)
        for name, (value, most) in texts.items()
        if len(value) > most
    ]


async def places(session: AsyncSession, codes: Mapping[str, str]) -> dict[str, UUID]:
    """Give the ids of locations by the names of the fields that hold their codes.

    Raises:
        Invalid: there is no such location.
    """
    rows = (await session.execute(_LOCATIONS, {"codes": list(codes.values())})).all()
    known = {row.code: UUID(str(row.id)) for row in rows}
    message = translatable("There is no such location.")
    errors = [
        FieldError(f"/{field}", "unknown", message) for field, code in codes.items() if code not in known
    ]
    if errors:
        raise Invalid(errors=errors)
    return {field: known[code] for field, code in codes.items()}


def check_version(row: Any, version: int | None) -> None:
    """Refuse when somebody was faster than the one who saw this version.

    Raises:
        Conflict: with the version that is there now.
    """
    if version is not None and row.version != version:
        raise Conflict(
            translatable("Somebody changed this meanwhile. Look at it again before you go on."),
            code="version_conflict",
            extra={"version": row.version},
        )
