# SPDX-License-Identifier: Apache-2.0
"""The page of a customer's points."""

from aiohttp import web

from shopwright.actor import SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.http.responses import page
from shopwright.http.routing import Routes, Scope
from shopwright_loyalty_points import ledger

routes = Routes("loyalty_points", Scope.STOREFRONT)


@routes.get("/account/points", permission=SIGNED_IN_CUSTOMER)
async def points(ctx: Context) -> web.Response:
    """Show what a customer has, and where it is from."""
    assert ctx.actor.id is not None
    values = {
        "title": ctx.gettext("Your points"),
        "balance": await ledger.balance(ctx, ctx.actor.id),
        "entries": await ledger.of_customer(ctx, ctx.actor.id),
    }
    return await page(ctx, "loyalty_points/account.html", values)
