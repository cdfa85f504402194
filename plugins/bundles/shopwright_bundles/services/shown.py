# SPDX-License-Identifier: Apache-2.0
"""What belongs to a bundle, in the customer's words: on its page, in the cart, and kept with the order."""

from dataclasses import dataclass, replace
from uuid import UUID

from shopwright.context import Context
from shopwright_bundles.services import bundles
from shopwright_bundles.services.bundles import KIND
from shopwright_catalog import api as catalog
from shopwright_checkout.api import Totals


@dataclass(frozen=True, slots=True)
class Part:
    """A component as people see it."""

    variant_id: UUID
    quantity: int
    title: str
    sku: str
    product_handle: str
    published: bool

    @property
    def text(self) -> str:
        return f"{self.quantity} × {self.title}"


async def parts(ctx: Context, variant_ids: list[UUID]) -> dict[UUID, tuple[Part, ...]]:
    """Give what variants are made of, in the context's language; variants that are no bundles are left out."""
    found = await bundles.of(ctx, variant_ids)
    wanted = {x.variant_id for bundle in found.values() for x in bundle.components}
    known = await catalog.variants(ctx, list(wanted))
    return {
        id_: tuple(
            Part(v.id, x.quantity, f"{v.product_title} ({v.title})" if v.title else v.product_title, v.sku,
                v.product_handle, v.published)
            for x in bundle.components
            if (v := known.get(x.variant_id)) is not None
        )
        for id_, bundle in found.items()
    }  # fmt: skip


async def in_cart(ctx: Context, totals: Totals) -> Totals | None:
    """Tell of each bundle in a cart what belongs to it; nothing is read for carts without any."""
    wanted = [line.variant.id for line in totals.lines if line.variant.kind == KIND.code]
    if not wanted:
        return None
    found = await parts(ctx, wanted)
    lines = tuple(
        replace(line, details=(*line.details, *(part.text for part in found.get(line.variant.id, ()))))
        for line in totals.lines
    )
    return replace(totals, lines=lines)
