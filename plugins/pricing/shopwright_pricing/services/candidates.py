# SPDX-License-Identifier: Apache-2.0
"""What the store's lists offer the context's actor for variants."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from uuid import UUID

from shopwright.actor import Actor
from shopwright.context import Context
from shopwright.http.visit import Visit
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_catalog.api import OfferedPrice, PriceOffer, PriceRequest
from shopwright_pricing.services import active
from shopwright_pricing.services.active import ActiveList, Extras, Found, Kept, Tier, Tiers
from shopwright_pricing.services.rounding import share


@dataclass(slots=True)
class Asked:
    """What was asked for and read while one page is made, so that its tiers need no statement of their own."""

    visit: Visit
    actor: Actor
    requests: dict[UUID, PriceRequest] = field(default_factory=dict)
    lists: tuple[ActiveList, ...] = ()
    tiers: Tiers = field(default_factory=dict)
    extras: Extras | None = None
    """Of a single product's variants; None when they were not read."""
    has_contents: bool = False


_asked: ContextVar[Asked | None] = ContextVar("shopwright_pricing_asked", default=None)
_again: ContextVar[bool] = ContextVar("shopwright_pricing_again", default=False)


def asked(ctx: Context) -> Asked | None:
    """Give what this request has asked for so far."""
    found = _asked.get()
    is_ours = found is not None and found.visit is ctx.visit and found.actor == ctx.actor
    return found if is_ours else None


@contextmanager
def again() -> Iterator[None]:
    """Have prices made from what this request has read already."""
    token = _again.set(True)
    try:
        yield
    finally:
        _again.reset(token)


async def offers(ctx: Context, requests: Sequence[PriceRequest]) -> list[PriceOffer]:
    """Give an offer for each list that holds now and is for the actor."""
    known = asked(ctx)
    if _again.get() and known is not None:
        return _made(known.lists, known.tiers, requests)
    ids = [request.variant_id for request in requests]
    # A single product is shown with more than its prices, which comes with the same statement.
    alone = ctx.visit is not None and len({request.product_id for request in requests}) == 1
    kept, found = await active.kept_and_prices(ctx, ids, extras=alone)
    holding = await _holding(ctx, kept.lists)
    with_prices = [x.id for x in holding if x.has_prices]
    if found is None:
        found = await active.prices_in(ctx, ids, with_prices, extras=alone) if with_prices else Found({})
    _note(ctx, requests, replace(kept, lists=holding), found)
    return _made(holding, found.tiers, requests)


async def _holding(ctx: Context, lists: Sequence[ActiveList]) -> tuple[ActiveList, ...]:
    now = active.now(ctx)
    holding = [x for x in lists if x.holds(ctx.currency, now)]
    tags: frozenset[str] = frozenset()
    if any(x.is_for_some for x in holding):
        tags = (await catalog.audience(ctx)).tags
    return tuple(x for x in holding if x.is_for(tags))


def _note(ctx: Context, requests: Sequence[PriceRequest], kept: Kept, found: Found) -> None:
    if ctx.visit is None:
        return
    known = asked(ctx)
    if known is None:
        known = Asked(ctx.visit, ctx.actor)
        _asked.set(known)
    known.requests.update((x.variant_id, x) for x in requests)
    known.lists, known.has_contents = kept.lists, kept.has_contents
    known.tiers.update(found.tiers)
    known.extras = found.extras


def _made(lists: Sequence[ActiveList], tiers: Tiers, requests: Sequence[PriceRequest]) -> list[PriceOffer]:
    made = []
    for each in lists:
        prices: Mapping[UUID, OfferedPrice] = {
            x.variant_id: offered
            for x in requests
            if (offered := _offered(each, tiers.get((each.id, x.variant_id), ()), x)) is not None
        }
        if prices:
            made.append(PriceOffer(f"pricing.{each.code}", prices, each.priority))
    return made


def _offered(each: ActiveList, tiers: Sequence[Tier], request: PriceRequest) -> OfferedPrice | None:
    """Give the list's own price for the quantity, or else its share of the catalogue's."""
    currency = request.price.currency
    fitting = [x for x in tiers if x.min_quantity <= request.quantity and each.currency == currency]
    before = request.price if each.shows_before else None
    if fitting:
        tier = fitting[-1]
        compare_at = before if tier.compare_at is None else Money(tier.compare_at, currency)
        detail = f"from {tier.min_quantity}" if tier.min_quantity > 1 else ""
        return OfferedPrice(Money(tier.amount, currency), compare_at, detail)
    if each.percent_ppm is None:
        return None
    detail = f"{each.percent_ppm / 10_000:g} %"
    return OfferedPrice(share(request.price, each.percent_ppm, each.rounding), before, detail)
