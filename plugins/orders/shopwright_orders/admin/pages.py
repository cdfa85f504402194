# SPDX-License-Identifier: Apache-2.0
"""Orders in the admin: list, one order with its trail, mark as paid, cancel."""

from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, admin_page, list_page, rendered_cards
from shopwright_admin.hookspecs import admin_slot
from shopwright_orders.api import OrderSummary
from shopwright_orders.hookspecs import payment_providers
from shopwright_orders.services import change_order, list_orders, read_orders

routes = Routes("orders", Scope.ADMIN)


class ListQuery(BaseModel):
    """Which orders, and where the list goes on."""

    q: str = ""
    status: str = ""
    cursor: str = ""


class ChangeForm(BaseModel):
    """The version of the order that was on the screen, and a reason."""

    version: int
    reason: str = Field(default="", max_length=500)


@routes.get("/admin/orders", permission="orders.order.view")
async def admin_orders(ctx: Context, query: ListQuery) -> web.Response:
    """List orders."""
    found = await list_orders.page(ctx, search=query.q, status=query.status, cursor=query.cursor)
    base = url(ctx, "orders.admin_orders")
    view = ListView(
        title=ctx.gettext("Orders"),
        columns=[
            Column("number", ctx.gettext("Order"), "link"),
            Column("placed_at", ctx.gettext("Placed"), "date"),
            Column("email", ctx.gettext("Customer")),
            Column("status", ctx.gettext("Status"), "badge"),
            Column("payment_status", ctx.gettext("Payment"), "badge"),
            Column("total", ctx.gettext("Total"), "money"),
        ],
        rows=[_row(ctx, order) for order in found.items],
        total=await list_orders.total(ctx),
        search=query.q,
        next_url=f"{base}?cursor={found.next_cursor}&q={query.q}" if found.next_cursor else "",
        empty_title=ctx.gettext("No orders yet"),
        empty_text=ctx.gettext("When a customer orders something, you find it here."),
    )
    return await list_page(ctx, view)


@routes.get("/admin/orders/{order_id}", permission="orders.order.view")
async def admin_order(ctx: Context, order_id: UUID) -> web.Response:
    """Show one order."""
    order = await read_orders.view(ctx, order_id)
    if order is None:
        raise NotFound("There is no such order.")
    method = ctx.hooks.registered(payment_providers).get(order.payment_method)
    cards = await ctx.hooks.collect(admin_slot, zone="orders.order", subject=order)
    title = ctx.gettext("Order %(number)s", number=order.number)
    return await admin_page(
        ctx,
        "orders/admin/order.html",
        title=title,
        crumbs=[(ctx.gettext("Orders"), url(ctx, "orders.admin_orders")), (order.number, "")],
        order=order,
        payment_label=method.label(ctx) if method else order.payment_method,
        cards=await rendered_cards(ctx, cards),
        can_edit=ctx.actor.can("orders.order.edit"),
    )


@routes.post("/admin/orders/{order_id}/mark-paid", permission="orders.order.edit")
async def admin_mark_paid(ctx: Context, request: web.Request, order_id: UUID) -> web.Response:
    """Record that the money has arrived."""
    form = await read_form(request, ChangeForm)
    return await _changed(
        ctx, order_id, form.value, ctx.gettext("The order is marked as paid."), change_order.mark_paid
    )


@routes.post("/admin/orders/{order_id}/cancel", permission="orders.order.edit")
async def admin_cancel(ctx: Context, request: web.Request, order_id: UUID) -> web.Response:
    """Cancel the order."""
    form = await read_form(request, ChangeForm)
    reason = form.value.reason if form.value else ""

    async def change(ctx: Context, order_id: UUID, version: int) -> None:
        await change_order.cancel(ctx, order_id, version, reason)

    return await _changed(ctx, order_id, form.value, ctx.gettext("The order is cancelled."), change)


async def _changed(
    ctx: Context, order_id: UUID, form: ChangeForm | None, text: str, change: Any
) -> web.Response:
    assert ctx.visit is not None
    try:
        await change(ctx, order_id, form.version if form else 0)
    except Conflict as error:
        ctx.visit.flash("error", error.detail)
    else:
        ctx.visit.flash("success", text)
    return redirect(ctx, url(ctx, "orders.admin_order", order_id=order_id))


def _row(ctx: Context, order: OrderSummary) -> dict[str, Any]:
    return {
        "url": url(ctx, "orders.admin_order", order_id=order.id),
        "number": order.number,
        "placed_at": order.placed_at,
        "email": order.email,
        "status": order.status,
        "payment_status": order.payment_status,
        "total": order.total,
    }
