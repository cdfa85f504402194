# SPDX-License-Identifier: Apache-2.0
"""Promotions that hold for a product's price already: in the listing, on its page and in the cart."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from shopwright.context import Context
from shopwright.money import Money, Provenance, Rounding
from shopwright_catalog import api as catalog
from shopwright_catalog.api import Price, PriceRequest, ProductFacts
from shopwright_discounts.api import Basket, Item
from shopwright_discounts.services.conditions import AudienceValues
from shopwright_discounts.services.currency import converted
from shopwright_discounts.services.engine import Candidate, run
from shopwright_discounts.services.promotions import Live, enabled, local_now
from shopwright_discounts.settings import DiscountSettings

_SEGMENT = "segment:"
_NO_GROUPS: frozenset[str] = frozenset()


async def adjusted(
    ctx: Context, value: Mapping[UUID, Price], requests: Sequence[PriceRequest]
) -> Mapping[UUID, Price] | None:
    """Take off what promotions give for each piece alone; None when there is none."""
    found = [x for x in await enabled(ctx) if x.is_catalogue]
    if not found:
        return None
    found = converted(found, await catalog.rate_to(ctx, ctx.currency))
    candidates = [Candidate(replace(x.promotion, title=x.title(ctx.locale))) for x in found]
    basket = Basket(
        ctx.currency, (), local_now(ctx), await audience_of(ctx, found), rounding=rounding_of(ctx)
    )
    version = ctx.version_of("discounts")
    groups = await groups_for(ctx, found, [x.product_id for x in requests])
    return {
        x.variant_id: _price(
            value[x.variant_id], x, groups.get(x.product_id, _NO_GROUPS), candidates, basket, version
        )
        for x in requests
    }


async def audience_of(ctx: Context, promotions: Sequence[Live]) -> frozenset[str]:
    """Ask what the actor is to promotions, where one wants to know."""
    if not any("audience" in x.scopes for x in promotions):
        return frozenset()
    found = await catalog.audience(ctx, segments=_segments(promotions))
    return found.tags


def _segments(promotions: Sequence[Live]) -> set[str]:
    """Give the codes of the segments that promotions are for."""
    return {
        tag.removeprefix(_SEGMENT)
        for x in promotions
        for _, values in x.promotion.conditions
        if isinstance(values, AudienceValues)
        for tag in values.any_of
        if tag.startswith(_SEGMENT)
    }


async def groups_for(
    ctx: Context, promotions: Sequence[Live], product_ids: Sequence[UUID]
) -> dict[UUID, frozenset[str]]:
    """Ask which collections and other groups products are in, where a promotion wants to know."""
    is_asked = any(kind.needs_groups for x in promotions for kind, _ in x.promotion.conditions)
    return await catalog.groups_of(ctx, product_ids) if is_asked else {}


def rounding_of(ctx: Context) -> Rounding:
    return Rounding(ctx.settings(DiscountSettings).rounding)


def item_of(
    key: str,
    variant_id: UUID,
    product_id: UUID,
    price: Money,
    quantity: int,
    facts: ProductFacts,
    groups: frozenset[str],
) -> Item:
    """Make an item of the engine."""
    return Item(
        key=key,
        variant_id=variant_id,
        product_id=product_id,
        unit_price=price.amount,
        quantity=quantity,
        handle=facts.handle,
        vendor=facts.vendor,
        product_type=facts.product_type,
        tags=frozenset(facts.tags),
        categories=frozenset(facts.categories),
        groups=groups,
    )


def _price(
    price: Price,
    request: PriceRequest,
    groups: frozenset[str],
    candidates: Sequence[Candidate],
    basket: Basket,
    version: str,
) -> Price:
    currency = price.amount.currency
    item = item_of("piece", request.variant_id, request.product_id, price.amount, 1, request.facts, groups)
    outcome = run(candidates, replace(basket, currency=currency, items=(item,)))
    if not outcome.applied:
        return price
    trail = [
        Provenance("discounts", version, x.promotion.code, Money(-x.total, currency), x.promotion.title)
        for x in outcome.applied
    ]
    amount = price.amount - Money(outcome.off("piece"), currency)
    return Price(amount, price.compare_at or price.amount, (*price.provenance, *trail))
