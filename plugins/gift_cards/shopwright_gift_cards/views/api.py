# SPDX-License-Identifier: Apache-2.0
"""Gift cards and credit in carts, for the storefront API."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shopwright.actor import PUBLIC, SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.routing import Routes, Scope
from shopwright_checkout import api as checkout
from shopwright_gift_cards.services import carts, own
from shopwright_gift_cards.services.carts import EnteredCard
from shopwright_gift_cards.services.own import Balance, OwnCard

routes = Routes("gift_cards", Scope.API)


class CodeBody(BaseModel):
    """The code of a gift card; spaces, dashes and small letters are fine."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=80)


class CreditBody(BaseModel):
    """Whether the customer's credit pays for the cart."""

    model_config = ConfigDict(extra="forbid")

    use: bool


@routes.get("/api/v1/carts/{cart_id}/gift-cards", permission=PUBLIC)
async def list_cart_cards(ctx: Context, cart_id: UUID) -> Sequence[EnteredCard]:
    """List the gift cards in a cart; the cart's ``stored`` tells what each pays."""
    if await checkout.cart(ctx, cart_id) is None:
        raise NotFound("There is no such cart.", code="cart_not_found")
    return await carts.entered(ctx, cart_id)


@routes.post(
    "/api/v1/carts/{cart_id}/gift-cards", permission=PUBLIC, idempotent=True, status=201, limit="10/60"
)
async def enter_gift_card(ctx: Context, cart_id: UUID, body: CodeBody) -> Sequence[EnteredCard]:
    """Enter a gift card in a cart; 422 is the same for unknown, empty and expired ones."""
    await carts.enter(ctx, cart_id, body.code)
    return await carts.entered(ctx, cart_id)


@routes.delete("/api/v1/carts/{cart_id}/gift-cards/{card_id}", permission=PUBLIC, status=204)
async def remove_gift_card(ctx: Context, cart_id: UUID, card_id: UUID) -> None:
    """Take a gift card out of a cart."""
    await carts.leave(ctx, cart_id, card_id)


@routes.put("/api/v1/carts/{cart_id}/store-credit", permission=PUBLIC, status=204)
async def choose_store_credit(ctx: Context, cart_id: UUID, body: CreditBody) -> None:
    """Let the credit of the signed-in customer pay for a cart, or keep it; it pays unless told otherwise."""
    await carts.choose_credit(ctx, cart_id, use=body.use)


@routes.post("/api/v1/gift-cards/balance", permission=PUBLIC, limit="10/60")
async def get_card_balance(ctx: Context, body: CodeBody) -> Balance:
    """Tell what is left on a gift card; 422 is the same for unknown, switched off and expired ones."""
    return await own.balance(ctx, body.code)


@routes.get("/api/v1/customers/me/gift-cards", permission=SIGNED_IN_CUSTOMER)
async def list_own_cards(ctx: Context) -> Sequence[OwnCard]:
    """List the credit of who is signed in and the gift cards that were mailed to them, with their history."""
    assert ctx.actor.id is not None
    return await own.of_customer(ctx, ctx.actor.id)
