# SPDX-License-Identifier: Apache-2.0
"""Bundles in the storefront API."""

from dataclasses import dataclass
from uuid import UUID

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.routing import Routes, Scope
from shopwright_bundles.services import shown
from shopwright_bundles.services.shown import Part
from shopwright_catalog import api as catalog

routes = Routes("bundles", Scope.API)


@dataclass(frozen=True, slots=True)
class BundleParts:
    """What a variant is made of."""

    variant_id: UUID
    components: tuple[Part, ...]


@routes.get("/api/v1/bundles/{variant_id}", permission=PUBLIC)
async def get_bundle_parts(ctx: Context, variant_id: UUID) -> BundleParts:
    """Tell what a bundle that is for sale is made of."""
    variant = (await catalog.variants(ctx, [variant_id])).get(variant_id)
    found = await shown.parts(ctx, [variant_id]) if variant is not None and variant.published else {}
    if variant_id not in found:
        raise NotFound("There is no such bundle.", code="bundle_not_found")
    return BundleParts(variant_id, found[variant_id])
