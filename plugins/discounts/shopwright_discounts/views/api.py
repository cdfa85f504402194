# SPDX-License-Identifier: Apache-2.0
"""Codes in carts, for the storefront API."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.routing import Routes, Scope
from shopwright_checkout import api as checkout
from shopwright_discounts.services import coupons, gifts
from shopwright_discounts.services.cart import CodeState, read_note
from shopwright_discounts.services.gifts import GiftOffer

routes = Routes("discounts", Scope.API)


class CodeBody(BaseModel):
    """A code to enter."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=80)


@routes.get("/api/v1/carts/{cart_id}/coupons", permission=PUBLIC)
async def list_cart_coupons(ctx: Context, cart_id: UUID) -> Sequence[CodeState]:
    """Tell of each code in a cart whether it applies now, and why not."""
    cart = await checkout.cart(ctx, cart_id)
    if cart is None:
        raise NotFound("There is no such cart.", code="cart_not_found")
    return await coupons.states(ctx, cart)


@routes.get("/api/v1/carts/{cart_id}/gifts", permission=PUBLIC)
async def list_cart_gifts(ctx: Context, cart_id: UUID) -> Sequence[GiftOffer]:
    """Give the gifts a cart has earned and does not hold yet; put one of the products into the cart to get it."""
    cart = await checkout.cart(ctx, cart_id)
    if cart is None:
        raise NotFound("There is no such cart.", code="cart_not_found")
    return await gifts.offers(ctx, read_note((await checkout.show(ctx, cart)).notes))


@routes.post(
    "/api/v1/carts/{cart_id}/coupons", permission=PUBLIC, idempotent=True, status=201, limit="120/60"
)
async def enter_coupon(ctx: Context, cart_id: UUID, body: CodeBody) -> Sequence[CodeState]:
    """Enter a code in a cart; 422 says why when it is unknown, used up or not valid."""
    await coupons.enter(ctx, cart_id, body.code)
    return await coupons.states(ctx, await coupons.open_cart(ctx, cart_id))


@routes.delete("/api/v1/carts/{cart_id}/coupons/{code}", permission=PUBLIC, status=204)
async def remove_coupon(ctx: Context, cart_id: UUID, code: str) -> None:
    """Take a code out of a cart."""
    await coupons.leave(ctx, cart_id, code)
