# SPDX-License-Identifier: Apache-2.0
"""What is shown beside the prices of a product: those of larger quantities, and the lowest before a reduction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from shopwright.context import Context
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_pricing.services import active
from shopwright_pricing.services.active import Extras
from shopwright_pricing.services.candidates import Asked, again, asked
from shopwright_pricing.services.contents import WORDS
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
class UnitPrice:
    """What a unit of the content costs: ``unit`` is kg, l, m, m2 or piece."""

    price: Money
    unit: str
    content: Decimal
    """How much of the unit is in one piece."""

    def words(self, ctx: Context) -> str:
        return ctx.gettext(WORDS[self.unit], price=ctx.format_money(self.price))


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a variant's price; ``title`` is empty where it is the same for all variants."""

    title: str
    tiers: tuple[PriceTier, ...] = ()
    lowest: Money | None = None
    """The lowest public price of the 30 days before the reduction; None without a reduction, or when unknown."""
    unit_price: UnitPrice | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.tiers or self.lowest or self.unit_price)


async def beside(ctx: Context, variants: Sequence[PricedVariant]) -> dict[UUID, Beside]:
    """Give what stands beside the price of each variant, for the actor who was given these prices."""
    tiers = await _tiers(ctx, [variant.id for variant in variants])
    extras = await _extras(ctx, variants)
    return {
        x.id: Beside(x.title, tiers.get(x.id, ()), _lowest(extras, x), _unit_price(extras, x))
        for x in variants
    }


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
    if len({(x.tiers, x.lowest, x.unit_price) for x in found}) == 1:
        found = [replace(found[0], title="")]
    return [x for x in found if not x.is_empty]


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


async def _extras(ctx: Context, variants: Sequence[PricedVariant]) -> Extras | None:
    """Give what came with the prices, or read it where it is needed."""
    known = asked(ctx)
    if known is not None and known.extras is not None:
        return known.extras
    has_contents = known is not None and known.has_contents
    if not has_contents and all(x.compare_at is None for x in variants):
        return None
    return await active.extras_of(ctx, [x.id for x in variants])


def _lowest(extras: Extras | None, variant: PricedVariant) -> Money | None:
    known = extras.lowest.get(variant.id) if extras is not None else None
    if known is None or variant.compare_at is None:
        return None
    amount = known.beside(variant.price.amount)
    return None if amount is None else Money(amount, variant.price.currency)


def _unit_price(extras: Extras | None, variant: PricedVariant) -> UnitPrice | None:
    known = extras.contents.get(variant.id) if extras is not None else None
    if known is None:
        return None
    return UnitPrice(known.price_of_unit(variant.price), known.unit, known.quantity)
