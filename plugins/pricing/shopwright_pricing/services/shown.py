# SPDX-License-Identifier: Apache-2.0
"""What is shown beside the prices of a product: those of larger quantities, and the lowest before a reduction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from shopwright.context import Context
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_pricing.services import history
from shopwright_pricing.services.candidates import Asked, again, asked
from shopwright_pricing.settings import PricingSettings

MOST_TIERS = 20


class PricedVariant(Protocol):
    """A variant as it is shown, by the storefront's page or by the catalogue."""

    @property
    def id(self) -> UUID: ...
    @property
    def title(self) -> str: ...
    @property
    def price(self) -> Money: ...
    @property
    def compare_at(self) -> Money | None: ...


@dataclass(frozen=True, slots=True)
class PriceTier:
    """What one piece costs from a quantity on."""

    min_quantity: int
    price: Money
    compare_at: Money | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a variant's price; ``title`` is empty where it is the same for all variants."""

    title: str
    tiers: tuple[PriceTier, ...] = ()
    lowest: Money | None = None
    """The lowest public price of the 30 days before the reduction; None without a reduction, or when unknown."""


async def beside(ctx: Context, variants: Sequence[PricedVariant]) -> dict[UUID, Beside]:
    """Give what stands beside the price of each variant, for the actor who was given these prices."""
    tiers = await _tiers(ctx, [variant.id for variant in variants])
    lowest = await _lowest(ctx, variants)
    return {x.id: Beside(x.title, tiers.get(x.id, ()), lowest.get(x.id)) for x in variants}


async def for_page(ctx: Context, variants: Sequence[PricedVariant]) -> list[Beside]:
    """Give what the page of a product shows by the store's settings: once where all variants are alike."""
    settings = ctx.settings(PricingSettings)
    found = [
        replace(
            x,
            tiers=x.tiers if settings.show_tiers else (),
            lowest=x.lowest if settings.show_lowest_price else None,
        )
        for x in (await beside(ctx, variants)).values()
    ]
    if len({(x.tiers, x.lowest) for x in found}) == 1:
        found = [replace(found[0], title="")]
    return [x for x in found if x.tiers or x.lowest]


async def _tiers(ctx: Context, variant_ids: Sequence[UUID]) -> dict[UUID, tuple[PriceTier, ...]]:
    """Ask for the price at each quantity of a list, so that what is told is what will be asked for in the cart."""
    known = asked(ctx)
    quantities = _quantities(known, frozenset(variant_ids)) if known is not None else []
    if known is None or not quantities:
        return {}
    requests = [known.requests[x] for x in variant_ids if x in known.requests]
    found: dict[UUID, list[PriceTier]] = {}
    with again():
        for quantity in [1, *quantities]:
            prices = await catalog.prices(ctx, [replace(x, quantity=quantity) for x in requests])
            for variant_id, price in prices.items():
                tiers = found.setdefault(variant_id, [])
                if not tiers or tiers[-1].price != price.amount:
                    tiers.append(PriceTier(quantity, price.amount, price.compare_at))
    return {variant_id: tuple(tiers[1:]) for variant_id, tiers in found.items()}


def _quantities(known: Asked, variant_ids: frozenset[UUID]) -> list[int]:
    holding = {each.id for each in known.lists}
    found = {
        tier.min_quantity
        for (list_id, variant_id), tiers in known.tiers.items()
        if list_id in holding and variant_id in variant_ids
        for tier in tiers
    }
    return sorted(found - {1})[:MOST_TIERS]


async def _lowest(ctx: Context, variants: Sequence[PricedVariant]) -> dict[UUID, Money]:
    reduced = {x.id: x.price for x in variants if x.compare_at is not None}
    if not reduced:
        return {}
    known = asked(ctx)
    found = known.lowest if known is not None else None
    if found is None:
        found = await history.lowest(ctx, list(reduced))
    return {
        variant_id: Money(amount, reduced[variant_id].currency)
        for variant_id in reduced.keys() & found.keys()
        if (amount := found[variant_id].beside(reduced[variant_id].amount)) is not None
    }
