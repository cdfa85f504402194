# SPDX-License-Identifier: Apache-2.0
"""The catalogue's prices in the currency of the context."""

from collections.abc import Sequence
from dataclasses import replace

from shopwright.context import Context
from shopwright.errors import Conflict
from shopwright_catalog.api import ExchangeRate, PriceRequest
from shopwright_catalog.hookspecs import exchange_rate


async def rate_to(ctx: Context, currency: str) -> ExchangeRate | None:
    if currency == ctx.store.currency:
        return None
    found = await ctx.hooks.first(exchange_rate, currency=currency)
    if found is None or (found.source, found.target) != (ctx.store.currency, currency):
        message = f"Nothing can be bought in {currency}: there is no exchange rate for it."
        raise Conflict(message, code="no_exchange_rate", extra={"currency": currency})
    return found


async def converted(ctx: Context, requests: Sequence[PriceRequest]) -> Sequence[PriceRequest]:
    """Ask in the context's currency for what is asked in the store's."""
    rate = await rate_to(ctx, ctx.currency)
    if rate is None:
        return requests
    return [x if x.price.currency == ctx.currency else _in(rate, x) for x in requests]


def _in(rate: ExchangeRate, request: PriceRequest) -> PriceRequest:
    return replace(
        request,
        price=rate.price(request.price),
        compare_at=None if request.compare_at is None else rate.price(request.compare_at),
        detail=f"{request.price} × {rate.rate.normalize():f}" + (f" ({rate.detail})" if rate.detail else ""),
    )
