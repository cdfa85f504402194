# SPDX-License-Identifier: Apache-2.0
"""Ends what somebody has open: browser sessions and, of staff, refresh tokens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.db import Database

_END_SESSIONS = text("DELETE FROM kernel_session WHERE store_id = :store AND staff_user_id = :staff")
_REVOKE_TOKENS = text(
    """
    UPDATE kernel_refresh_token SET revoked_at = :now
    WHERE store_id = :store AND staff_user_id = :staff AND revoked_at IS NULL
    """
)
_END_CUSTOMER_SESSIONS = text(
    """
    DELETE FROM kernel_session
    WHERE store_id = :store AND customer_id = :customer AND id IS DISTINCT FROM CAST(:keep AS uuid)
    """
)
_STORES = "SELECT store_id FROM kernel_staff_role WHERE staff_user_id = $1 ORDER BY store_id"


async def end_access_in_store(
    session: AsyncSession, store_id: UUID, staff_user_id: UUID, now: datetime
) -> None:
    """End sessions and tokens in the store of the caller's transaction."""
    values = {"store": store_id, "staff": staff_user_id}
    await session.execute(_END_SESSIONS, values)
    await session.execute(_REVOKE_TOKENS, values | {"now": now})


async def end_access(db: Database, staff_user_id: UUID, now: datetime) -> None:
    """End sessions and tokens in all stores the staff user works in, one after the other."""
    for row in await db.fetch_rows(None, _STORES, staff_user_id):
        async with db.transaction(row["store_id"]) as session:
            await end_access_in_store(session, row["store_id"], staff_user_id, now)


async def end_customer_sessions(
    session: AsyncSession, store_id: UUID, customer_id: UUID, *, keep: UUID | None = None
) -> None:
    """End the sessions of a customer, but for the one in which the change was made."""
    values = {"store": store_id, "customer": customer_id, "keep": keep}
    await session.execute(_END_CUSTOMER_SESSIONS, values)
