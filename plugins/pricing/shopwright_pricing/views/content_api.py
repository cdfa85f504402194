# SPDX-License-Identifier: Apache-2.0
"""What is in variants, in the admin API."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from shopwright.context import Context
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Routes, Scope
from shopwright_pricing.services import contents
from shopwright_pricing.services.contents import ContentInput, Unit

routes = Routes("pricing", Scope.ADMIN_API)
Plain = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str)]


class ContentBody(BaseModel):
    """What is in a variant, like ``"250"`` and ``g``; without a quantity it is removed."""

    model_config = ConfigDict(extra="forbid")

    variant_id: UUID
    quantity: Decimal | None = None
    unit: Unit = "kg"


class ContentsBody(BaseModel):
    """Contents to set and remove, all or none of them."""

    model_config = ConfigDict(extra="forbid")

    contents: list[ContentBody] = Field(max_length=contents.MOST)


class ContentsQuery(ListQuery):
    """Where the list goes on."""

    limit: int = Field(default=100, ge=1, le=500)


class ContentView(BaseModel):
    """What is in a variant, in the unit its price is told for."""

    variant_id: UUID
    sku: str
    title: str
    quantity: Plain
    unit: str


@routes.get("/api/admin/v1/variant-contents", permission="pricing.list.view")
async def list_contents(ctx: Context, query: ContentsQuery) -> Page[ContentView]:
    """List what is in variants."""
    rows = await contents.page(ctx, after=query.after_id(), limit=query.limit + 1)
    items = [ContentView.model_validate(x, from_attributes=True) for x in rows]
    return query.page(items, "variant_id")


@routes.put("/api/admin/v1/variant-contents", permission="pricing.list.edit", status=204)
async def change_contents(ctx: Context, body: ContentsBody) -> None:
    """Set and remove what is in variants, all or none of it; others stay."""
    await contents.change(ctx, [ContentInput(x.variant_id, x.quantity, x.unit) for x in body.contents])
