# SPDX-License-Identifier: Apache-2.0
"""The cart of the browser that makes a request."""

from uuid import UUID

from shopwright.context import Context
from shopwright_checkout.api import Cart
from shopwright_checkout.services import carts

CART = "checkout.cart_id"


async def current(ctx: Context) -> Cart | None:
    """Give the visitor's open cart, if there is one."""
    assert ctx.visit is not None
    cart_id = ctx.visit.session.get(CART)
    cart = await carts.read(ctx, UUID(cart_id)) if cart_id else None
    return await carts.follow(ctx, cart) if cart is not None and cart.status == "open" else None


async def put(ctx: Context, variant_id: UUID, quantity: int) -> carts.Changed:
    """Put a variant into the visitor's cart, making one when there is none; raises what ``carts.add`` does."""
    assert ctx.visit is not None
    found = await current(ctx)
    changed = await carts.add(ctx, found.id if found else None, variant_id, quantity)
    ctx.visit.session.set(CART, str(changed.cart.id))
    return changed


def take_up(ctx: Context, cart_id: UUID) -> None:
    """Let the visitor go on with a cart; the caller has made sure whose it is."""
    assert ctx.visit is not None
    ctx.visit.session.set(CART, str(cart_id))
