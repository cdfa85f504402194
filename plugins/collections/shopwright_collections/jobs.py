# SPDX-License-Identifier: Apache-2.0
"""Bringing collections up to date, after a product or the rules have changed and once a day."""

from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context
from shopwright.jobs import Job, Schedule


@dataclass(frozen=True, slots=True)
class Refresh:
    """One collection with all products, or, without an id, all of the store's."""

    collection_id: UUID | None = None


async def _refresh(ctx: Context, payload: Refresh) -> None:
    from shopwright_collections.services.members import refresh_all

    await refresh_all(ctx, payload.collection_id)


refresh = Job("collections.refresh", Refresh, _refresh, timeout=3600.0)
# Conditions that look at the clock ("added in the last 30 days") change without anybody doing anything.
daily = Schedule("collections.refresh_daily", "23 3 * * *", refresh, Refresh())
