# SPDX-License-Identifier: Apache-2.0
"""One item in the admin: its levels, the rules by which it is sold, and its moves."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Literal
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.i18n import translatable
from shopwright_admin.api import admin_page
from shopwright_inventory.services import list_locations, list_moves, list_stock, rules
from shopwright_inventory.services.list_stock import StockItem
from shopwright_inventory.services.selling import Rules
from shopwright_inventory.settings import InventorySettings

routes = Routes("inventory", Scope.ADMIN)
REASONS = {
    "received": translatable("Received"), "counted": translatable("Counted"),
    "adjusted": translatable("Adjusted"), "returned": translatable("Returned"),
    "shipped": translatable("Shipped"), "damaged": translatable("Damaged"),
    "transfer_out": translatable("Transfer out"), "transfer_in": translatable("Transfer in"),
    "stock_take": translatable("Stock-take"),
}  # fmt: skip
_MOST = 9_999_999


class ItemQuery(BaseModel):
    """Where the moves go on."""

    cursor: str = Field(default="", max_length=40)


class RulesForm(BaseModel):
    """Rules as they are typed in; ``version`` is of those that were on the screen."""

    policy: Literal["deny", "backorder", "preorder"]
    safety_stock: int = Field(default=0, ge=0, le=rules.MOST)
    backorder_limit: int | None = Field(default=None, ge=0, le=_MOST)
    available_on: date | None = None
    low_stock_at: int | None = Field(default=None, ge=0, le=_MOST)
    version: int

    def rules(self) -> Rules:
        return Rules(
            self.policy, self.safety_stock, self.backorder_limit, self.available_on, self.low_stock_at
        )


@routes.get("/admin/stock/{variant_id}", permission="inventory.stock.view")
async def admin_stock_item(ctx: Context, variant_id: UUID, query: ItemQuery) -> web.Response:
    """Show one item with its rules and moves."""
    return await _page(ctx, await _item(ctx, variant_id), cursor=query.cursor)


@routes.post("/admin/stock/{variant_id}/rules", permission="inventory.stock.edit")
async def admin_stock_rules(ctx: Context, request: web.Request, variant_id: UUID) -> web.Response:
    """Say by what rules an item is sold."""
    assert ctx.visit is not None
    item = await _item(ctx, variant_id)
    form = await read_form(request, RulesForm)
    if form.value is None:
        return await _page(ctx, item, typed=form.raw, errors=form.errors, status=422)
    try:
        await rules.save(ctx, variant_id, form.value.version, form.value.rules())
    except (Invalid, Conflict) as error:
        errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
        errors = errors or {"": ctx.gettext(error.detail)}
        return await _page(ctx, item, typed=form.raw, errors=errors, status=error.status)
    ctx.visit.flash("success", ctx.gettext("The rules are saved."))
    return redirect(ctx, url(ctx, "inventory.admin_stock_item", variant_id=variant_id))


async def _item(ctx: Context, variant_id: UUID) -> StockItem:
    item = await list_stock.item(ctx, variant_id)
    if item is None:
        raise NotFound("There is no such item.")
    return item


async def _page(
    ctx: Context,
    item: StockItem,
    *,
    cursor: str = "",
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    moves = await list_moves.page(ctx, item.variant_id, cursor=cursor)
    saved = asdict(await rules.of(ctx, item.variant_id))
    return await admin_page(
        ctx,
        "inventory/admin/item.html",
        title=item.title,
        status=status,
        crumbs=[(ctx.gettext("Stock"), url(ctx, "inventory.admin_stock")), (item.title, "")],
        item=item,
        moves=moves.items,
        reasons=REASONS,
        made_by={
            "transfer": lambda id_: url(ctx, "inventory.admin_transfer", transfer_id=id_),
            "delivery": lambda id_: url(ctx, "inventory.admin_delivery", delivery_id=id_),
        },
        older_url=f"?cursor={moves.next_cursor}" if moves.next_cursor else "",
        locations=await list_locations.everything(ctx),
        typed={k: "" if v is None else str(v) for k, v in saved.items()} if typed is None else typed,
        errors=errors or {},
        low_stock=ctx.settings(InventorySettings).low_stock,
        can_edit=ctx.actor.can("inventory.stock.edit"),
    )
