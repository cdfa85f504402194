# SPDX-License-Identifier: Apache-2.0
"""Deliveries of suppliers in the admin: the list, and what is expected."""

from collections.abc import Mapping
from datetime import date
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.i18n import translatable
from shopwright_admin.api import Column, ListView, admin_page, list_page
from shopwright_inventory.admin import line_form
from shopwright_inventory.admin.line_form import LineForm
from shopwright_inventory.services import deliveries, list_deliveries, list_locations
from shopwright_inventory.services.deliveries import DeliveryInput
from shopwright_inventory.services.lines import LineInput
from shopwright_inventory.services.list_deliveries import Delivery, DeliveryDetail

routes = Routes("inventory", Scope.ADMIN)
VIEW, EDIT = "inventory.stock.view", "inventory.stock.edit"
STATES = {
    "expected": translatable("expected"),
    "received": translatable("received"),
    "cancelled": translatable("cancelled"),
}
_WORDS = ("reference", "supplier", "location", "expected_on", "note")


class DeliveriesQuery(BaseModel):
    """Which deliveries, and where the list goes on."""

    state: Literal["", "expected", "received", "cancelled"] = ""
    cursor: str = Field(default="", max_length=40)


@routes.get("/admin/stock/deliveries", permission=VIEW)
async def admin_deliveries(ctx: Context, query: DeliveriesQuery) -> web.Response:
    """List deliveries."""
    found = await list_deliveries.page(ctx, state=query.state, cursor=query.cursor)
    base = url(ctx, "inventory.admin_deliveries")
    more = urlencode({"state": query.state, "cursor": found.next_cursor})
    view = ListView(
        title=ctx.gettext("Deliveries"),
        columns=[
            Column("reference", ctx.gettext("Delivery"), "link"),
            Column("supplier", ctx.gettext("Supplier")),
            Column("place", ctx.gettext("Location")),
            Column("expected_on", ctx.gettext("Expected on"), "date"),
            Column("state", ctx.gettext("Status"), "badge"),
            Column("expected", ctx.gettext("Expected"), "number"),
            Column("received", ctx.gettext("Came"), "number"),
        ],
        rows=[_row(ctx, delivery) for delivery in found.items],
        total=len(found.items),
        searchable=False,
        next_url=f"{base}?{more}" if found.next_cursor else "",
        empty_title=ctx.gettext("No such deliveries") if query.state else ctx.gettext("No deliveries yet"),
        empty_text=ctx.gettext("Write down what a supplier is to bring; when it comes, receive it here."),
        create_url=url(ctx, "inventory.admin_new_delivery") if ctx.actor.can(EDIT) else "",
        create_label=ctx.gettext("New delivery"),
        filters=line_form.filters(ctx, base, STATES, query.state),
    )
    return await list_page(ctx, view)


@routes.get("/admin/stock/deliveries/new", permission=EDIT)
async def admin_new_delivery(ctx: Context) -> web.Response:
    """Show an empty delivery."""
    return await form_page(ctx, None, LineForm(), {})


@routes.post("/admin/stock/deliveries/new", permission=EDIT)
async def admin_create_delivery(ctx: Context, request: web.Request) -> web.Response:
    """Look for items, or write down what is expected."""
    return await _posted(ctx, request, None)


@routes.get("/admin/stock/deliveries/{delivery_id}/edit", permission=EDIT)
async def admin_edit_delivery(ctx: Context, delivery_id: UUID) -> web.Response:
    """Show what is expected in its form."""
    found = await list_deliveries.by_id(ctx, delivery_id)
    words = {name: str(getattr(found, name) or "") for name in (*_WORDS, "version")}
    form = LineForm(words, {line.variant_id: str(line.expected) for line in found.lines})
    return await form_page(ctx, found, form, {})


@routes.post("/admin/stock/deliveries/{delivery_id}/edit", permission=EDIT)
async def admin_update_delivery(ctx: Context, request: web.Request, delivery_id: UUID) -> web.Response:
    """Look for items, or save what is expected."""
    return await _posted(ctx, request, await list_deliveries.by_id(ctx, delivery_id))


async def form_page(
    ctx: Context,
    delivery: DeliveryDetail | None,
    form: LineForm,
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> web.Response:
    """Answer with the form of what is expected."""
    chosen, found = await line_form.rows(ctx, form)
    title = delivery.reference if delivery else ctx.gettext("New delivery")
    return await admin_page(
        ctx,
        "inventory/admin/delivery_form.html",
        title=title,
        status=status,
        crumbs=crumbs(ctx, title),
        delivery=delivery,
        form=form,
        chosen=chosen,
        found=found,
        places=[(x.code, x.name) for x in await list_locations.everything(ctx)],
        errors=errors,
    )


def crumbs(ctx: Context, name: str) -> list[tuple[str, str]]:
    stock = (ctx.gettext("Stock"), url(ctx, "inventory.admin_stock"))
    return [stock, (ctx.gettext("Deliveries"), url(ctx, "inventory.admin_deliveries")), (name, "")]


async def _posted(ctx: Context, request: web.Request, delivery: DeliveryDetail | None) -> web.Response:
    assert ctx.visit is not None
    form = await line_form.read(request, _WORDS)
    if form.words["do"] != "save":
        return await form_page(ctx, delivery, await line_form.looked_up(ctx, form), {})
    lines, wrong = form.lines()
    day = _day(form.words["expected_on"])
    if form.words["expected_on"] and day is None:
        wrong["expected_on"] = translatable("Please give a date.")
    if wrong:
        errors = {name: ctx.gettext(text) for name, text in wrong.items()}
        return await form_page(ctx, delivery, form, errors, status=422)
    try:
        delivery_id = await _save(ctx, delivery, form, lines, day)
    except (Invalid, Conflict) as error:
        errors = line_form.told(ctx, error, lines)
        return await form_page(ctx, delivery, form, errors, status=error.status)
    ctx.visit.flash("success", ctx.gettext("The delivery is saved."))
    return redirect(ctx, url(ctx, "inventory.admin_delivery", delivery_id=delivery_id))


async def _save(
    ctx: Context, delivery: DeliveryDetail | None, form: LineForm, lines: list[LineInput], day: date | None
) -> UUID:
    words = form.words
    new = DeliveryInput(
        words["reference"], words["location"], lines, supplier=words["supplier"], expected_on=day,
        note=words["note"],
    )  # fmt: skip
    if delivery is None:
        return await deliveries.create(ctx, new)
    await deliveries.update(ctx, delivery.id, form.version, new)
    return delivery.id


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _row(ctx: Context, delivery: Delivery) -> dict[str, object]:
    return {
        "url": url(ctx, "inventory.admin_delivery", delivery_id=delivery.id),
        "reference": delivery.reference,
        "supplier": delivery.supplier,
        "place": delivery.location_name,
        "expected_on": delivery.expected_on,
        "state": delivery.state,
        "expected": delivery.expected,
        "received": delivery.received,
    }
