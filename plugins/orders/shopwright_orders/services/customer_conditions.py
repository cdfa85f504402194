# SPDX-License-Identifier: Apache-2.0
"""Conditions of customer segments that orders know the answer to; for the hook ``customer_conditions``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shopwright.context import Context
from shopwright.i18n import translatable

_COUNTED = """
SELECT customer_id FROM orders_order
WHERE customer_id = ANY($1) AND status IN ('confirmed', 'completed') GROUP BY customer_id HAVING count(*) >= $2
"""
_SPENT = """
SELECT o.customer_id FROM orders_order o
CROSS JOIN LATERAL (SELECT coalesce(sum(refunded), 0) AS refunded FROM orders_payment p
    WHERE p.store_id = o.store_id AND p.order_id = o.id) back
WHERE o.customer_id = ANY($1) AND o.status IN ('confirmed', 'completed') AND o.currency = $3
GROUP BY o.customer_id HAVING sum(o.total - back.refunded) >= $2
"""


class OrderCount(BaseModel):
    """Confirmed and completed orders."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    orders: int = Field(ge=1, le=10**6, title=translatable("At least this many orders"))


class TotalSpent(BaseModel):
    """What confirmed and completed orders in the store's currency cost, without what was refunded."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: int = Field(
        ge=1, le=10**15, title=translatable("At least this amount"), json_schema_extra={"money": True}
    )


@dataclass(slots=True)
class _Kind:
    code: str
    words: str
    values: type[BaseModel]

    def label(self, ctx: Context) -> str:
        return ctx.gettext(self.words)

    async def choices(self, ctx: Context) -> Mapping[str, Sequence[tuple[str, str]]]:
        del ctx
        return {}

    async def matching(self, ctx: Context, values: Any, customer_ids: Sequence[UUID]) -> set[UUID]:
        if isinstance(values, OrderCount):
            rows = await ctx.fetch_rows(_COUNTED, list(customer_ids), values.orders)
        else:
            rows = await ctx.fetch_rows(_SPENT, list(customer_ids), values.amount, ctx.store.currency)
        return {row["customer_id"] for row in rows}


def kinds() -> Sequence[Any]:
    """Give the kinds, as the plugin ``customers`` takes them."""
    return [
        _Kind("orders.count", translatable("Ordered at least so often"), OrderCount),
        _Kind("orders.spent", translatable("Spent at least"), TotalSpent),
    ]
