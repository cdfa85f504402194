# SPDX-License-Identifier: Apache-2.0
"""The pages about what one has: gift cards and credit of an account, and what is left on a card."""

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.actor import PUBLIC, SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import page
from shopwright.http.routing import Routes, Scope
from shopwright_gift_cards.services import own
from shopwright_gift_cards.services.own import Balance

routes = Routes("gift_cards", Scope.STOREFRONT)


class BalanceForm(BaseModel):
    """A code as it is typed in."""

    code: str = Field(min_length=1, max_length=80)


@routes.get("/account/gift-cards", permission=SIGNED_IN_CUSTOMER)
async def account_cards(ctx: Context) -> web.Response:
    """Show the credit and the gift cards of who is signed in."""
    assert ctx.actor.id is not None
    found = await own.of_customer(ctx, ctx.actor.id)
    values = {"title": ctx.gettext("Gift cards and credit"), "cards": found}
    return await page(ctx, "gift_cards/account.html", values)


@routes.get("/gift-cards/balance", permission=PUBLIC)
async def balance(ctx: Context) -> web.Response:
    """Ask for a code."""
    return await _page(ctx, None, "")


@routes.post("/gift-cards/balance", permission=PUBLIC, limit="10/60", name="check_balance")
async def check_balance(ctx: Context, request: web.Request) -> web.Response:
    """Tell what is left on a gift card."""
    form = await read_form(request, BalanceForm)
    if form.value is None:
        return await _page(ctx, None, " ".join(form.errors.values()))
    try:
        return await _page(ctx, await own.balance(ctx, form.value.code), "")
    except Invalid as error:
        return await _page(ctx, None, ctx.gettext(error.errors[0].message))


async def _page(ctx: Context, found: Balance | None, error: str) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.headers |= {"X-Robots-Tag": "noindex"}
    values = {"title": ctx.gettext("What is left on a gift card"), "found": found, "error": error}
    return await page(ctx, "gift_cards/balance.html", values, status=422 if error else 200)
