# SPDX-License-Identifier: Apache-2.0
"""Gift cards entered in carts, and whether a customer's credit pays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.money import Money
from shopwright_checkout import api as checkout
from shopwright_checkout.api import Cart, StoredValue
from shopwright_gift_cards.services import codes
from shopwright_gift_cards.services.ledger import METHOD

MOST_IN_CART = 10
TOO_MANY = translatable("A cart takes up to 10 gift cards.")
MARK = "gift_cards.code"
"""On carts in which a code was entered."""
# What ends first is used first; credit last, because it may pay for anything later.
_USABLE = """
SELECT a.id, a.kind, a.last4, a.balance FROM gift_cards_account a
WHERE a.currency = $3 AND a.status = 'active' AND a.balance > 0 AND (a.expires_at IS NULL OR a.expires_at > $4)
    AND (EXISTS (SELECT 1 FROM gift_cards_cart_code c WHERE c.cart_id = $1 AND c.account_id = a.id)
        OR (a.customer_id = $2 AND NOT EXISTS (
            SELECT 1 FROM gift_cards_cart_choice x WHERE x.cart_id = $1 AND NOT x.use_credit)))
ORDER BY a.kind, a.expires_at NULLS LAST, a.id
"""
_FIND = """
SELECT a.id, a.last4, a.status, a.balance, a.currency, a.expires_at,
    (SELECT count(*) FROM gift_cards_cart_code c WHERE c.cart_id = $2 AND c.account_id <> a.id) AS others
FROM gift_cards_account a WHERE a.code_hash = $1
"""
_ENTERED = """
SELECT a.id, a.last4, a.status, a.balance, a.currency, a.expires_at, 0 AS others FROM gift_cards_cart_code c
JOIN gift_cards_account a ON a.store_id = c.store_id AND a.id = c.account_id WHERE c.cart_id = $1 ORDER BY c.id
"""
_CREDIT = """
SELECT a.balance, coalesce((SELECT x.use_credit FROM gift_cards_cart_choice x WHERE x.cart_id = $1), true) AS used
FROM gift_cards_account a WHERE a.customer_id = $2 AND a.currency = $3 AND a.status = 'active' AND a.balance > 0
    AND (a.expires_at IS NULL OR a.expires_at > $4)
"""
_ENTER = text("""
INSERT INTO gift_cards_cart_code (store_id, id, cart_id, account_id, added_at)
VALUES (:store_id, :id, :cart_id, :account_id, :now) ON CONFLICT (store_id, cart_id, account_id) DO NOTHING
""")
_LEAVE = text("""
DELETE FROM gift_cards_cart_code WHERE cart_id = :cart_id AND account_id = :account_id RETURNING 1
""")
_CHOOSE = text("""
INSERT INTO gift_cards_cart_choice (store_id, id, cart_id, use_credit) VALUES (:store_id, :id, :cart_id, :use)
ON CONFLICT (store_id, cart_id) DO UPDATE SET use_credit = excluded.use_credit
""")
_CODES_OF = text("SELECT account_id FROM gift_cards_cart_code WHERE cart_id = :cart_id ORDER BY id")
_CHOICE_OF = text("SELECT use_credit FROM gift_cards_cart_choice WHERE cart_id = :cart_id")


@dataclass(frozen=True, slots=True)
class EnteredCard:
    """A gift card in a cart: its last letters and what is on it."""

    id: UUID
    last4: str
    balance: Money


Fault = Literal["unknown", "disabled", "expired", "empty", "other_currency", "too_many"]


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a code: the card, where there is one, and what is wrong with it."""

    fault: Fault | None
    card: EnteredCard | None = None


@dataclass(frozen=True, slots=True)
class CreditState:
    """A signed-in customer's credit, and whether it pays for this cart."""

    balance: Money
    used: bool


async def usable(ctx: Context, cart: Cart) -> Sequence[StoredValue]:
    """Give what pays for a cart now: cards whose code is entered, then the credit of who is signed in."""
    owner = _owner(ctx, cart)
    if owner is None and MARK not in cart.marks:
        return []
    rows = await ctx.fetch_rows(_USABLE, cart.id, owner, cart.currency, ctx.clock.now())
    return [
        StoredValue(f"{METHOD}{row['id']}", label(ctx, row["last4"]), Money(row["balance"], cart.currency))
        for row in rows
    ]


async def enter(ctx: Context, cart_id: UUID, code: str) -> None:
    """Put a gift card into an open cart.

    Raises:
        NotFound, Conflict: no such cart, or it is ordered.
        Invalid: the same for a code that is unknown, empty, expired, off or of another currency.
    """
    fault = (await put(ctx, await open_cart(ctx, cart_id), code)).fault
    if fault == "too_many":
        raise Invalid(TOO_MANY, code="too_many_gift_cards", errors=[FieldError("/code", fault, TOO_MANY)])
    if fault is not None:
        message = translatable("This gift card is not valid here, or nothing is left on it.")
        raise Invalid(message, code="gift_card_unusable", errors=[FieldError("/code", "unusable", message)])


