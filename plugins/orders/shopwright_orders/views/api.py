# SPDX-License-Identifier: Apache-2.0
"""Orders of the storefront and admin APIs."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.routing import Routes, Scope
from shopwright_orders.api import OrderView
from shopwright_orders.services import change_order, list_orders, read_orders
from shopwright_orders.views.pages import TokenQuery, visible_order

api = Routes("orders", Scope.API)
admin_api = Routes("orders", Scope.ADMIN_API)


class OrderQuery(BaseModel):
    """Which orders, and where the list goes on."""

    model_config = ConfigDict(extra="forbid")

    search: str = Field(default="", max_length=200)
    status: Literal["", "pending", "confirmed", "completed", "cancelled"] = ""
    cursor: str = ""
    limit: int = Field(default=50, ge=1, le=200)


class VersionBody(BaseModel):
    """The version of the order the caller has seen."""

    model_config = ConfigDict(extra="forbid")

    version: int


class CancelBody(VersionBody):
    """Why the order is cancelled."""

    reason: str = Field(default="", max_length=500)


@api.get("/api/v1/orders/{order_id}", permission=PUBLIC)
async def get_own_order(ctx: Context, order_id: UUID, query: TokenQuery) -> OrderView:
    """Give an order to its customer, or to the holder of its access token."""
    return await visible_order(ctx, order_id, query.token)


@admin_api.get("/api/admin/v1/orders", permission="orders.order.view")
async def list_all(ctx: Context, query: OrderQuery) -> list_orders.OrderPage:
    """List orders, newest first."""
    return await list_orders.page(
        ctx, search=query.search, status=query.status, cursor=query.cursor, limit=query.limit
    )


@admin_api.get("/api/admin/v1/orders/{order_id}", permission="orders.order.view")
async def get_order(ctx: Context, order_id: UUID) -> OrderView:
    """Give one order."""
    return await _order(ctx, order_id)


@admin_api.post("/api/admin/v1/orders/{order_id}/mark-paid", permission="orders.order.edit", idempotent=True)
async def mark_paid(ctx: Context, order_id: UUID, body: VersionBody) -> OrderView:
    """Record that the money of an offline payment has arrived."""
    await change_order.mark_paid(ctx, order_id, body.version)
    return await _order(ctx, order_id)


@admin_api.post("/api/admin/v1/orders/{order_id}/cancel", permission="orders.order.edit", idempotent=True)
async def cancel(ctx: Context, order_id: UUID, body: CancelBody) -> OrderView:
    """Cancel an order that has not been paid."""
    await change_order.cancel(ctx, order_id, body.version, body.reason)
    return await _order(ctx, order_id)


async def _order(ctx: Context, order_id: UUID) -> OrderView:
    order = await read_orders.view(ctx, order_id)
    if order is None:
        raise NotFound("There is no such order.")
    return order
