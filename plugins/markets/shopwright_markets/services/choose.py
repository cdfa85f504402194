# SPDX-License-Identifier: Apache-2.0
"""In which market a visitor is."""

from shopwright.context import Context
from shopwright.hookspecs import Market
from shopwright_markets.api import MarketInfo
from shopwright_markets.services import kept


async def chosen(ctx: Context, wanted: str, country: str) -> Market | None:
    """Give the market a visitor chose, or that of their country, or the first; None where the store has none."""
    found = [x.info for x in (await kept.of(ctx)).open_now(ctx.clock.now())]
    if not found:
        return None
    market = next((x for x in found if x.code == wanted), None)
    market = market or next((x for x in found if country and country in x.countries), found[0])
    return Market(market.code, market.currency)


async def current(ctx: Context) -> MarketInfo | None:
    """Give the market of the context."""
    known = (await kept.of(ctx)).markets if ctx.market else ()
    return next((x.info for x in known if x.info.code == ctx.market), None)
