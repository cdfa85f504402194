# SPDX-License-Identifier: Apache-2.0
"""Why somebody pays a price: asked of the same engine, as that person and at that moment; nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from shopwright.actor import ANONYMOUS, Actor
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright_catalog import api as catalog
from shopwright_catalog.api import OfferedPrice, Price, PriceRequest, VariantInfo
from shopwright_catalog.hookspecs import price_candidates
from shopwright_pricing.services.active import at_moment


@dataclass(frozen=True, slots=True)
class Offered:
    """What one rule offers, whether it was chosen or not."""

    code: str
    priority: int
    price: OfferedPrice
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """A price with its trail, what was offered for it, and what whoever asked was taken for."""

    variant: VariantInfo
    price: Price
    offers: Sequence[Offered]
    audience: Sequence[str]


async def why(
    ctx: Context, variant_id: UUID, quantity: int, customer_id: UUID | None, moment: datetime | None
) -> Explanation:
    """Explain the price of a variant to a guest or a customer, at a moment or now.

    Raises:
        NotFound: there is no such variant.
    """
    actor = ANONYMOUS if customer_id is None else Actor("customer", customer_id)
    asking = replace(ctx, actor=actor, visit=None)
    variant = (await catalog.variants(ctx, [variant_id])).get(variant_id)
    if variant is None:
        raise NotFound("There is no such variant.")
    request = PriceRequest(variant.id, variant.product_id, variant.price, variant.compare_at, quantity)
    with at_moment(moment):
        price = (await catalog.prices(asking, [request]))[variant.id]
        offers = await asking.hooks.collect(price_candidates, requests=[request])
        audience = (await catalog.audience(asking)).tags
    rules = {step.rule for step in price.provenance}
    offered = [
        Offered(x.code, x.priority, x.prices[variant.id], x.code in rules)
        for x in offers
        if variant.id in x.prices
    ]
    offered.sort(key=lambda x: (-x.priority, x.price.amount.amount, x.code))
    return Explanation(variant, price, offered, sorted(audience))
