# SPDX-License-Identifier: Apache-2.0
"""A product's prices in the storefront API."""

from dataclasses import dataclass
from uuid import UUID

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.routing import Caching, Routes, Scope
from shopwright.money import Money, Provenance
from shopwright_catalog import api as catalog
from shopwright_pricing.services import shown
from shopwright_pricing.services.shown import PriceTier, UnitPrice

routes = Routes("pricing", Scope.API)


@dataclass(frozen=True, slots=True)
class VariantPrices:
    """What a variant costs the caller, one piece and more, and why."""

    variant_id: UUID
    sku: str
    title: str
    price: Money
    compare_at: Money | None
    lowest_price_30_days: Money | None
    """The lowest public price of the 30 days before a reduction."""
    unit_price: UnitPrice | None
    tiers: tuple[PriceTier, ...]
    provenance: tuple[Provenance, ...]


@dataclass(frozen=True, slots=True)
class ProductPrices:
    """The prices of a product's variants."""

    product_id: UUID
    variants: tuple[VariantPrices, ...]


@routes.get("/api/v1/products/{handle}/prices", permission=PUBLIC, caching=Caching(page=60))
async def product_prices(ctx: Context, handle: str) -> ProductPrices:
    """Give the prices of a published product: with tiers, unit prices, the lowest before a reduction, and the trail."""
    found = await catalog.product(ctx, handle)
    if found is None:
        raise NotFound("There is no such product.")
    if ctx.visit is not None:
        ctx.visit.tag(f"catalog.product:{found.id}")
    extra = await shown.beside(ctx, found.variants)
    variants = tuple(
        VariantPrices(
            variant_id=x.id,
            sku=x.sku,
            title=x.title,
            price=x.price,
            compare_at=x.compare_at,
            lowest_price_30_days=extra[x.id].lowest,
            unit_price=extra[x.id].unit_price,
            tiers=extra[x.id].tiers,
            provenance=x.provenance,
        )
        for x in found.variants
    )
    return ProductPrices(found.id, variants)
