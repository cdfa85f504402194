# SPDX-License-Identifier: Apache-2.0
"""Adding places where stock lies."""

import re
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid
from shopwright.ids import new_id

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_ADD = text("""
INSERT INTO inventory_location (store_id, id, code, name, priority)
VALUES (:store_id, :id, :code, :name, :priority) ON CONFLICT (store_id, code) DO NOTHING RETURNING id
""")


async def add(ctx: Context, *, code: str, name: str, priority: int = 0) -> UUID:
    """Add a location.

    Raises:
        Invalid, Conflict: a field is wrong, or there is a location of this code.
    """
    errors = []
    if not _CODE.fullmatch(code):
        message = "Use a lower-case letter first, then letters, digits, - and _, 40 at most."
        errors.append(FieldError("/code", "pattern", message))
    if not name.strip() or len(name) > 80:
        errors.append(FieldError("/name", "required", "Give the location a name of up to 80 letters."))
    if errors:
        raise Invalid(errors=errors)

    async def work(session: AsyncSession) -> UUID:
        values = {"store_id": ctx.store.id, "id": new_id(), "code": code, "name": name.strip()}
        made = (await session.execute(_ADD, values | {"priority": priority})).scalar_one_or_none()
        if made is None:
            message = "There is a location of this code already."
            raise Conflict(message, code="location_exists", errors=[FieldError("/code", "taken", message)])
        await ctx.audit(
            session, "inventory.location_added", subject=("inventory.location", made), data={"code": code}
        )
        return UUID(str(made))

    return await ctx.run(work)
