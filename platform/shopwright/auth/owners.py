# SPDX-License-Identifier: Apache-2.0
"""Each store keeps an owner who can sign in."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.errors import Conflict
from shopwright.i18n import translatable

# All owners are locked, in one order: two who remove each other at the same time come one after the other.
_OWNERS = text(
    """
    SELECT r.store_id, r.staff_user_id
    FROM kernel_staff_role r JOIN kernel_staff_user u ON u.id = r.staff_user_id
    WHERE r.store_id = ANY (:stores) AND r.role = 'owner' AND u.disabled_at IS NULL
    ORDER BY r.store_id, r.staff_user_id
    FOR UPDATE
    """
)


async def lock_owners(session: AsyncSession, store_ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Give the owners of stores as pairs of store and staff user, locked until the transaction ends."""
    rows = await session.execute(_OWNERS, {"stores": list(store_ids)})
    return [(row.store_id, row.staff_user_id) for row in rows]


async def require_other_owner(
    session: AsyncSession, staff_user_id: UUID, store_ids: Collection[UUID]
) -> None:
    """Refuse to go on if one of these stores has no other owner who is not disabled.

    Raises:
        Conflict: this is the last one.
    """
    owners = await lock_owners(session, store_ids)
    cared_for = {store_id for store_id, owner_id in owners if owner_id != staff_user_id}
    if set(store_ids) - cared_for:
        raise Conflict(
            translatable("This is the last owner of a store: make somebody else owner first."),
            code="last_owner",
        )
