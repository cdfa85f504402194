# SPDX-License-Identifier: Apache-2.0
"""What is shown beside a product: what was picked, filled up with suggestions, all cards in one read."""

from uuid import UUID

from shopwright.context import Context
from shopwright_catalog import api as catalog
from shopwright_related_products.api import RELATED, RelatedGroup
from shopwright_related_products.hookspecs import related_candidates, relation_kinds
from shopwright_related_products.services import relations
from shopwright_related_products.settings import RelatedProductsSettings


async def groups(ctx: Context, product_id: UUID) -> tuple[RelatedGroup, ...]:
    """Do what ``api.related`` says."""
    settings = ctx.settings(RelatedProductsSettings)
    chosen = await relations.picked(ctx, product_id) if await relations.has_any(ctx) else {}
    if settings.automatic and len(chosen.get(RELATED, ())) < settings.shown:
        known = {product_id, *(id_ for ids in chosen.values() for id_ in ids)}
        chosen.setdefault(RELATED, []).extend(await _suggested(ctx, product_id, known, settings.shown))
    wanted = list(dict.fromkeys(id_ for ids in chosen.values() for id_ in ids))
    if not wanted:
        return ()
    cards = {card.id: card for card in (await catalog.cards(ctx, ids=wanted)).cards}
    found = []
    for code, kind in ctx.hooks.registered(relation_kinds).items():
        shown = [cards[id_] for id_ in chosen.get(code, ()) if id_ in cards]
        if shown:
            found.append(RelatedGroup(code, kind.label(ctx), tuple(shown[: settings.shown])))
    return tuple(found)


async def _suggested(ctx: Context, product_id: UUID, known: set[UUID], limit: int) -> list[UUID]:
    """Give what plugins suggest, best first, without what is shown anyway."""
    answers = await ctx.hooks.collect(
        related_candidates, product_ids=[product_id], limit=limit + len(known) - 1
    )
    own = [one for one in answers if one.product_id == product_id and one.related_id not in known]
    best = sorted(own, key=lambda one: -one.score)
    return list(dict.fromkeys(one.related_id for one in best))[:limit]
