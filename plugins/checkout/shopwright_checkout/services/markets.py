# SPDX-License-Identifier: Apache-2.0
"""In which market a cart is: its own, until its visitor chooses another."""

from babel import Locale

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright_checkout.api import Cart
from shopwright_checkout.forms import COUNTRIES
from shopwright_checkout.hookspecs import checkout_countries


def of_cart(ctx: Context, cart: Cart) -> Context:
    """Give the context in which a cart is computed."""
    return ctx if _is_here(ctx, cart) else ctx.in_market(cart.market, cart.currency)


def is_elsewhere(ctx: Context, cart: Cart) -> bool:
    """Tell whether the visitor has said that they are in another market than their cart."""
    return ctx.visit is not None and ctx.visit.is_market_chosen and not _is_here(ctx, cart)


async def check_country(ctx: Context, code: str) -> None:
    """Refuse a country that nothing is delivered to from here.

    Raises:
        Invalid: points to the country.
    """
    if code not in await countries_of(ctx):
        name = Locale.parse(ctx.locale, sep="-").territories.get(code, code)
        message = ctx.gettext("We do not deliver to %(country)s here. Choose another country.", country=name)
        raise Invalid(message, errors=[FieldError("/shipping_address/country", "not_delivered", message)])


async def countries_of(ctx: Context) -> frozenset[str]:
    """Give the countries that are delivered to, by their codes."""
    return await ctx.hooks.filter(checkout_countries, COUNTRIES)


def _is_here(ctx: Context, cart: Cart) -> bool:
    return (cart.market, cart.currency) == (ctx.market, ctx.currency)
