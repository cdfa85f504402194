# SPDX-License-Identifier: Apache-2.0
"""The one field of a cart for all codes: discount codes, gift cards, and what other plugins take."""

from dataclasses import dataclass
from uuid import UUID

from babel import Locale
from babel.lists import format_list

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright_checkout.api import Cart, CartView, EnteredCode
from shopwright_checkout.hookspecs import cart_code, cart_code_remove, cart_codes
from shopwright_checkout.services import carts
from shopwright_checkout.services.view import view

UNKNOWN = translatable("We do not know this code. Please check it.")


@dataclass(frozen=True, slots=True)
class CodeField:
    """The field as it is shown. ``label`` says what can be entered now; it is empty while nothing can."""

    label: str
    entered: tuple[EnteredCode, ...]


@dataclass(frozen=True, slots=True)
class CodeTaken:
    """A code that is in a cart now, and all that are."""

    message: str
    """For the customer: what became of it."""
    applies: bool
    """False for one that waits, like a discount code of a cart that is too small yet."""
    codes: tuple[EnteredCode, ...]


async def field_of(ctx: Context, cart: Cart, shown: CartView) -> CodeField:
    """Ask plugins what they take and what is in a cart."""
    found = await ctx.hooks.collect(cart_codes, cart=cart, shown=shown)
    names = list(dict.fromkeys(x.name for x in found if x.name))
    words = format_list(names, style="or", locale=Locale.parse(ctx.locale, sep="-"))
    return CodeField(words[:1].upper() + words[1:], tuple(code for x in found for code in x.entered))


async def entered(ctx: Context, cart: Cart) -> tuple[EnteredCode, ...]:
    return (await field_of(ctx, cart, await view(ctx, cart))).entered


async def enter(ctx: Context, cart_id: UUID, typed: str) -> CodeTaken:
    """Put a code into an open cart.

    Raises:
        NotFound, Conflict: no such cart, or it is ordered.
        Invalid: nobody knows the code, or who knows it refuses it; the message is for the customer.
    """
    answer = await ctx.hooks.first(cart_code, cart=await _open(ctx, cart_id), code=typed.strip())
    if answer is None:
        message = ctx.gettext(UNKNOWN)
        raise Invalid(message, code="code_unknown", errors=[FieldError("/code", "code_unknown", message)])
    if not answer.is_accepted:
        fault = FieldError("/code", answer.reason, answer.message)
        raise Invalid(answer.message, code=answer.reason, errors=[fault])
    codes = await entered(ctx, await _open(ctx, cart_id))
    problem = next((x.problem for x in codes if x.code == answer.code), "")
    return CodeTaken(problem or answer.message, not problem, codes)


async def remove(ctx: Context, cart_id: UUID, code: str) -> None:
    """Take a code out of an open cart; ``code`` is the one of its ``EnteredCode``.

    Raises:
        NotFound, Conflict: no such cart or no such code in it, or it is ordered.
    """
    if not await ctx.hooks.first(cart_code_remove, cart=await _open(ctx, cart_id), code=code):
        raise NotFound(translatable("This code is not in the cart."), code="code_not_in_cart")


async def _open(ctx: Context, cart_id: UUID) -> Cart:
    cart = await carts.read(ctx, cart_id)
    if cart is None:
        raise NotFound(translatable("There is no such cart."), code="cart_not_found")
    if cart.status != "open":
        raise Conflict(translatable("This cart has been ordered already."), code="already_placed")
    return await carts.follow(ctx, cart)
