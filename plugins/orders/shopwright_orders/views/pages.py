# SPDX-License-Identifier: Apache-2.0
"""The customer's pages of orders: the confirmation, and the orders of an account."""

from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from shopwright.actor import PUBLIC, SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.responses import page
from shopwright.http.routing import Routes, Scope
from shopwright_orders.api import OrderView
from shopwright_orders.hookspecs import payment_providers
from shopwright_orders.services import read_orders

routes = Routes("orders", Scope.STOREFRONT)


class TokenQuery(BaseModel):
    """The secret of a guest's order."""

    token: str = ""


@routes.get("/orders/{order_id}", permission=PUBLIC)
async def confirmation(ctx: Context, order_id: UUID, query: TokenQuery) -> web.Response:
    """Show an order to whoever placed it."""
    order = await visible_order(ctx, order_id, query.token)
    method = ctx.hooks.registered(payment_providers).get(order.payment_method)
    values = {
        "order": order,
        "payment_label": method.label(ctx) if method else "",
        "payment_description": method.description(ctx)
        if method and order.payment_status == "offline"
        else "",
        "title": ctx.gettext("Order %(number)s", number=order.number),
    }
    return await page(ctx, "orders/confirmation.html", values)


@routes.get("/account/orders", permission=SIGNED_IN_CUSTOMER)
async def account_orders(ctx: Context) -> web.Response:
    """List the orders of the signed-in customer."""
    assert ctx.actor.id is not None
    found = await read_orders.of_customer(ctx, ctx.actor.id, limit=100)
    return await page(ctx, "orders/account.html", {"orders": found, "title": ctx.gettext("Your orders")})


async def visible_order(ctx: Context, order_id: UUID, token: str) -> OrderView:
    """Give an order to its customer or to the holder of its token; nobody else learns that it exists."""
    order = await read_orders.view_for_guest(ctx, order_id, token) if token else None
    if order is None and ctx.actor.kind == "customer":
        found = await read_orders.view(ctx, order_id)
        order = found if found is not None and found.customer_id == ctx.actor.id else None
    if order is None:
        raise NotFound("There is no such order.")
    return order
