# SPDX-License-Identifier: Apache-2.0
"""What stands in the way of an order, and what becomes of its approval."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright.money import Money
from shopwright_approvals.services import limits, requests
from shopwright_approvals.services.ask import MARK
from shopwright_approvals.services.requests import Request
from shopwright_checkout.api import Cart, CartView, Totals
from shopwright_customers import api as customers
from shopwright_orders.api import NewOrder

_USE = text("""
UPDATE approvals_request SET status = 'ordered', order_id = :order_id
WHERE cart_id = :cart_id AND status = 'approved' AND fingerprint = :fingerprint AND currency = :currency
    AND total >= :total
RETURNING id
""")
_MOVE = text("""
UPDATE approvals_request SET cart_id = :copy_id, status = 'approved', order_id = NULL
WHERE cart_id = :cart_id AND status = 'ordered'
""")


@dataclass(frozen=True, slots=True)
class Need:
    """A cart above its buyer's limit; ``state`` is how far the approval of this very content is."""

    company: str
    limit: Money
    state: Literal["none", "changed", "pending", "approved", "declined"]
    request: Request | None


async def need(
    ctx: Context, content: limits.Content, cart_id: UUID, buyer: UUID, total: Money
) -> Need | None:
    """Tell what approval a cart needs: one statement for buyers, one more above their limit."""
    company = await customers.company_of(ctx, buyer)
    if company is None or company.approval_limit is None:
        return None
    if not await limits.is_above(ctx, company.approval_limit, total):
        return None
    limit = Money(company.approval_limit, ctx.store.currency)
    latest = await requests.of_cart(ctx, cart_id)
    if latest is None or latest[0].customer_id != buyer:
        return Need(company.name, limit, "none", None)
    request, made_for = latest
    is_same = made_for == limits.fingerprint(content) and request.company_id == company.id
    covers = request.total.currency == total.currency and total.amount <= request.total.amount
    if request.status in {"pending", "approved", "declined"} and is_same and covers:
        return Need(company.name, limit, request.status, request)
    is_changed = request.status in {"pending", "approved", "lapsed"}
    return Need(company.name, limit, "changed" if is_changed else "none", request)


async def objections(ctx: Context, cart: Cart, totals: Totals) -> list[Rejection]:
    """Refuse an order above the limit of who buys for a company, until it is approved."""
    found = [await need(ctx, cart, cart.id, buyer, totals.total) for buyer in limits.buyers_of(ctx, cart)]
    return [
        Rejection(f"approval_{one.state}", words(ctx, one))
        for one in found
        if one is not None and one.state != "approved"
    ]


def words(ctx: Context, found: Need) -> str:
    """Say how far the approval of an order is."""
    if found.state == "approved":
        return ctx.gettext("%(company)s approved this order: you can place it.", company=found.company)
    if found.state == "pending":
        return ctx.gettext("This order waits for the approval of %(company)s.", company=found.company)
    if found.state == "declined":
        return ctx.gettext("The approval of this order was declined: change it, and ask again.")
    if found.state == "changed":
        return ctx.gettext("The cart has changed since you asked for approval: please ask again.")
    return ctx.gettext(
        "This order is above your limit of %(limit)s at %(company)s: ask for approval.",
        limit=ctx.format_money(found.limit),
        company=found.company,
    )


async def use(session: AsyncSession, order: NewOrder, cart: Cart, totals: Totals) -> None:
    """Use the approval of a cart up with its order, in the transaction that writes it."""
    if MARK not in cart.marks:
        return
    values = {
        "cart_id": cart.id, "order_id": order.id, "fingerprint": limits.fingerprint(cart),
        "currency": totals.total.currency, "total": totals.total.amount,
    }  # fmt: skip
    await session.execute(_USE, values)


async def move(session: AsyncSession, cart_id: UUID, copy_id: UUID) -> None:
    """Let an approval be good for the open copy of a cart whose order failed."""
    await session.execute(_MOVE, {"cart_id": cart_id, "copy_id": copy_id})


async def shown(ctx: Context, cart: CartView) -> Need | None:
    """Tell what approval the cart of who is signed in needs, for its page."""
    if ctx.actor.kind != "customer" or ctx.actor.id is None:
        return None
    return await need(ctx, cart, cart.id, ctx.actor.id, cart.total)
