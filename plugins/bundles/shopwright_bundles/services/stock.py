# SPDX-License-Identifier: Apache-2.0
"""The stock of bundles is that of their components: what is wanted of them, and how many can be made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright_bundles.services import bundles
from shopwright_bundles.services.bundles import KIND, Bundle
from shopwright_catalog import api as catalog
from shopwright_catalog.api import Availability, VariantInfo
from shopwright_checkout.api import Cart, Totals
from shopwright_inventory import api as inventory
from shopwright_inventory.api import Demand


async def expand(session: AsyncSession, demand: Sequence[Demand]) -> list[Demand]:
    """Turn what is wanted of bundles into what is wanted of their components; the rest stays as it is."""
    found = await bundles.of_in(session, {item.variant_id for item in demand})
    return expanded(demand, found)


def expanded(demand: Sequence[Demand], found: Mapping[UUID, Bundle]) -> list[Demand]:
    """Put the components of bundles in the place of bundles."""
    return [part for item in demand for part in _parts(item, found.get(item.variant_id))]


def _parts(item: Demand, bundle: Bundle | None) -> list[Demand]:
    if bundle is None:
        return [item]
    return [
        Demand(x.variant_id, x.quantity * item.quantity, part_of=item.variant_id) for x in bundle.components
    ]


async def objections(ctx: Context, totals: Totals) -> Sequence[Rejection]:
    """Object to ordering a bundle that is made of nothing, or of something that is no longer for sale."""
    wanted = {line.variant.id: line.variant for line in totals.lines if line.variant.kind == KIND.code}
    if not wanted:
        return []
    found = await bundles.of(ctx, wanted)
    parts = {x.variant_id for bundle in found.values() for x in bundle.components}
    known = await catalog.variants(ctx, list(parts))
    rejections = []
    for id_, variant in wanted.items():
        bundle = found.get(id_)
        if bundle is None or not all(_is_part(known.get(x.variant_id)) for x in bundle.components):
            message = ctx.gettext("A part of %(title)s is no longer for sale.", title=variant.product_title)
            rejections.append(Rejection("bundles.not_for_sale", message, "/lines"))
    return rejections


async def too_much(ctx: Context, cart: Cart, variant: VariantInfo, quantity: int) -> Sequence[Rejection]:
    """Object when bundles and components of one cart together are more than there are."""
    lines = {line.variant_id: line.quantity for line in cart.lines} | {variant.id: quantity}
    if variant.kind != KIND.code and all(line.kind != KIND.code for line in cart.lines):
        return []
    found = await bundles.of(ctx, lines)
    if variant.kind == KIND.code and variant.id not in found:
        return [
            Rejection("bundles.not_for_sale", ctx.gettext("This bundle is not for sale yet."), "/variant_id")
        ]
    wanted: Counter[UUID] = Counter()
    for item in expanded([Demand(id_, number) for id_, number in lines.items()], found):
        wanted[item.variant_id] += item.quantity
    known = await catalog.variants(ctx, list(wanted))
    stock = await inventory.availability(ctx, [id_ for id_, x in known.items() if x.stocked])
    if all(x.left is None or x.left >= wanted[id_] for id_, x in stock.items()):
        return []
    words = ctx.gettext("There is not enough of what it is made of. Please choose a smaller quantity.")
    return [Rejection("bundles.components_short", words, "/quantity")]


async def available(
    ctx: Context, value: Mapping[UUID, Availability], variant_ids: Sequence[UUID]
) -> Mapping[UUID, Availability] | None:
    """Say how many of each bundle can be made of what is there; None when none is asked about."""
    if not await bundles.exist(ctx):
        return None
    found = await bundles.of(ctx, variant_ids)
    if not found:
        return None
    parts = {x.variant_id for bundle in found.values() for x in bundle.components}
    known = await catalog.variants(ctx, list(parts))
    asked = [id_ for id_, variant in known.items() if variant.stocked and variant.kind != KIND.code]
    stock = await inventory.availability(ctx, asked)
    return {**value, **{id_: _made(bundle, stock, known) for id_, bundle in found.items()}}


def _made(
    bundle: Bundle, stock: Mapping[UUID, Availability], known: Mapping[UUID, VariantInfo]
) -> Availability:
    if not all(_is_part(known.get(part.variant_id)) for part in bundle.components):
        return Availability(sellable=False, left=0)
    parts = [(stock.get(x.variant_id, Availability()), x.quantity) for x in bundle.components]
    return inventory.combined(parts)


def _is_part(variant: VariantInfo | None) -> bool:
    return variant is not None and variant.published and variant.kind != KIND.code
