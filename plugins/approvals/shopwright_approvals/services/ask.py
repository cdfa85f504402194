# SPDX-License-Identifier: Apache-2.0
"""Asking for approval of a cart, and taking the request back."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_approvals import jobs
from shopwright_approvals.services import limits, requests
from shopwright_approvals.services.requests import Request
from shopwright_checkout import api as checkout
from shopwright_checkout.api import CartView, LineView
from shopwright_customers import api as customers
from shopwright_customers.api import BuyerInfo, CompanyInfo

MARK = "approvals.request"
"""On carts for which approval was asked."""
_LAPSE = text("""
UPDATE approvals_request SET status = 'lapsed' WHERE cart_id = :cart_id AND status IN ('pending', 'approved')
""")
_INSERT = text("""
INSERT INTO approvals_request (store_id, id, company_id, company, cart_id, customer_id, buyer, fingerprint, total,
    currency, lines, note, status, created_at)
VALUES (:store_id, :id, :company_id, :company, :cart_id, :customer_id, :buyer, :fingerprint, :total, :currency,
    CAST(:lines AS jsonb), :note, 'pending', :now)
""")
_WITHDRAW = text("""
UPDATE approvals_request SET status = 'withdrawn'
WHERE id = :id AND customer_id = :customer_id AND status IN ('pending', 'approved') RETURNING id
""")


async def ask(ctx: Context, cart_id: UUID, note: str) -> Request:
    """Ask the approvers of one's company to approve a cart; asking again for the same cart changes nothing.

    A request for an earlier content of the cart lapses.

    Raises:
        NotFound: it is not one's own cart.
        Conflict: nothing need be approved, the cart is not ready, or nobody may approve it.
    """
    cart = await checkout.cart(ctx, cart_id)
    if cart is None or cart.customer_id not in {None, ctx.actor.id}:
        raise NotFound(translatable("There is no such cart."), code="cart_not_found")
    assert ctx.actor.id is not None
    company = await customers.company_of(ctx, ctx.actor.id)
    shown = await checkout.show(ctx, cart)
    if company is None or not await limits.is_above(ctx, company.approval_limit, shown.total):
        raise Conflict(translatable("You can order this without approval."), code="approval_not_needed")
    _require_ready(shown)
    print_of = limits.fingerprint(shown)
    latest = await requests.of_cart(ctx, cart_id)
    if latest is not None and _is_same(latest, shown, print_of):
        return latest[0]
    found = await limits.approvers(ctx, company.id, shown.total, buyer=ctx.actor.id)
    if not found:
        message = translatable("Nobody in your company may approve this amount. Please ask the store.")
        raise Conflict(message, code="no_approver")
    request_id = await _write(ctx, shown, company, found, note=note, print_of=print_of)
    made = await requests.by_id(ctx, request_id)
    assert made is not None
    return made


async def withdraw(ctx: Context, request_id: UUID) -> None:
    """Take one's own request back.

    Raises:
        Conflict: it is decided, or gone.
    """

    async def work(session: AsyncSession) -> bool:
        values = {"id": request_id, "customer_id": ctx.actor.id}
        return (await session.execute(_WITHDRAW, values)).one_or_none() is not None

    if not await ctx.run(work):
        raise Conflict(translatable("This request is decided already."), code="approval_decided")


async def _write(
    ctx: Context,
    shown: CartView,
    company: CompanyInfo,
    approvers: list[BuyerInfo],
    *,
    note: str,
    print_of: str,
) -> UUID:
    assert ctx.actor.id is not None
    own = await customers.customer(ctx, ctx.actor.id)
    request_id = new_id()
    values = {
        "store_id": ctx.store.id, "id": request_id, "company_id": company.id, "company": company.name,
        "cart_id": shown.id, "customer_id": ctx.actor.id, "buyer": (own.name or own.email) if own else "",
        "fingerprint": print_of, "total": shown.total.amount, "currency": shown.currency, "note": note.strip(),
        "lines": dump([_line(line) for line in shown.lines]), "now": ctx.clock.now(),
    }  # fmt: skip

    async def work(session: AsyncSession) -> None:
        await checkout.mark(session, shown.id, MARK)
        await session.execute(_LAPSE, {"cart_id": shown.id})
        await session.execute(_INSERT, values)
        for approver in approvers:
            await ctx.enqueue(session, jobs.ask, jobs.Asked(request_id, approver.customer_id))

    await ctx.run(work)
    return request_id


def _require_ready(shown: CartView) -> None:
    if shown.status != "open":
        raise Conflict(translatable("This cart has been ordered already."), code="already_placed")
    is_shipped = shown.shipping is not None or not shown.needs_shipping
    if shown.missing or not shown.lines or shown.shipping_address is None or not is_shipped:
        message = translatable(
            "Choose the address and the way to ship first: they are part of what is approved."
        )
        raise Conflict(message, code="cart_not_ready")


def _is_same(latest: tuple[Request, str], shown: CartView, print_of: str) -> bool:
    request, made_for = latest
    is_open = request.status in {"pending", "approved"}
    return is_open and made_for == print_of and request.total == shown.total


def _line(line: LineView) -> dict[str, object]:
    return {
        "title": line.title, "variant_title": line.variant_title, "sku": line.sku, "quantity": line.quantity,
        "total": line.total.amount,
    }  # fmt: skip
