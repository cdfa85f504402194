# SPDX-License-Identifier: Apache-2.0
"""On the page of an order: giving back what it paid with gift cards and credit."""

from collections.abc import Sequence
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Card
from shopwright_gift_cards.admin.pages import EDIT, amount_of
from shopwright_gift_cards.services import ledger, refunds
from shopwright_gift_cards.services.refunds import Target
from shopwright_orders.api import OrderView

routes = Routes("gift_cards", Scope.ADMIN)


class RefundForm(BaseModel):
    """A refund as it is typed in."""

    method: str = Field(max_length=100)
    amount: str = Field(min_length=1, max_length=30)
    to: Target = "same"
    reason: str = Field(default="", max_length=200)


@routes.post("/admin/orders/{order_id}/stored-refunds", permission=EDIT)
async def admin_refund(ctx: Context, request: web.Request, order_id: UUID) -> web.Response:
    """Give back what an order paid with a gift card or credit."""
    assert ctx.visit is not None
    form = await read_form(request, RefundForm)
    if form.value is None:
        ctx.visit.flash("error", " ".join(form.errors.values()))
        return redirect(ctx, url(ctx, "orders.admin_order", order_id=order_id))
    given = form.value
    try:
        amount = amount_of(ctx, given.amount)
        await refunds.refund(ctx, order_id, given.method, amount, to=given.to, reason=given.reason)
    except Invalid as error:
        ctx.visit.flash("error", " ".join(ctx.gettext(e.message) for e in error.errors))
    except (Conflict, NotFound) as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
    else:
        ctx.visit.flash("success", ctx.gettext("The money is back on the card or credit."))
    return redirect(ctx, url(ctx, "orders.admin_order", order_id=order_id))


def cards(ctx: Context, zone: str, subject: object) -> Sequence[Card]:
    """Give the card for paid orders that were paid in part with cards or credit; nothing is read for it."""
    if zone != "orders.order" or not isinstance(subject, OrderView) or not ctx.actor.can(EDIT):
        return []
    parts = [part for part in subject.stored if part.method.startswith(ledger.METHOD)]
    if not parts or subject.payment_status not in {"paid", "refunded"}:
        return []
    values = {"order_id": subject.id, "parts": parts, "has_account": subject.customer_id is not None}
    return [Card("gift_cards/admin/refund.html", values, priority=50)]
