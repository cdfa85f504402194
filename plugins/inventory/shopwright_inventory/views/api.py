# SPDX-License-Identifier: Apache-2.0
"""Stock of the admin API."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.listing import ListQuery
from shopwright.http.routing import Routes, Scope
from shopwright_inventory.services import list_stock, stock
from shopwright_inventory.services.list_stock import StockItem, StockPage

routes = Routes("inventory", Scope.ADMIN_API)


class StockQuery(ListQuery):
    """Which items."""

    search: str = Field(default="", max_length=200)
    low: bool = False
    """Only what is low."""


class Count(BaseModel):
    """What is on hand at a location now; ``version`` is of the level the caller has seen, 0 for a new one."""

    model_config = ConfigDict(extra="forbid")

    variant_id: UUID
    on_hand: StrictInt = Field(ge=0, le=stock.MAX_ON_HAND)
    version: StrictInt = Field(ge=0)
    location: str = Field(default=stock.DEFAULT, min_length=1, max_length=40)
    reason: Literal["counted", "received", "adjusted", "returned", "damaged"] = "counted"
    note: str = Field(default="", max_length=500)


@routes.get("/api/admin/v1/stock", permission="inventory.stock.view")
async def list_all(ctx: Context, query: StockQuery) -> StockPage:
    """List variants with what they have at each location."""
    return await list_stock.page(
        ctx, search=query.search, cursor=query.cursor, limit=query.limit, only_low=query.low
    )


@routes.patch("/api/admin/v1/stock", permission="inventory.stock.edit")
async def count(ctx: Context, body: Count) -> StockItem:
    """Set what is on hand at a location; 409 with the new number when it was changed meanwhile."""
    await _item(ctx, body.variant_id)
    await ctx.run(
        lambda session: stock.count(
            ctx, session, variant_id=body.variant_id, on_hand=body.on_hand, reason=body.reason,
            location=body.location, note=body.note, expected_version=body.version,
        )
    )  # fmt: skip
    return await _item(ctx, body.variant_id)


async def _item(ctx: Context, variant_id: UUID) -> StockItem:
    item = await list_stock.item(ctx, variant_id)
    if item is None:
        raise NotFound("There is no such variant.")
    return item
