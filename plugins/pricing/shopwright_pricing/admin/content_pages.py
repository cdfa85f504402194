# SPDX-License-Identifier: Apache-2.0
"""What is in variants, in the admin: for their prices per kilogram, litre, metre or piece."""

from decimal import Decimal
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_pricing.services import contents, csv_prices, prices
from shopwright_pricing.services.contents import ContentInput, Unit

routes = Routes("pricing", Scope.ADMIN)
_PAGE = 100


class ContentQuery(BaseModel):
    """Where the list goes on: behind this variant."""

    after: UUID | None = None


class ContentForm(BaseModel):
    """A content as it is typed in, of a variant by SKU; without a quantity it is removed."""

    sku: str = Field(min_length=1, max_length=200)
    quantity: Decimal | None = None
    unit: Unit


@routes.get("/admin/pricing/contents", permission="pricing.list.view")
async def admin_contents(ctx: Context, query: ContentQuery) -> web.Response:
    """List what is in variants."""
    return await _page(ctx, {}, {}, after=query.after)


@routes.post("/admin/pricing/contents", permission="pricing.list.edit")
async def admin_set_content(ctx: Context, request: web.Request) -> web.Response:
    """Say what is in a variant."""
    assert ctx.visit is not None
    form = await read_form(request, ContentForm)
    errors = form.errors
    if form.value is not None:
        errors = await _set(ctx, form.value.sku, form.value.quantity, form.value.unit)
    if errors:
        return await _page(ctx, form.raw, errors, status=422)
    ctx.visit.flash("success", ctx.gettext("The content is saved."))
    return redirect(ctx, url(ctx, "pricing.admin_contents"))


async def _set(ctx: Context, sku: str, quantity: Decimal | None, unit: Unit) -> dict[str, str]:
    ids = (await prices.by_sku(ctx, [sku])).get(sku, [])
    if len(ids) != 1:
        return {"sku": ctx.gettext(csv_prices.SEVERAL if ids else csv_prices.UNKNOWN, sku=sku)}
    try:
        await contents.change(ctx, [ContentInput(ids[0], quantity, unit)])
    except Invalid as error:
        return {"quantity": ctx.gettext(error.errors[0].message)}
    return {}


async def _page(
    ctx: Context,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    after: UUID | None = None,
    status: int = 200,
) -> web.Response:
    title = ctx.gettext("Unit prices")
    rows = await contents.page(ctx, after=after, limit=_PAGE + 1)
    return await admin_page(
        ctx,
        "pricing/admin/contents.html",
        title=title,
        status=status,
        crumbs=[(title, "")],
        rows=rows[:_PAGE],
        next_url=f"?after={rows[_PAGE - 1].variant_id}" if len(rows) > _PAGE else "",
        typed=typed,
        errors=errors,
        units=[(unit, unit) for unit in contents.BASES],
        can_edit=ctx.actor.can("pricing.list.edit"),
    )
