# SPDX-License-Identifier: Apache-2.0
"""The price of a bundle that costs what its components cost together, less a percentage."""

from collections.abc import Sequence
from uuid import UUID

from shopwright.context import Context
from shopwright.money import Money
from shopwright_bundles.services import bundles
from shopwright_bundles.services.bundles import KIND, Bundle
from shopwright_catalog import api as catalog
from shopwright_catalog.api import OfferedPrice, Price, PriceOffer, PriceRequest

CODE = "bundles.components"
PRIORITY = 1
"""Above the catalogue's own price, below price lists that name the bundle with a higher one."""


async def offers(ctx: Context, requests: Sequence[PriceRequest]) -> Sequence[PriceOffer]:
    """Offer the sum of the components; nothing is read unless a bundle is asked about."""
    wanted = {x.variant_id: x for x in requests if x.facts.kind == KIND.code}
    found = {
        id_: bundle
        for id_, bundle in (await bundles.of(ctx, wanted)).items()
        if bundle.pricing == "components"
    }
    if not found:
        return []
    known = await catalog.variants(ctx, list({x.variant_id for b in found.values() for x in b.components}))
    prices = {}
    for id_, bundle in found.items():
        if all(x.variant_id in known for x in bundle.components):
            prices[id_] = await _offer(ctx, bundle, wanted[id_], known)
    return [PriceOffer(CODE, prices, PRIORITY)] if prices else []


async def _offer(
    ctx: Context, bundle: Bundle, request: PriceRequest, known: dict[UUID, catalog.VariantInfo]
) -> OfferedPrice:
    parts = await catalog.prices(ctx, [
        PriceRequest(v.id, v.product_id, v.price, v.compare_at, x.quantity * request.quantity, v.facts)
        for x in bundle.components
        for v in [known[x.variant_id]]
    ])  # fmt: skip
    whole = _sum(bundle, parts, request.price.currency)
    amount = Money((whole.amount * (100 - bundle.percent) + 50) // 100, whole.currency)
    detail = f"{bundle.percent} % off {whole}" if bundle.percent else ""
    return OfferedPrice(amount, whole if bundle.percent else request.compare_at, detail)


def _sum(bundle: Bundle, parts: dict[UUID, Price], currency: str) -> Money:
    return sum((parts[x.variant_id].amount * x.quantity for x in bundle.components), Money.zero(currency))
