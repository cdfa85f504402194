# SPDX-License-Identifier: Apache-2.0
"""What is told beside prices: the tax that is in them or comes on top, and the price the other way."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from shopwright.context import Context
from shopwright.money import Money, Rounding
from shopwright_catalog import api as catalog
from shopwright_tax.services.calculate import MILLION, place_of
from shopwright_tax.services.rates import rates_of
from shopwright_tax.settings import TaxSettings


class TaxedVariant(Protocol):
    """A variant as it is shown, by the storefront's page or by the catalogue."""

    @property
    def id(self) -> UUID: ...
    @property
    def title(self) -> str: ...
    @property
    def price(self) -> Money: ...
    @property
    def tax_category(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Beside:
    """The tax of a variant's price. ``other`` is the price without it where it is in the price, else with it."""

    variant_id: UUID
    title: str
    label: str
    rate_ppm: int
    included: bool
    price: Money
    other: Money


@dataclass(frozen=True, slots=True)
class Line:
    """A line below a product's price; ``title`` is empty where it holds for all variants."""

    title: str
    label: str
    included: bool
    other: Money | None


async def beside(ctx: Context, variants: Sequence[TaxedVariant]) -> list[Beside]:
    """Give the tax of each variant that is taxed, at the place where the visitor is thought to be. From memory."""
    settings, rates = ctx.settings(TaxSettings), await rates_of(ctx, *await place_of(ctx))
    found, rounding = [], Rounding(settings.rounding)
    for x in variants:
        rate = rates.get(x.tax_category) or rates.get("standard")
        if rate is None or not x.tax_category:
            continue
        share = Decimal(rate.rate_ppm) / MILLION
        if settings.prices_include_tax:
            other = x.price - x.price.multiply(Decimal(rate.rate_ppm) / (MILLION + rate.rate_ppm), rounding)
        else:
            other = x.price + x.price.multiply(share, rounding)
        found.append(
            Beside(x.id, x.title, rate.label, rate.rate_ppm, settings.prices_include_tax, x.price, other)
        )
    return found


async def for_page(ctx: Context, variants: Sequence[TaxedVariant]) -> list[Line]:
    """Give what stands on a product's page: one line where all variants say the same."""
    settings = ctx.settings(TaxSettings)
    shows_other = await _sees_other(ctx, settings)
    if not settings.price_note and not shows_other:
        return []
    lines = [
        Line(x.title, x.label, x.included, x.other if shows_other else None)
        for x in await beside(ctx, variants)
    ]
    same = {(x.label, x.included, x.other) for x in lines}
    return [Line("", x.label, x.included, x.other) for x in lines[:1]] if len(same) == 1 else lines


async def is_included(ctx: Context) -> bool | None:
    """Tell for the foot of pages whether prices include tax; None where nothing is said or taxed."""
    settings = ctx.settings(TaxSettings)
    if not settings.price_note or not await rates_of(ctx, *await place_of(ctx)):
        return None
    return settings.prices_include_tax


async def _sees_other(ctx: Context, settings: TaxSettings) -> bool:
    if settings.other_price == "companies":
        return ctx.actor.kind == "customer" and bool((await catalog.audience(ctx)).companies)
    return settings.other_price == "everybody"
