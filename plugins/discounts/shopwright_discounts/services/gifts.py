# SPDX-License-Identifier: Apache-2.0
"""Gifts a cart has earned and does not hold yet, as products to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopwright.context import Context
from shopwright_catalog import api as catalog
from shopwright_catalog.api import CardInfo
from shopwright_discounts.services.cart import Note


@dataclass(frozen=True, slots=True)
class GiftOffer:
    """A promotion whose gift is still to be chosen, with the products that can be bought."""

    promotion: str
    title: str
    products: tuple[CardInfo, ...]


async def offers(ctx: Context, note: Note) -> Sequence[GiftOffer]:
    """Give what can be chosen; nothing is asked where no gift waits."""
    if not note.gifts:
        return []
    ids = await catalog.ids_of(ctx, sorted({handle for gift in note.gifts for handle in gift.products}))
    page = await catalog.cards(ctx, ids=list(dict.fromkeys(ids.values())), limit=len(ids) or 1)
    by_id = {card.id: card for card in page.cards if card.available}
    cards = {handle: by_id[id_] for handle, id_ in ids.items() if id_ in by_id}
    found = [
        GiftOffer(gift.promotion, gift.title, tuple(cards[x] for x in gift.products if x in cards))
        for gift in note.gifts
    ]
    return [offer for offer in found if offer.products]
