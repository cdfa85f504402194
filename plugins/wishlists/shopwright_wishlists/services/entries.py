# SPDX-License-Identifier: Apache-2.0
"""Lists as pages and the API show them: with what each thing is, costs, and whether it can be bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shopwright.context import Context
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_catalog.api import Picture
from shopwright_inventory import api as inventory
from shopwright_wishlists.services.lists import Wish


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on a list; what is no longer for sale has no price and no page."""

    variant_id: UUID
    title: str
    variant_title: str
    product_handle: str
    picture: Picture | None
    price: Money | None
    available: bool
    added_at: datetime


async def entries(ctx: Context, wishes: Sequence[Wish]) -> list[Entry]:
    """Put a list together: a few statements for all of it."""
    ids = [wish.variant_id for wish in wishes]
    if not ids:
        return []
    found = await catalog.variants(ctx, ids)
    live = {x.id: x for x in found.values() if x.published}
    requests = [
        catalog.PriceRequest(x.id, x.product_id, x.price, x.compare_at, facts=x.facts) for x in live.values()
    ]
    prices = await catalog.prices(ctx, requests)
    stock = await inventory.availability(ctx, list(live))
    gone = ctx.gettext("A product that is no longer for sale")
    return [
        Entry(
            wish.variant_id,
            x.product_title if x else gone,
            x.title if x else "",
            x.product_handle if x else "",
            x.picture if x else None,
            prices[x.id].amount if x else None,
            x is not None and stock[x.id].sellable,
            wish.added_at,
        )
        for wish in wishes
        for x in [live.get(wish.variant_id)]
    ]
