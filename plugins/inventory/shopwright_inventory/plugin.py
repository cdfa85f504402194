# SPDX-License-Identifier: Apache-2.0
"""The inventory plugin: its manifest and its hook implementations."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.doctor import DoctorCheck
from shopwright.jobs import Job, Schedule
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_catalog.api import Availability
from shopwright_inventory import checks, jobs
from shopwright_inventory.services import availability, reservations

_TEXTS = {
    "inventory_location": ("code", "name"),
    "inventory_move": ("reason", "note"),
    "inventory_reservation": ("state", "reason"),
}


class Plugin(BasePlugin):
    """Stock by location: levels, an append-only ledger of moves, reservations."""

    manifest: ClassVar[Manifest] = Manifest(
        name="inventory",
        version="0.1.0",
        title="Inventory",
        summary="Stock by location: levels, an append-only ledger of moves, reservations.",
        requires=("admin", "catalog"),
        permissions=(
            Permission("inventory.stock.view", "See stock"),
            Permission("inventory.stock.edit", "Change stock"),
        ),
        pii=(
            PiiColumn("inventory_move", "actor", "name"),
            *(PiiColumn(table, column, "none") for table, columns in _TEXTS.items() for column in columns),
        ),
    )

    @hookimpl
    async def stock_available(
        self, ctx: Context, value: Mapping[UUID, Availability], variant_ids: Sequence[UUID]
    ) -> Mapping[UUID, Availability] | None:
        return {**value, **await availability.of(ctx, variant_ids)}

    @hookimpl(optionalhook=True)
    async def order_cancelling(
        self, ctx: Context, session: AsyncSession, order_id: UUID, reason: str
    ) -> Sequence[str]:
        await reservations.release(ctx, session, owner=order_id, reason=reason)
        return []

    @hookimpl
    def register_jobs(self) -> Sequence[Job[Any]]:
        return [jobs.sweep]

    @hookimpl
    def register_schedules(self) -> Sequence[Schedule]:
        return jobs.schedules

    @hookimpl
    def register_doctor_checks(self) -> Sequence[DoctorCheck]:
        return checks.checks
