# SPDX-License-Identifier: Apache-2.0
"""Promotions and their codes, for the admin API."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.bulk import MOST, BulkBody, BulkResult, results
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag, seen
from shopwright_discounts import jobs
from shopwright_discounts.hookspecs import promotion_actions, promotion_conditions
from shopwright_discounts.services import bulk, coupons, save_promotion
from shopwright_discounts.services.bulk import Batch
from shopwright_discounts.services.coupons import Coupon
from shopwright_discounts.services.read_promotions import SavedPromotion, all_promotions, by_id
from shopwright_discounts.services.save_promotion import PartInput, PromotionInput

routes = Routes("discounts", Scope.ADMIN_API)
VIEW, EDIT = "discounts.promotion.view", "discounts.promotion.edit"


class Body(BaseModel):
    """Base of bodies: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PartBody(Body):
    """A condition or an action: its kind, and values as the kind's schema says (see ``promotion-kinds``)."""

    kind: str = Field(max_length=120)
    values: dict[str, Any] = Field(default_factory=dict, max_length=50)


class PromotionBody(Body):
    """A promotion to save; ``budget`` is minor units of the store's currency."""

    code: str = Field(max_length=60)
    title: str = Field(max_length=120)
    titles: dict[str, str] = Field(default_factory=dict, max_length=100)
    enabled: bool = True
    needs_coupon: bool = False
    priority: int = 0
    exclusion_group: str = ""
    combines: bool = True
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    conditions: list[PartBody] = Field(default_factory=list, max_length=20)
    actions: list[PartBody] = Field(min_length=1, max_length=20)
    limit_total: int | None = None
    limit_per_customer: int | None = None
    budget: int | None = None

    def promotion(self) -> PromotionInput:
        given = {name: getattr(self, name) for name in PromotionBody.model_fields}
        parts = {
            name: [PartInput(part.kind, part.values) for part in given[name]]
            for name in ("conditions", "actions")
        }
        return PromotionInput(**(given | parts))


class ChangedPromotion(PromotionBody):
    """A promotion to replace, with the version the caller has seen (or by ``If-Match``)."""

    version: int | None = None


class VersionQuery(BaseModel):
    """The version of the promotion the caller has seen, if not by ``If-Match``."""

    version: int | None = None


class CouponBody(Body):
    """A code to add; without a limit it may be used any number of times."""

    code: str = Field(max_length=80)
    limit_total: int | None = None


class CouponsBody(BulkBody):
    """Codes to add."""

    items: tuple[CouponBody, ...] = Field(min_length=1, max_length=MOST)


class CouponChange(Body):
    """Whether a code is valid."""

    enabled: bool


class BatchBody(Body):
    """How many codes to make, and what they begin with."""

    wanted: int = Field(ge=1, le=bulk.MOST)
    prefix: str = Field(default="", max_length=20)


class PromotionsQuery(ListQuery):
    """Which promotions, and in which order."""

    enabled: bool | None = None
    needs_coupon: bool | None = None
    sort: Literal["", "code", "-code", "title", "-title", "starts_at", "-starts_at"] = ""


class PromotionView(BaseModel):
    """A promotion of the store, with what was used of it."""

    id: UUID
    code: str
    title: str
    titles: dict[str, str]
    state: str
    enabled: bool
    needs_coupon: bool
    priority: int
    exclusion_group: str
    combines: bool
    starts_at: datetime | None
    ends_at: datetime | None
    currency: str
    conditions: list[PartBody]
    actions: list[PartBody]
    limit_total: int | None
    limit_per_customer: int | None
    budget: int | None
    uses: int
    spent: int
    coupons: int
    version: int


class KindView(BaseModel):
    """A kind of condition or action, with the JSON schema of its values."""

    code: str
    part: str
    label: str
    values: dict[str, Any]


@routes.get("/api/admin/v1/promotion-kinds", permission=VIEW)
async def list_kinds(ctx: Context, query: ListQuery) -> Page[KindView]:
    """List the kinds of conditions and actions that promotions can have in this store."""
    conditions = ctx.hooks.registered(promotion_conditions).values()
    actions = ctx.hooks.registered(promotion_actions).values()
    found = [("condition", x.code, x.label, x.model) for x in conditions]
    found += [("action", x.code, x.label, x.model) for x in actions]
    kinds = [
        KindView(code=code, part=part, label=ctx.gettext(label), values=model.model_json_schema())
        for part, code, label, model in found
    ]
    return query.whole(kinds, "code")


@routes.get("/api/admin/v1/promotions", permission=VIEW)
async def list_promotions(ctx: Context, query: PromotionsQuery) -> Page[PromotionView]:
    """List promotions in the order in which they are tried."""
    found = [
        _view(x)
        for x in await all_promotions(ctx)
        if query.enabled in {None, x.enabled} and query.needs_coupon in {None, x.needs_coupon}
    ]
    return query.whole(found, "id")


