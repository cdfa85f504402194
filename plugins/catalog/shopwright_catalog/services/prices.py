# SPDX-License-Identifier: Apache-2.0
"""What variants cost somebody: the catalogue's price, the offers of plugins, and what plugins make of the chosen one.

Listing, product page, cart and order come through here, so they cannot disagree.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from shopwright.context import Context
from shopwright.hooks import Change
from shopwright.money import Money, Provenance
from shopwright_catalog.api import OfferedPrice, Price, PriceOffer, PriceRequest
from shopwright_catalog.hookspecs import price_adjust, price_candidates, price_select
from shopwright_catalog.services import currencies

log = logging.getLogger(__name__)

CATALOGUE = "catalog.variant"
"""Code of what the catalogue itself asks for a variant."""


async def resolve(ctx: Context, requests: Sequence[PriceRequest]) -> dict[UUID, Price]:
    if not requests:
        return {}
    requests = await currencies.converted(ctx, requests)
    offers = await ctx.hooks.collect(price_candidates, requests=requests)
    chosen: Mapping[UUID, str] = {}
    if offers:
        chosen = await ctx.hooks.first(price_select, requests=requests, offers=offers) or {}
    found: Mapping[UUID, Price] = {x.variant_id: _price(ctx, x, offers, chosen) for x in requests}
    _, changes = await ctx.hooks.filter_recorded(price_adjust, found, requests=requests)
    return {x.variant_id: _explained(ctx, found[x.variant_id], x.variant_id, changes) for x in requests}


def _price(
    ctx: Context, request: PriceRequest, offers: Sequence[PriceOffer], chosen: Mapping[UUID, str]
) -> Price:
    own = OfferedPrice(request.price, request.compare_at)
    candidates = {CATALOGUE: (0, own)}
    for offer in offers:
        offered = offer.prices.get(request.variant_id)
        if offered is not None and _is_money(offered.amount, request.price.currency, offer.code):
            candidates[offer.code] = (offer.priority, offered)
    code = chosen.get(request.variant_id, "")
    if code not in candidates:
        # The catalogue's own comes first in the mapping, so it wins among equals.
        code = min(candidates, key=lambda c: (-candidates[c][0], candidates[c][1].amount.amount))
    best = candidates[code][1]
    trail = [Provenance("catalog", ctx.version_of("catalog"), CATALOGUE, request.price, request.detail)]
    if code != CATALOGUE:
        plugin = code.partition(".")[0]
        difference = best.amount - request.price
        trail.append(Provenance(plugin, ctx.version_of(plugin), code, difference, best.detail))
    return Price(best.amount, _above(best.compare_at, best.amount), tuple(trail))


def _explained(
    ctx: Context, price: Price, variant_id: UUID, changes: Sequence[Change[Mapping[UUID, Price]]]
) -> Price:
    """Follow the changes of one price; an amount that its plugin does not explain is explained for it."""
    for change in changes:
        after = change.after.get(variant_id)
        if (
            after is None
            or after == price
            or not _is_money(after.amount, price.amount.currency, change.plugin)
        ):
            continue
        version, difference = ctx.version_of(change.plugin), after.amount - price.amount
        added = after.provenance[len(change.before[variant_id].provenance) :]
        if sum((x.amount for x in added), Money.zero(difference.currency)) != difference:
            added = (Provenance(change.plugin, version, "price_adjust", difference),)
        trail = tuple(replace(x, plugin=change.plugin, version=version) for x in added)
        price = Price(after.amount, _above(after.compare_at, after.amount), (*price.provenance, *trail))
    return price


def _is_money(amount: Money, currency: str, source: str) -> bool:
    if amount.currency == currency and amount.amount >= 0:
        return True
    log.warning("%s gave the price %s where %s was asked for; left out", source, amount, currency)
    return False


def _above(compare_at: Money | None, amount: Money) -> Money | None:
    return compare_at if compare_at is not None and compare_at.amount > amount.amount else None
