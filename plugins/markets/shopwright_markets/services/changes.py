# SPDX-License-Identifier: Apache-2.0
"""What happens when prices are others: every process forgets, pages are made anew, plugins are told."""

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_markets.hookspecs import MarketsChanged, markets_changed
from shopwright_markets.services.kept import memory_of


def forget(ctx: Context) -> None:
    """Forget at once in this process; the others hear of it."""
    memory_of(ctx).forget(ctx.store.id)


async def told(ctx: Context, session: AsyncSession, *, code: str = "", currency: str = "") -> None:
    """Tell it in the caller's transaction."""
    await memory_of(ctx).changed(ctx, session)
    await ctx.kernel.events.invalidate(ctx, session, ["*"])
    event = MarketsChanged(code, currency)
    await ctx.hooks.emit(session, markets_changed, event, aggregate=("markets.store", ctx.store.id))
