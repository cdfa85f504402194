# SPDX-License-Identifier: Apache-2.0
"""The prices of a list in the admin: one added or changed in place, all of them as a file."""

from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_pricing.admin.pages import list_form_page, list_of, told
from shopwright_pricing.services import csv_prices, prices
from shopwright_pricing.services.csv_prices import Row

routes = Routes("pricing", Scope.ADMIN)
_MOST_BYTES = 10 * 1024 * 1024


class PriceForm(BaseModel):
    """A price as it is typed in, of a variant by SKU; without an amount it is removed."""

    sku: str = Field(min_length=1, max_length=200)
    min_quantity: str = Field(default="1", max_length=20)
    amount: str = Field(default="", max_length=40)
    compare_at: str = Field(default="", max_length=40)


class ChangedPriceForm(BaseModel):
    """A price of the table on the screen; without an amount it is removed."""

    variant_id: UUID
    min_quantity: int
    amount: str = Field(default="", max_length=40)
    compare_at: str = Field(default="", max_length=40)


class UploadForm(BaseModel):
    """How a file is taken in."""

    replace: bool = False


@routes.post("/admin/pricing/lists/{list_id}/prices", permission="pricing.list.edit")
async def admin_add_price(ctx: Context, request: web.Request, list_id: UUID) -> web.Response:
    """Add or change a price of a variant by its SKU."""
    assert ctx.visit is not None
    each = await list_of(ctx, list_id)
    form = await read_form(request, PriceForm)
    errors = form.errors
    if form.value is not None:
        row = Row(1, form.value.sku, form.value.min_quantity, form.value.amount, form.value.compare_at)
        found, refused = await csv_prices.understood(ctx, each, [row])
        errors = {x.column: ctx.gettext(x.message, **x.values) for x in refused}
        if not refused:
            await prices.change(ctx, list_id, found)
            ctx.visit.flash("success", ctx.gettext("The price is saved."))
            return redirect(ctx, url(ctx, "pricing.admin_list", list_id=list_id))
    return await list_form_page(ctx, each, added=form.raw, price_errors=errors, status=422)


@routes.post("/admin/pricing/lists/{list_id}/prices/change", permission="pricing.list.edit")
async def admin_change_price(ctx: Context, request: web.Request, list_id: UUID) -> web.Response:
    """Change or remove a price of the table."""
    assert ctx.visit is not None
    each = await list_of(ctx, list_id)
    form = await read_form(request, ChangedPriceForm)
    if form.value is None:
        ctx.visit.flash("error", next(iter(form.errors.values())))
        return redirect(ctx, url(ctx, "pricing.admin_list", list_id=list_id))
    row = Row(1, "", str(form.value.min_quantity), form.value.amount, form.value.compare_at)
    price, refused = csv_prices.priced(row, form.value.variant_id, each.currency)
    if price is None:
        ctx.visit.flash("error", ctx.gettext(refused[0].message, **refused[0].values))
    else:
        try:
            await prices.change(ctx, list_id, [price])
            ctx.visit.flash("success", ctx.gettext("The price is saved."))
        except (Invalid, Conflict) as error:
            ctx.visit.flash("error", next(iter(told(ctx, error).values())))
    return redirect(ctx, url(ctx, "pricing.admin_list", list_id=list_id))


@routes.get("/admin/pricing/lists/{list_id}/prices.csv", permission="pricing.list.view")
async def admin_export_prices(ctx: Context, list_id: UUID) -> web.Response:
    """Give the list's prices as a file."""
    each = await list_of(ctx, list_id)
    return web.Response(
        body=(await csv_prices.exported(ctx, each)).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{each.code}.csv"'},
    )


@routes.post(
    "/admin/pricing/lists/{list_id}/prices/import", permission="pricing.list.edit", max_body=_MOST_BYTES
)
async def admin_import_prices(ctx: Context, request: web.Request, list_id: UUID) -> web.Response:
    """Take in prices of a file: all of it, or none when a row is refused."""
    assert ctx.visit is not None
    each = await list_of(ctx, list_id)
    form = await read_form(request, UploadForm)
    file = form.files.get("file")
    if file is None:
        ctx.visit.flash("error", ctx.gettext("Choose a file first."))
        return redirect(ctx, url(ctx, "pricing.admin_list", list_id=list_id))
    replace = form.value is not None and form.value.replace
    count, refused = await csv_prices.imported(ctx, each, file.file.read(), replace=replace)
    if refused:
        lines = [(x.line, x.column, ctx.gettext(x.message, **x.values)) for x in refused]
        return await list_form_page(ctx, each, refused=lines, status=422)
    ctx.visit.flash("success", ctx.gettext("%(number)s prices are taken in.", number=count))
    return redirect(ctx, url(ctx, "pricing.admin_list", list_id=list_id))
