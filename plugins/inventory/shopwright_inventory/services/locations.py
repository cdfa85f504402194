# SPDX-License-Identifier: Apache-2.0
"""Places where stock lies: adding, changing, and taking them out of use."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright_inventory.services import selling
from shopwright_inventory.services.news import Change, tell
from shopwright_inventory.services.selling import Stocked

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_COLUMNS = ("name", "priority", "active", "country", "postal_code", "latitude", "longitude")
_ADD = text(f"""
INSERT INTO inventory_location (store_id, id, code, {", ".join(_COLUMNS)})
VALUES (:store_id, :id, :code, {", ".join(f":{name}" for name in _COLUMNS)})
ON CONFLICT (store_id, code) DO NOTHING RETURNING id
""")
# All are locked, so that the last one in use stays; counting may go on referring to them in this mode.
_LOCK = text("""
SELECT id, code, active, priority, version FROM inventory_location ORDER BY code FOR NO KEY UPDATE
""")
_UPDATE = text(f"""
UPDATE inventory_location SET {", ".join(f"{name} = :{name}" for name in _COLUMNS)}, version = version + 1
WHERE code = :code
""")
_LIES_HERE = text("SELECT variant_id FROM inventory_level WHERE location_id = :id ORDER BY variant_id")


@dataclass(frozen=True, slots=True)
class LocationInput:
    """A location as staff write it; ``country`` in two capitals or empty, degrees with both numbers or none."""

    name: str
    priority: int = 0
    active: bool = True
    country: str = ""
    postal_code: str = ""
    latitude: float | None = None
    longitude: float | None = None


async def add(ctx: Context, *, code: str, new: LocationInput) -> UUID:
    """Add a location.

    Raises:
        Invalid, Conflict: a field is wrong, or there is a location of this code.
    """
    errors = _errors(new)
    if not _CODE.fullmatch(code):
        message = translatable("Use a lower-case letter first, then letters, digits, - and _, 40 at most.")
        errors.insert(0, FieldError("/code", "pattern", message))
    if errors:
        raise Invalid(errors=errors)

    async def work(session: AsyncSession) -> UUID:
        values = _values(new) | {"store_id": ctx.store.id, "id": new_id(), "code": code}
        made = (await session.execute(_ADD, values)).scalar_one_or_none()
        if made is None:
            message = translatable("There is a location of this code already.")
            raise Conflict(message, code="location_exists", errors=[FieldError("/code", "taken", message)])
        await ctx.audit(
            session, "inventory.location_added", subject=("inventory.location", made), data={"code": code}
        )
        return UUID(str(made))

    return await ctx.run(work)


async def update(ctx: Context, code: str, version: int | None, changed: LocationInput) -> None:
    """Change a location, at the version somebody saw if that is told. What lies in one out of use is not for sale.

    Raises:
        Invalid, NotFound, Conflict: also when somebody else changed it meanwhile, or it is the last one in use.
    """
    if errors := _errors(changed):
        raise Invalid(errors=errors)

    async def work(session: AsyncSession) -> None:
        row = _checked((await session.execute(_LOCK)).all(), code, version, changed)
        values = _values(changed) | {"code": code}
        moved = changed.active != row.active or changed.priority != row.priority
        ids = list((await session.execute(_LIES_HERE, {"id": row.id})).scalars()) if moved else []
        await selling.lock(session, ids)
        before = await selling.read(session, ids)
        await session.execute(_UPDATE, values)
        await ctx.audit(
            session,
            "inventory.location_changed",
            subject=("inventory.location", row.id),
            data={"code": code} | asdict(changed),
        )
        if waiting := [id_ for id_, stocked in before.items() if not stocked.is_simple]:
            await selling.spread(session, waiting)
        if changed.active != row.active:
            changes = _changes(code, before, await selling.read(session, ids))
            await tell(ctx, session, changes, reason="location")

    await ctx.run(work)


def _checked(rows: Sequence[Any], code: str, version: int | None, changed: LocationInput) -> Any:
    """Give the locked location; refuse if it is gone, was changed meanwhile, or must stay in use."""
    row = next((each for each in rows if each.code == code), None)
    if row is None:
        raise NotFound("There is no such location.", code="location_not_found")
    if version is not None and row.version != version:
        raise Conflict(
            translatable("The location was changed meanwhile. Look at it again before you save."),
            code="version_conflict",
            extra={"version": row.version},
        )
    is_last = row.active and not any(each.active for each in rows if each.code != code)
    if is_last and not changed.active:
        message = translatable("This is the last location in use. Add another one first.")
        raise Conflict(
            message, code="last_location", errors=[FieldError("/active", "last_location", message)]
        )
    return row


def _changes(code: str, before: dict[UUID, Stocked], after: dict[UUID, Stocked]) -> Sequence[Change]:
    """Give what the change means for what can be sold, also where only what is beyond the stock changes."""
    return [
        Change(id_, stocked.rules, before[id_].in_stock, stocked.in_stock, code)
        for id_, stocked in after.items()
        if stocked.tracked and (stocked.in_stock != before[id_].in_stock or not stocked.is_simple)
    ]


def _values(new: LocationInput) -> dict[str, Any]:
    return asdict(new) | {"name": new.name.strip(), "postal_code": new.postal_code.strip()}


def _errors(new: LocationInput) -> list[FieldError]:
    errors = []
    if not new.name.strip() or len(new.name) > 80:
        message = translatable("Give the location a name of up to 80 letters.")
        errors.append(FieldError("/name", "required", message))
    if new.country and not _COUNTRY.fullmatch(new.country):
        message = translatable("Give the country as two capitals, like DE.")
        errors.append(FieldError("/country", "pattern", message))
    if len(new.postal_code) > 20:
        errors.append(FieldError("/postal_code", "too_long", translatable("Use 20 letters at most.")))
    for name, number, most in (("latitude", new.latitude, 90), ("longitude", new.longitude, 180)):
        if number is not None and not -most <= number <= most:
            message = translatable("Give degrees: latitude from -90 to 90, longitude from -180 to 180.")
            errors.append(FieldError(f"/{name}", "out_of_range", message))
    if (new.latitude is None) != (new.longitude is None):
        missing = "latitude" if new.latitude is None else "longitude"
        message = translatable("Give both degrees, or none.")
        errors.append(FieldError(f"/{missing}", "required", message))
    return errors