@routes.post("/api/admin/v1/promotions", permission=EDIT, idempotent=True, status=201)
async def create_promotion(ctx: Context, body: PromotionBody) -> Reply[PromotionView]:
    """Add a promotion."""
    return await _promotion(ctx, await save_promotion.create(ctx, body.promotion()), 201)


@routes.get("/api/admin/v1/promotions/{promotion_id}", permission=VIEW)
async def get_promotion(ctx: Context, promotion_id: UUID) -> Reply[PromotionView]:
    """Give one promotion, with its version as the ETag."""
    return await _promotion(ctx, promotion_id)


@routes.put("/api/admin/v1/promotions/{promotion_id}", permission=EDIT)
async def update_promotion(
    ctx: Context, promotion_id: UUID, body: ChangedPromotion, if_match: int | None
) -> Reply[PromotionView]:
    """Replace a promotion of the version in ``If-Match`` or ``version``. What was used of it stays counted."""
    await save_promotion.update(ctx, promotion_id, seen(if_match, body.version), body.promotion())
    return await _promotion(ctx, promotion_id)


@routes.delete("/api/admin/v1/promotions/{promotion_id}", permission=EDIT, status=204)
async def delete_promotion(
    ctx: Context, promotion_id: UUID, query: VersionQuery, if_match: int | None
) -> None:
    """Remove a promotion with its codes; orders keep what they got."""
    await save_promotion.delete(ctx, promotion_id, seen(if_match, query.version))


@routes.get("/api/admin/v1/promotions/{promotion_id}/coupons", permission=VIEW)
async def list_coupons(ctx: Context, promotion_id: UUID, query: ListQuery) -> Page[Coupon]:
    """List codes of a promotion in the order in which they were made."""
    await _promotion(ctx, promotion_id)
    after, limit = query.after_id(), query.limit + 1
    return query.page(await coupons.of_promotion(ctx, promotion_id, after=after, limit=limit), "id")


@routes.post("/api/admin/v1/promotions/{promotion_id}/coupons", permission=EDIT, idempotent=True, status=201)
async def create_coupon(ctx: Context, promotion_id: UUID, body: CouponBody) -> Coupon:
    """Add a code to a promotion."""
    return await _coupon(ctx, promotion_id, await coupons.add(ctx, promotion_id, body.code, body.limit_total))


@routes.post("/api/admin/v1/promotions/{promotion_id}/coupons/bulk", permission=EDIT, idempotent=True)
async def add_coupons(ctx: Context, promotion_id: UUID, body: CouponsBody) -> BulkResult:
    """Add up to 1,000 codes of your own: all of them or none, unless not ``atomic``. More are made by a batch."""
    wanted = [(item.code, item.limit_total) for item in body.items]
    refused = await coupons.add_many(ctx, promotion_id, wanted, atomic=body.atomic)
    return results(len(wanted), refused)


@routes.patch("/api/admin/v1/promotions/{promotion_id}/coupons/{coupon_id}", permission=EDIT)
async def update_coupon(ctx: Context, promotion_id: UUID, coupon_id: UUID, body: CouponChange) -> Coupon:
    """Make a code valid or not."""
    await coupons.switch(ctx, promotion_id, coupon_id, enabled=body.enabled)
    return await _coupon(ctx, promotion_id, coupon_id)


@routes.get("/api/admin/v1/promotions/{promotion_id}/batches", permission=VIEW)
async def list_batches(ctx: Context, promotion_id: UUID, query: ListQuery) -> Page[Batch]:
    """List the batches of codes of a promotion with how many of each are made, the newest first."""
    await _promotion(ctx, promotion_id)
    return query.whole(await bulk.of_promotion(ctx, promotion_id), "id")


@routes.post("/api/admin/v1/promotions/{promotion_id}/batches", permission=EDIT, idempotent=True, status=202)
async def order_batch(ctx: Context, promotion_id: UUID, body: BatchBody) -> Batch:
    """Ask for many codes that may be used once each; a job makes them."""
    batch_id = await bulk.order(ctx, jobs.make_codes, jobs.MakeCodes, promotion_id, body.wanted, body.prefix)
    return (await bulk.of_promotion(ctx, promotion_id, batch_id))[0]


async def _coupon(ctx: Context, promotion_id: UUID, coupon_id: UUID) -> Coupon:
    before = UUID(int=coupon_id.int - 1)
    return (await coupons.of_promotion(ctx, promotion_id, after=before, limit=1))[0]


async def _promotion(ctx: Context, promotion_id: UUID, status: int = 200) -> Reply[PromotionView]:
    found = await by_id(ctx, promotion_id)
    if found is None:
        raise NotFound("There is no such promotion.")
    return Reply(_view(found), status, etag(found.version))


def _view(promotion: SavedPromotion) -> PromotionView:
    return PromotionView.model_validate(promotion, from_attributes=True)
