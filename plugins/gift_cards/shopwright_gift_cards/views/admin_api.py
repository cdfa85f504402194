# SPDX-License-Identifier: Apache-2.0
"""Gift cards and credit of the admin API. Amounts are minor units of the store's currency."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shopwright.context import Context
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag, seen
from shopwright_gift_cards.services import manage
from shopwright_gift_cards.services.manage import Account, Entry

routes = Routes("gift_cards", Scope.ADMIN_API)
VIEW, EDIT, ADJUST = "gift_cards.card.view", "gift_cards.card.edit", "gift_cards.card.adjust"


class Body(BaseModel):
    """Base of bodies: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CardBody(Body):
    """A gift card to issue."""

    amount: int
    expires_at: AwareDatetime | None = None
    reason: str = Field(default="", max_length=200)


class AmountBody(Body):
    """A change of a balance, with its reason."""

    amount: int
    reason: str = Field(default="", max_length=200)


class CreditBody(AmountBody):
    """Credit for a customer."""

    customer_id: UUID


class StatusBody(Body):
    """Whether it pays, with the version the caller has seen (or by ``If-Match``)."""

    enabled: bool
    version: int | None = None


@dataclass(frozen=True, slots=True)
class IssuedCard:
    """A new gift card with its code, told this once."""

    id: UUID
    code: str


@routes.get("/api/admin/v1/gift-cards", permission=VIEW)
async def list_gift_cards(ctx: Context, query: ListQuery) -> Page[Account]:
    """List gift cards and credit, the newest first."""
    return query.page(await manage.accounts(ctx, after=query.after_id(), limit=query.limit + 1), "id")


@routes.post("/api/admin/v1/gift-cards", permission=EDIT, status=201)
async def issue_gift_card(ctx: Context, body: CardBody) -> IssuedCard:
    """Issue a gift card. Its code is only in this answer: the answer is not kept, so the call is not repeatable."""
    return IssuedCard(*await manage.issue(ctx, body.amount, expires_at=body.expires_at, reason=body.reason))


@routes.post("/api/admin/v1/store-credit", permission=EDIT, idempotent=True, status=201)
async def grant_store_credit(ctx: Context, body: CreditBody) -> Account:
    """Give a customer credit."""
    return await manage.by_id(ctx, await manage.grant(ctx, body.customer_id, body.amount, body.reason))


@routes.get("/api/admin/v1/gift-cards/{card_id}", permission=VIEW)
async def get_gift_card(ctx: Context, card_id: UUID) -> Reply[Account]:
    """Give one gift card or credit, with its version as the ETag."""
    return await _one(ctx, card_id)


@routes.get("/api/admin/v1/gift-cards/{card_id}/entries", permission=VIEW)
async def list_gift_card_entries(ctx: Context, card_id: UUID, query: ListQuery) -> Page[Entry]:
    """Give the ledger of a gift card or credit, the newest first."""
    return query.whole(await manage.entries(ctx, await manage.by_id(ctx, card_id)), "id")


@routes.post("/api/admin/v1/gift-cards/{card_id}/top-ups", permission=EDIT, idempotent=True, status=201)
async def top_up_gift_card(ctx: Context, card_id: UUID, body: AmountBody) -> Account:
    """Put more on a gift card or credit."""
    await manage.top_up(ctx, card_id, body.amount, body.reason)
    return await manage.by_id(ctx, card_id)


@routes.post("/api/admin/v1/gift-cards/{card_id}/adjustments", permission=ADJUST, idempotent=True, status=201)
async def adjust_gift_card(ctx: Context, card_id: UUID, body: AmountBody) -> Account:
    """Correct a balance up or down; a reason is needed."""
    await manage.adjust(ctx, card_id, body.amount, body.reason)
    return await manage.by_id(ctx, card_id)


@routes.put("/api/admin/v1/gift-cards/{card_id}/status", permission=EDIT)
async def switch_gift_card(
    ctx: Context, card_id: UUID, body: StatusBody, if_match: int | None
) -> Reply[Account]:
    """Let a gift card or credit pay, or not; ``If-Match`` or ``version`` say which version was seen."""
    await manage.switch(ctx, card_id, seen(if_match, body.version), enabled=body.enabled)
    return await _one(ctx, card_id)


async def _one(ctx: Context, card_id: UUID) -> Reply[Account]:
    found = await manage.by_id(ctx, card_id)
    return Reply(found, 200, etag(found.version))
