# SPDX-License-Identifier: Apache-2.0
"""The checkout's jobs: ending a saga whose process died or whose payment stayed unknown."""

from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context
from shopwright.jobs import Job, Retry


@dataclass(frozen=True, slots=True)
class ResolvePayment:
    """The order to look after."""

    order_id: UUID


async def _resolve(ctx: Context, payload: ResolvePayment) -> None:
    from shopwright_checkout.services import resolve_payment as service

    await service.resolve(ctx, payload.order_id)


resolve_payment = Job(
    "checkout.resolve_payment",
    ResolvePayment,
    _resolve,
    retry=Retry(attempts=40, first=30.0, factor=1.5, longest=600.0),
)
