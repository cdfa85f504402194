# SPDX-License-Identifier: Apache-2.0
"""The list of the visitor: in the database for who is signed in, in the session for guests."""

from uuid import UUID

from shopwright.context import Context
from shopwright.errors import Conflict, NotFound
from shopwright.i18n import translatable
from shopwright_catalog import api as catalog
from shopwright_wishlists.services import lists
from shopwright_wishlists.services.lists import Wish

KEPT = "wishlists.variants"
MOST_OF_GUEST = 50


def customer_id(ctx: Context) -> UUID | None:
    """Give who is signed in; None for guests."""
    return ctx.actor.id if ctx.actor.kind == "customer" else None


async def read(ctx: Context) -> list[Wish]:
    """Give the visitor's list, the latest first; what they kept as a guest becomes part of their own."""
    owner = customer_id(ctx)
    if owner is None:
        return [Wish(variant_id, ctx.clock.now()) for variant_id in _kept(ctx)]
    await _merge(ctx, owner)
    return await lists.of_customer(ctx, owner)


async def add(ctx: Context, variant_id: UUID) -> str:
    """Put a variant on the visitor's list; gives its product's title.

    Raises:
        NotFound, Conflict: it is not for sale, or the list is full.
    """
    variant = (await catalog.variants(ctx, [variant_id])).get(variant_id)
    if variant is None or not variant.published:
        raise NotFound(translatable("This product is not for sale."), code="variant_not_found")
    owner, kept = customer_id(ctx), _kept(ctx)
    if owner is not None:
        await lists.add(ctx, owner, [variant_id])
    elif variant_id not in kept:
        if len(kept) >= MOST_OF_GUEST:
            message = translatable("Your wishlist is full: sign in to keep more.")
            raise Conflict(message, code="wishlist_full", extra={"most": MOST_OF_GUEST})
        _keep(ctx, [variant_id, *kept])
    return variant.product_title


async def remove(ctx: Context, variant_id: UUID) -> None:
    """Take a variant off the visitor's list; doing it twice changes nothing."""
    owner, kept = customer_id(ctx), _kept(ctx)
    if owner is not None:
        await lists.remove(ctx, owner, variant_id)
    if variant_id in kept:
        _keep(ctx, [x for x in kept if x != variant_id])


async def _merge(ctx: Context, owner: UUID) -> None:
    kept = _kept(ctx)
    if not kept:
        return
    try:
        # The latest is first in the session and last among those that are put on.
        await lists.add(ctx, owner, kept[::-1])
    except Conflict:
        # It stays with the session: there may be room later.
        return
    _keep(ctx, [])


def _kept(ctx: Context) -> list[UUID]:
    assert ctx.visit is not None
    return [UUID(x) for x in ctx.visit.session.get(KEPT, [])]


def _keep(ctx: Context, variant_ids: list[UUID]) -> None:
    assert ctx.visit is not None
    if variant_ids:
        ctx.visit.session.set(KEPT, [str(x) for x in variant_ids])
    else:
        ctx.visit.session.remove(KEPT)
