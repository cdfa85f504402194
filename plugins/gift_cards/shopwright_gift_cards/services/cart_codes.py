# SPDX-License-Identifier: Apache-2.0
"""Gift cards in the cart's field for codes."""

from uuid import UUID

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright_checkout.api import Cart, CartCodes, CodeAnswer, EnteredCode
from shopwright_gift_cards.services import carts
from shopwright_gift_cards.services.carts import Fault, Tried
from shopwright_gift_cards.services.ledger import METHOD

# Only who has the whole code gets to read these: a guess gets the same answer as a code that nobody knows.
_WORDS: dict[Fault, str] = {
    "disabled": translatable("This gift card is not valid any more."),
    "expired": translatable("This gift card has expired."),
    "empty": translatable("Nothing is left on this gift card."),
    "other_currency": translatable("This gift card is in another currency than the cart."),
    "too_many": carts.TOO_MANY,
}


async def answer(ctx: Context, cart: Cart, code: str) -> CodeAnswer | None:
    """Put a gift card into a cart or say why not; None for a code that is not known."""
    found = await carts.put(ctx, cart, code)
    if found.card is None:
        return None
    name, label = f"{METHOD}{found.card.id}", carts.label(ctx, found.card.last4)
    if found.fault is None:
        return CodeAnswer(name, ctx.gettext("%(card)s pays for your order.", card=label))
    reason = f"gift_card_{found.fault}"
    return CodeAnswer(name, ctx.gettext(_WORDS[found.fault]), is_accepted=False, reason=reason)


async def in_field(ctx: Context, cart: Cart) -> CartCodes:
    """Tell which cards are in a cart: one statement when there are some."""
    found = await carts.looked_at(ctx, cart) if carts.MARK in cart.marks else []
    return CartCodes(ctx.gettext("gift card"), tuple(_entered(ctx, x) for x in found))


async def remove(ctx: Context, cart: Cart, name: str) -> bool | None:
    """Take a card out of a cart by its name in the field; None for what is none of ours or not there."""
    if not name.startswith(METHOD):
        return None
    try:
        card_id = UUID(name.removeprefix(METHOD))
    except ValueError:
        return None
    return await carts.take_out(ctx, cart.id, card_id) or None


def _entered(ctx: Context, found: Tried) -> EnteredCode:
    assert found.card is not None
    card = found.card
    return EnteredCode(
        f"{METHOD}{card.id}",
        carts.label(ctx, card.last4),
        ctx.format_money(card.balance),
        "" if found.fault is None else ctx.gettext(_WORDS[found.fault]),
    )
