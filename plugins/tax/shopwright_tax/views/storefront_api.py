# SPDX-License-Identifier: Apache-2.0
"""The taxes of a product's prices in the storefront API."""

from dataclasses import dataclass
from uuid import UUID

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.routing import Caching, Routes, Scope
from shopwright_catalog import api as catalog
from shopwright_tax.services import shown
from shopwright_tax.services.shown import Beside

routes = Routes("tax", Scope.API)


@dataclass(frozen=True, slots=True)
class ProductTaxes:
    """The taxes of a product's variants; those that are not taxed are left out."""

    product_id: UUID
    variants: tuple[Beside, ...]


@routes.get("/api/v1/products/{handle}/taxes", permission=PUBLIC, caching=Caching(page=60))
async def product_taxes(ctx: Context, handle: str) -> ProductTaxes:
    """Tell of each variant's price what tax is in it or comes on top, and what it costs the other way."""
    found = await catalog.product(ctx, handle)
    if found is None:
        raise NotFound("There is no such product.")
    if ctx.visit is not None:
        ctx.visit.tag(f"catalog.product:{found.id}")
    return ProductTaxes(found.id, tuple(await shown.beside(ctx, found.variants)))
