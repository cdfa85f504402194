# SPDX-License-Identifier: Apache-2.0
"""What would this cart cost, and why? A cart that is nowhere kept, computed as any other."""

from dataclasses import dataclass
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.actor import ANONYMOUS
from shopwright.context import Context
from shopwright.http.forms import read_form
from shopwright.http.responses import url
from shopwright.http.routing import Routes, Scope
from shopwright.ids import new_id
from shopwright.money import Money
from shopwright_admin.api import admin_page
from shopwright_catalog import api as catalog
from shopwright_checkout import api as checkout
from shopwright_checkout.api import Cart, CartLine
from shopwright_discounts.services.cart import TRIED, CodeState, Note, read_note, said
from shopwright_discounts.services.coupons import UNKNOWN, tidy

routes = Routes("discounts", Scope.ADMIN)
_MOST_LINES = 50


class TryForm(BaseModel):
    """A cart as it is typed in: a product in a line, codes, and who buys."""

    lines: str = Field(default="", max_length=10_000)
    codes: str = Field(default="", max_length=1000)
    email: str = Field(default="", max_length=200)


@dataclass(frozen=True, slots=True)
class _Wanted:
    variant_id: UUID
    quantity: int
    price: Money


@routes.get("/admin/discounts/try", permission="discounts.promotion.view")
async def admin_try_cart(ctx: Context) -> web.Response:
    """Show an empty form."""
    return await _page(ctx, {}, {}, None)


@routes.post("/admin/discounts/try", permission="discounts.promotion.view", name="admin_tried_cart")
async def admin_tried_cart(ctx: Context, request: web.Request) -> web.Response:
    """Compute a cart."""
    form = await read_form(request, TryForm)
    if form.value is None:
        return await _page(ctx, form.raw, form.errors, None, status=422)
    shopper = ctx.as_actor(ANONYMOUS)
    wanted, unknown = await _wanted(shopper, form.value.lines)
    if unknown or not wanted:
        words = ctx.gettext("This is not for sale: %(lines)s", lines=", ".join(unknown))
        message = words if unknown else ctx.gettext("Please fill this in.")
        return await _page(ctx, form.raw, {"lines": message}, None, status=422)
    cart = Cart(
        id=new_id(),
        currency=ctx.currency,
        lines=tuple(CartLine(new_id(), x.variant_id, x.quantity, x.price) for x in wanted),
        email=form.value.email.strip(),
        attributes={TRIED: " ".join(tidy(code) for code in form.value.codes.split())},
    )
    return await _page(ctx, form.raw, {}, await checkout.show(shopper, cart))


async def _wanted(ctx: Context, lines: str) -> tuple[list[_Wanted], list[str]]:
    """Find what lines like ``lamp 2`` or ``lamp LAMP-RED 2`` mean: a handle, a SKU, a quantity."""
    found: dict[UUID, _Wanted] = {}
    unknown = []
    for line in [line for line in lines.splitlines() if line.strip()][:_MOST_LINES]:
        words = line.split()
        number = words.pop() if len(words) > 1 and words[-1].isascii() and words[-1].isdigit() else "1"
        product = await catalog.product(ctx, words[0])
        sku = " ".join(words[1:])
        variants = [x for x in product.variants if not sku or x.sku == sku] if product else []
        if not variants or not 1 <= int(number[:6]) <= 9999:
            unknown.append(line.strip())
            continue
        before = found[variants[0].id].quantity if variants[0].id in found else 0
        found[variants[0].id] = _Wanted(variants[0].id, before + int(number[:6]), variants[0].price)
    return list(found.values()), unknown


async def _page(
    ctx: Context,
    typed: dict[str, str],
    errors: dict[str, str],
    shown: checkout.CartView | None,
    *,
    status: int = 200,
) -> web.Response:
    title = ctx.gettext("Try a cart")
    note = read_note(shown.notes) if shown else Note()
    return await admin_page(
        ctx,
        "discounts/admin/try.html",
        title=title,
        status=status,
        crumbs=[(ctx.gettext("Discounts"), url(ctx, "discounts.admin_promotions")), (title, "")],
        typed=typed,
        errors=errors,
        cart=shown,
        given=[
            {"title": x.title, "code": x.code, "amount": Money(x.amount, ctx.currency)} for x in note.given
        ],
        refused=[*note.refused, *_refused_codes(ctx, note, typed.get("codes", ""))] if shown else [],
    )


def _refused_codes(ctx: Context, note: Note, typed: str) -> list[CodeState]:
    """Give the codes that do not apply, those that nobody knows included."""
    known = {state.code: state for state in note.codes}
    tried = dict.fromkeys(tidy(code) for code in typed.split())
    unknown = said(ctx, UNKNOWN)
    states = [known.get(code) or CodeState(code, applies=False, title=code, reason=unknown) for code in tried]
    return [state for state in states if not state.applies]
