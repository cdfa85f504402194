# SPDX-License-Identifier: Apache-2.0
"""Where the filter form of listings goes without JavaScript: on to an address that can be shared."""

from aiohttp import web

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.responses import redirect
from shopwright.http.routing import Routes, Scope
from shopwright_storefront.services.filtering import settled

routes = Routes("storefront", Scope.STOREFRONT)


@routes.get("/filter", permission=PUBLIC, name="filter")
async def filter_listing(ctx: Context, request: web.Request) -> web.Response:
    """Send the browser to the listing with what was chosen and typed."""
    there = settled(list(request.query.items()))
    if there is None:
        raise NotFound("There is no such listing.")
    return redirect(ctx, there)