async def put(ctx: Context, cart: Cart, code: str) -> Tried:
    """Put a gift card into an open cart, or tell what is wrong with it."""
    tidy, now = codes.tidy(code), ctx.clock.now()
    rows = []
    if codes.is_possible(tidy):
        rows = await ctx.fetch_rows(_FIND, codes.hashed(ctx.store.id, tidy), cart.id)
    if not rows:
        return Tried("unknown")
    found = tried(ctx, rows[0], cart.currency)
    if found.fault is not None:
        return found
    values = {
        "store_id": ctx.store.id, "id": new_id(), "cart_id": cart.id, "account_id": rows[0]["id"], "now": now,
    }  # fmt: skip

    async def work(session: AsyncSession) -> None:
        await session.execute(_ENTER, values)
        await checkout.mark(session, cart.id, MARK)

    await ctx.run(work)
    return found


async def leave(ctx: Context, cart_id: UUID, card_id: UUID) -> None:
    """Take a gift card out of an open cart.

    Raises:
        NotFound, Conflict: no such cart or no such card in it, or it is ordered.
    """
    await open_cart(ctx, cart_id)
    if not await take_out(ctx, cart_id, card_id):
        raise NotFound("This gift card is not in the cart.", code="gift_card_not_in_cart")


async def take_out(ctx: Context, cart_id: UUID, card_id: UUID) -> bool:
    """Take a gift card out of a cart; False when it is not in it."""

    async def work(session: AsyncSession) -> bool:
        found = await session.execute(_LEAVE, {"cart_id": cart_id, "account_id": card_id})
        return found.one_or_none() is not None

    return await ctx.run(work)


async def choose_credit(ctx: Context, cart_id: UUID, *, use: bool) -> None:
    """Let the customer's credit pay for an open cart, or keep it for later."""
    await open_cart(ctx, cart_id)
    values = {"store_id": ctx.store.id, "id": new_id(), "cart_id": cart_id, "use": use}

    async def work(session: AsyncSession) -> None:
        await session.execute(_CHOOSE, values)

    await ctx.run(work)


async def entered(ctx: Context, cart_id: UUID) -> Sequence[EnteredCard]:
    """Give the cards in a cart in the order in which they were entered."""
    return [_card(row) for row in await ctx.fetch_rows(_ENTERED, cart_id)]


async def looked_at(ctx: Context, cart: Cart) -> Sequence[Tried]:
    """Give the cards in a cart, and what is wrong with them by now."""
    return [tried(ctx, row, cart.currency) for row in await ctx.fetch_rows(_ENTERED, cart.id)]


async def credit(ctx: Context, cart_id: UUID, currency: str) -> CreditState | None:
    """Give the credit of who is signed in; None when there is none."""
    if ctx.actor.kind != "customer":
        return None
    rows = await ctx.fetch_rows(_CREDIT, cart_id, ctx.actor.id, currency, ctx.clock.now())
    return CreditState(Money(rows[0]["balance"], currency), rows[0]["used"]) if rows else None


async def copy(ctx: Context, session: AsyncSession, cart_id: UUID, copy_id: UUID) -> None:
    """Keep a cart's cards and its choice in its copy."""
    own = {"store_id": ctx.store.id, "cart_id": copy_id, "now": ctx.clock.now()}
    for row in (await session.execute(_CODES_OF, {"cart_id": cart_id})).all():
        await session.execute(_ENTER, own | {"id": new_id(), "account_id": row.account_id})
    choice = (await session.execute(_CHOICE_OF, {"cart_id": cart_id})).one_or_none()
    if choice is not None:
        values = {"store_id": ctx.store.id, "id": new_id(), "cart_id": copy_id, "use": choice.use_credit}
        await session.execute(_CHOOSE, values)


async def open_cart(ctx: Context, cart_id: UUID) -> Cart:
    """Give a cart that can still be changed.

    Raises:
        NotFound, Conflict: there is none, or it is ordered.
    """
    cart = await checkout.cart(ctx, cart_id)
    if cart is None:
        raise NotFound("There is no such cart.", code="cart_not_found")
    if cart.status != "open":
        raise Conflict("This cart has been ordered already.", code="already_placed")
    return cart


def tried(ctx: Context, row: Any, currency: str) -> Tried:
    """Tell what a row of a card says about it in a cart of a currency."""
    faults: dict[Fault, bool] = {
        "disabled": row["status"] != "active",
        "expired": row["expires_at"] is not None and row["expires_at"] <= ctx.clock.now(),
        "empty": row["balance"] <= 0,
        "other_currency": row["currency"] != currency,
        "too_many": row["others"] >= MOST_IN_CART,
    }
    return Tried(next((fault for fault, holds in faults.items() if holds), None), _card(row))


def _card(row: Any) -> EnteredCard:
    return EnteredCard(row["id"], row["last4"], Money(row["balance"], row["currency"]))


def _owner(ctx: Context, cart: Cart) -> UUID | None:
    """Credit is offered to nobody but its owner, whoever else holds the cart's id."""
    is_owner = cart.customer_id is not None and ctx.actor.id == cart.customer_id
    return cart.customer_id if is_owner else None


def label(ctx: Context, last4: str) -> str:
    """Name a card, or credit, for the customer."""
    return ctx.gettext("Gift card •••• %(last4)s", last4=last4) if last4 else ctx.gettext("Store credit")
