# SPDX-License-Identifier: Apache-2.0
"""Gift cards by the thousand in the admin: ordering them, how far they are, taking their codes once."""

from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_gift_cards.admin.pages import EDIT, VIEW, amount_of, end_of, said
from shopwright_gift_cards.services import batches

routes = Routes("gift_cards", Scope.ADMIN)


class BatchForm(BaseModel):
    """A batch as it is typed in."""

    wanted: int = Field(ge=1, le=batches.MOST)
    amount: str = Field(min_length=1, max_length=30)
    prefix: str = Field(default="", max_length=20)
    last_day: str = Field(default="", max_length=10)


@routes.get("/admin/gift-card-batches", permission=VIEW)
async def admin_batches(ctx: Context) -> web.Response:
    """List batches, with the form for a new one."""
    return await _page(ctx, {}, {})


@routes.post("/admin/gift-card-batches", permission=EDIT, name="admin_order_batch")
async def admin_order_batch(ctx: Context, request: web.Request) -> web.Response:
    """Ask for many gift cards."""
    assert ctx.visit is not None
    form = await read_form(request, BatchForm)
    if form.value is None:
        return await _page(ctx, form.raw, form.errors, status=422)
    try:
        amount, ends = amount_of(ctx, form.value.amount), end_of(form.value.last_day)
        await batches.order(ctx, form.value.wanted, amount, prefix=form.value.prefix, expires_at=ends)
    except Invalid as error:
        return await _page(ctx, form.raw, said(ctx, error), status=422)
    ctx.visit.flash("success", ctx.gettext("The cards are being made. Come back in a moment."))
    return redirect(ctx, url(ctx, "gift_cards.admin_batches"))


@routes.post("/admin/gift-card-batches/{card_batch_id}/codes", permission=EDIT)
async def admin_take_codes(ctx: Context, card_batch_id: UUID) -> web.Response:
    """Give the codes of a batch as a CSV file, once."""
    assert ctx.visit is not None
    try:
        content = await batches.take(ctx, card_batch_id)
    except Conflict as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
        return redirect(ctx, url(ctx, "gift_cards.admin_batches"))
    headers = {"Content-Disposition": f'attachment; filename="gift-cards-{card_batch_id}.csv"'}
    return web.Response(text=content, content_type="text/csv", charset="utf-8", headers=headers)


async def _page(
    ctx: Context, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    title = ctx.gettext("Many gift cards")
    return await admin_page(
        ctx,
        "gift_cards/admin/batches.html",
        title=title,
        status=status,
        crumbs=[(ctx.gettext("Gift cards"), url(ctx, "gift_cards.admin_cards")), (title, "")],
        batches=await batches.listing(ctx),
        typed=typed,
        errors=errors,
        can_edit=ctx.actor.can(EDIT),
    )
