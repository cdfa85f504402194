# SPDX-License-Identifier: Apache-2.0
"""Markets in the storefront: choosing one on a page, listing them by API."""

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.responses import localized, redirect
from shopwright.http.routing import Caching, Routes, Scope
from shopwright_markets import api
from shopwright_markets.api import MarketInfo

pages = Routes("markets", Scope.STOREFRONT)
calls = Routes("markets", Scope.API)


class Back(BaseModel):
    """The page to show after choosing, without a language in front."""

    to: str = Field(default="/", max_length=2000)


@pages.get("/market/{code}", permission=PUBLIC)
async def choose_market(ctx: Context, code: str, query: Back) -> web.Response:
    """Remember a market and go on in it; it only changes what the visitor sees, so a link will do."""
    assert ctx.visit is not None
    market = next((x for x in await api.markets(ctx) if x.code == code), None)
    if market is None:
        raise NotFound("There is no such market.")
    ctx.visit.chosen_market = market.code
    is_ours = query.to.startswith("/") and not query.to.startswith("//") and "\\" not in query.to
    return redirect(ctx, localized(ctx, query.to if is_ours else "/", market.locale or None))


@calls.get("/api/v1/markets", permission=PUBLIC, caching=Caching(page=60))
async def list_markets(ctx: Context) -> list[MarketInfo]:
    """List the markets; name one in ``market`` of a call to see its prices. The first is the default."""
    return await api.markets(ctx)
