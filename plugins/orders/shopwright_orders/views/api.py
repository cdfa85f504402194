# SPDX-License-Identifier: Apache-2.0
"""Orders of the storefront and admin APIs."""

from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.listing import ListQuery
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag, seen
from shopwright_orders.api import OrderLineInput, OrderSummary, OrderView
from shopwright_orders.services import change_order, list_orders, read_orders
from shopwright_orders.views.pages import TokenQuery, visible_order

api = Routes("orders", Scope.API)
admin_api = Routes("orders", Scope.ADMIN_API)


class OrderQuery(ListQuery):
    """Which orders."""

    PARTS: ClassVar[tuple[str, ...]] = ("lines",)

    include: str = Field(default="", max_length=100)

    search: str = Field(default="", max_length=200)
    status: Literal["", "pending", "confirmed", "completed", "cancelled"] = ""


@dataclass(frozen=True, slots=True)
class ListedOrder(OrderSummary):
    """An order in a list; its lines with ``include=lines``."""

    lines: tuple[OrderLineInput, ...] | None = None

    @classmethod
    def of(cls, order: OrderSummary, lines: tuple[OrderLineInput, ...] | None) -> "ListedOrder":
        return cls(**{x.name: getattr(order, x.name) for x in dataclass_fields(OrderSummary)}, lines=lines)


@dataclass(frozen=True, slots=True)
class ListedOrders:
    """One page of orders; ``next_cursor`` is empty on the last one."""

    items: list[ListedOrder]
    next_cursor: str


class VersionBody(BaseModel):
    """The version of the order the caller has seen, if not by ``If-Match``."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = None


class CancelBody(VersionBody):
    """Why the order is cancelled."""

    reason: str = Field(default="", max_length=500)


@api.get("/api/v1/orders/{order_id}", permission=PUBLIC)
async def get_own_order(ctx: Context, order_id: UUID, query: TokenQuery) -> OrderView:
    """Give an order to its customer, or to the holder of its access token."""
    return await visible_order(ctx, order_id, query.token)


@admin_api.get("/api/admin/v1/orders", permission="orders.order.view")
async def list_all(ctx: Context, query: OrderQuery) -> ListedOrders:
    """List orders, newest first."""
    found = await list_orders.page(
        ctx, search=query.search, status=query.status, cursor=query.cursor, limit=query.limit
    )
    lines = await read_orders.lines_of(ctx, [x.id for x in found.items]) if query.wants("lines") else {}
    return ListedOrders([ListedOrder.of(x, lines.get(x.id)) for x in found.items], found.next_cursor)


@admin_api.get("/api/admin/v1/orders/{order_id}", permission="orders.order.view")
async def get_order(ctx: Context, order_id: UUID) -> Reply[OrderView]:
    """Give one order, with its version as the ETag."""
    return await _order(ctx, order_id)


@admin_api.post("/api/admin/v1/orders/{order_id}/mark-paid", permission="orders.order.edit", idempotent=True)
async def mark_paid(
    ctx: Context, order_id: UUID, body: VersionBody, if_match: int | None
) -> Reply[OrderView]:
    """Record that the money of an offline payment has arrived."""
    await change_order.mark_paid(ctx, order_id, seen(if_match, body.version))
    return await _order(ctx, order_id)


@admin_api.post("/api/admin/v1/orders/{order_id}/cancel", permission="orders.order.edit", idempotent=True)
async def cancel(ctx: Context, order_id: UUID, body: CancelBody, if_match: int | None) -> Reply[OrderView]:
    """Cancel an order that has not been paid."""
    await change_order.cancel(ctx, order_id, seen(if_match, body.version), body.reason)
    return await _order(ctx, order_id)


async def _order(ctx: Context, order_id: UUID) -> Reply[OrderView]:
    order = await read_orders.view(ctx, order_id)
    if order is None:
        raise NotFound("There is no such order.")
    return Reply(order, 200, etag(order.version))
