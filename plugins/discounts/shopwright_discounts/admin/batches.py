# SPDX-License-Identifier: Apache-2.0
"""Codes by the thousand in the admin: ordering them, and taking them home as a CSV file."""

from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Invalid, NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_discounts import jobs
from shopwright_discounts.services import bulk

routes = Routes("discounts", Scope.ADMIN)


class BatchForm(BaseModel):
    """How many codes, and what they begin with."""

    wanted: int = Field(ge=1, le=bulk.MOST)
    prefix: str = Field(default="", max_length=20)


@routes.post("/admin/discounts/{promotion_id}/batches", permission="discounts.promotion.edit")
async def admin_order_batch(ctx: Context, request: web.Request, promotion_id: UUID) -> web.Response:
    """Ask for many codes."""
    assert ctx.visit is not None
    form = await read_form(request, BatchForm)
    if form.value is None:
        ctx.visit.flash("error", " ".join(form.errors.values()))
        return redirect(ctx, url(ctx, "discounts.admin_promotion", promotion_id=promotion_id))
    try:
        await bulk.order(
            ctx, jobs.make_codes, jobs.MakeCodes, promotion_id, form.value.wanted, form.value.prefix
        )
        ctx.visit.flash("success", ctx.gettext("The codes are being made. Come back in a moment."))
    except Invalid as error:
        ctx.visit.flash("error", ctx.gettext(error.errors[0].message))
    return redirect(ctx, url(ctx, "discounts.admin_promotion", promotion_id=promotion_id))


@routes.get("/admin/discounts/{promotion_id}/batches/{batch_id}", permission="discounts.promotion.edit")
async def admin_batch(ctx: Context, promotion_id: UUID, batch_id: UUID) -> web.Response:
    """Give the codes of a batch as a CSV file."""
    found = await bulk.of_promotion(ctx, promotion_id, batch_id)
    if not found:
        raise NotFound("There is no such batch of codes.")
    headers = {"Content-Disposition": f'attachment; filename="codes-{batch_id}.csv"'}
    return web.Response(
        text=await bulk.as_csv(ctx, found[0]), content_type="text/csv", charset="utf-8", headers=headers
    )
