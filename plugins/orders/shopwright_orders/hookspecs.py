# SPDX-License-Identifier: Apache-2.0
"""The hooks of orders and payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.hooks import hookspec
from shopwright_orders.api import NewOrder, PaymentMethod


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """Something happened to an order. Amounts are minor units of ``currency``."""

    order_id: UUID
    number: str
    total: int
    currency: str
    customer_id: UUID | None = None
    """None when the customer ordered as a guest."""
    version: int = 1


@hookspec("register")
def payment_providers() -> Sequence[PaymentMethod]:
    """Give ways to pay; each is offered in stores where its plugin is on."""
    raise AssertionError


@hookspec("first", on_error="core", budget=0.5)
async def order_number(ctx: Context, order: NewOrder, sequence: int) -> str | None:
    """Give an order its number; ``sequence`` counts the store's orders. Without an answer: the store's scheme."""
    raise AssertionError


@hookspec("collect")
async def order_cancelling(ctx: Context, session: AsyncSession, order_id: UUID, reason: str) -> Sequence[str]:
    """Give back what an order holds, in the transaction that cancels it; answer what was given back."""
    raise AssertionError


@hookspec("event")
async def order_placed(ctx: Context, event: OrderEvent) -> None:
    """Learn that an order was placed and confirmed."""
    raise AssertionError


@hookspec("event")
async def order_paid(ctx: Context, event: OrderEvent) -> None:
    """Learn that an order is fully paid."""
    raise AssertionError


@hookspec("event")
async def order_cancelled(ctx: Context, event: OrderEvent) -> None:
    """Learn that an order was cancelled, by staff or because its payment was declined."""
    raise AssertionError
