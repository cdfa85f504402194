# SPDX-License-Identifier: Apache-2.0
"""Gift cards by the thousand and refunds to them, in the admin API. Amounts are minor units."""

from uuid import UUID

from aiohttp import web
from pydantic import AwareDatetime, Field

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Routes, Scope
from shopwright_gift_cards.services import batches, manage, refunds
from shopwright_gift_cards.services.batches import CardBatch
from shopwright_gift_cards.services.manage import Account
from shopwright_gift_cards.services.refunds import Target
from shopwright_gift_cards.views.admin_api import EDIT, VIEW, Body

routes = Routes("gift_cards", Scope.ADMIN_API)


class BatchBody(Body):
    """Cards of one amount; without an end the store's rule counts."""

    wanted: int
    amount: int
    prefix: str = Field(default="", max_length=20)
    expires_at: AwareDatetime | None = None


class RefundBody(Body):
    """What is given back: ``method`` is that of one of the order's ``stored`` parts."""

    method: str = Field(max_length=100)
    amount: int
    to: Target = "same"
    reason: str = Field(default="", max_length=200)


@routes.get("/api/admin/v1/gift-card-batches", permission=VIEW)
async def list_card_batches(ctx: Context, query: ListQuery) -> Page[CardBatch]:
    """List batches of gift cards, the newest first: how many there are to be, and how many there are."""
    return query.whole(await batches.listing(ctx), "id")


@routes.post("/api/admin/v1/gift-card-batches", permission=EDIT, idempotent=True, status=202)
async def order_card_batch(ctx: Context, body: BatchBody) -> CardBatch:
    """Ask for many gift cards; a job makes them."""
    batch_id = await batches.order(
        ctx, body.wanted, body.amount, prefix=body.prefix, expires_at=body.expires_at
    )
    return await _one(ctx, batch_id)


@routes.get("/api/admin/v1/gift-card-batches/{card_batch_id}", permission=VIEW)
async def get_card_batch(ctx: Context, card_batch_id: UUID) -> CardBatch:
    """Tell how far a batch is."""
    return await _one(ctx, card_batch_id)


@routes.post("/api/admin/v1/gift-card-batches/{card_batch_id}/codes", permission=EDIT)
async def take_batch_codes(ctx: Context, card_batch_id: UUID) -> web.Response:
    """Give the codes of a batch as CSV, once; then they are forgotten."""
    return web.Response(text=await batches.take(ctx, card_batch_id), content_type="text/csv", charset="utf-8")


@routes.post("/api/admin/v1/orders/{order_id}/stored-refunds", permission=EDIT, idempotent=True, status=201)
async def refund_stored_part(ctx: Context, order_id: UUID, body: RefundBody) -> Account:
    """Give back what an order paid with a gift card or credit: to the same, or as the customer's credit."""
    account_id = await refunds.refund(ctx, order_id, body.method, body.amount, to=body.to, reason=body.reason)
    return await manage.by_id(ctx, account_id)


async def _one(ctx: Context, batch_id: UUID) -> CardBatch:
    found = await batches.listing(ctx, batch_id)
    if not found:
        raise NotFound("There is no such batch of gift cards.")
    return found[0]
