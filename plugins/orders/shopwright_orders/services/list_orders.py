# SPDX-License-Identifier: Apache-2.0
"""Listing orders, newest first, by keyset."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shopwright.context import Context
from shopwright.errors import BadRequest, FieldError
from shopwright_orders.api import OrderSummary
from shopwright_orders.services.read_orders import summary

_LIST = """
SELECT id, number, placed_at, email, status, payment_status, total, currency FROM orders_order
WHERE ($1::text IS NULL OR number = $1 OR email = $1::text::citext) AND ($2::text IS NULL OR status = $2)
    AND ($3::timestamptz IS NULL OR (placed_at, id) < ($3, $4::uuid))
ORDER BY placed_at DESC, id DESC LIMIT $5
"""
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM orders_order LIMIT 10000) AS x"


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One page of orders; ``next_cursor`` is empty on the last one."""

    items: list[OrderSummary]
    next_cursor: str


async def page(
    ctx: Context, *, search: str = "", status: str = "", cursor: str = "", limit: int = 50
) -> OrderPage:
    """Give a page of orders; ``search`` is a whole number or e-mail address.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    at, last = _decode(cursor)
    rows = await ctx.fetch_rows(_LIST, search.strip() or None, status or None, at, last, limit + 1)
    more = rows[limit - 1] if len(rows) > limit else None
    return OrderPage(
        items=[summary(row) for row in rows[:limit]],
        next_cursor=f"{more['placed_at'].isoformat()}_{more['id']}" if more else "",
    )


async def total(ctx: Context) -> int:
    """Count the store's orders, up to 10,000."""
    return int(await ctx.fetch_value(_COUNT))


def _decode(cursor: str) -> tuple[Any, Any]:
    if not cursor:
        return None, None
    try:
        at, _, last = cursor.partition("_")
        return datetime.fromisoformat(at.replace(" ", "+")), UUID(last)
    except ValueError:
        message = "This cursor is not one of ours; begin again without a cursor."
        raise BadRequest(message, errors=[FieldError("/cursor", "unknown_cursor", message)]) from None
