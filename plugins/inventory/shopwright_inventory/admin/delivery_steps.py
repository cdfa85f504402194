# SPDX-License-Identifier: Apache-2.0
"""One delivery in the admin: what came of it, receiving, closing, cancelling."""

from collections.abc import Mapping
from uuid import UUID

from aiohttp import web

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_inventory.admin import line_form
from shopwright_inventory.admin.delivery_pages import EDIT, VIEW, crumbs
from shopwright_inventory.admin.line_form import LineForm
from shopwright_inventory.services import deliveries, list_deliveries
from shopwright_inventory.services.lines import LineInput
from shopwright_inventory.services.list_deliveries import DeliveryDetail

routes = Routes("inventory", Scope.ADMIN)


@routes.get("/admin/stock/deliveries/{delivery_id}", permission=VIEW)
async def admin_delivery(ctx: Context, delivery_id: UUID) -> web.Response:
    """Show a delivery and what came of it."""
    return await _page(ctx, await list_deliveries.by_id(ctx, delivery_id), LineForm(), {})


@routes.post("/admin/stock/deliveries/{delivery_id}/receive", permission=EDIT)
async def admin_receive_delivery(ctx: Context, request: web.Request, delivery_id: UUID) -> web.Response:
    """Take in what came; ``do`` says all that was expected, or that nothing more will come."""
    assert ctx.visit is not None
    delivery = await list_deliveries.by_id(ctx, delivery_id)
    form = await line_form.read(request, ("note",))
    step = form.words["do"]
    came, wrong = form.lines()
    if step == "all":
        came, wrong = [LineInput(x.variant_id, x.left) for x in delivery.lines if x.left], {}
    if wrong:
        errors = {name: ctx.gettext(text) for name, text in wrong.items()}
        return await _page(ctx, delivery, form, errors, status=422)
    note, finish = form.words["note"], step == "finish"
    try:
        await deliveries.receive(ctx, delivery_id, form.version, came, note=note, finish=finish)
    except (Invalid, Conflict) as error:
        return await _page(ctx, delivery, form, line_form.told(ctx, error, came), status=error.status)
    left = {line.variant_id: line.left for line in delivery.lines}
    over = sum(max(line.quantity - left.get(line.variant_id, 0), 0) for line in came)
    ctx.visit.flash("success", _words(ctx, over, came))
    return _back(ctx, delivery_id)


@routes.post("/admin/stock/deliveries/{delivery_id}/cancel", permission=EDIT)
async def admin_cancel_delivery(ctx: Context, request: web.Request, delivery_id: UUID) -> web.Response:
    """Expect a delivery no more."""
    assert ctx.visit is not None
    await list_deliveries.by_id(ctx, delivery_id)
    form = await line_form.read(request, ())
    try:
        await deliveries.cancel(ctx, delivery_id, form.version)
    except Conflict as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
    else:
        ctx.visit.flash("success", ctx.gettext("The delivery is cancelled."))
    return _back(ctx, delivery_id)


def _words(ctx: Context, over: int, came: list[LineInput]) -> str:
    if not came:
        return ctx.gettext("The delivery is closed.")
    if over:
        return ctx.gettext("What came is in stock: %(number)s more than were expected.", number=over)
    return ctx.gettext("What came is in stock.")


async def _page(
    ctx: Context, delivery: DeliveryDetail, form: LineForm, errors: Mapping[str, str], *, status: int = 200
) -> web.Response:
    return await admin_page(
        ctx,
        "inventory/admin/delivery.html",
        title=delivery.reference,
        status=status,
        crumbs=crumbs(ctx, delivery.reference),
        delivery=delivery,
        form=form,
        errors=errors,
        can_edit=ctx.actor.can(EDIT),
    )


def _back(ctx: Context, delivery_id: UUID) -> web.Response:
    return redirect(ctx, url(ctx, "inventory.admin_delivery", delivery_id=delivery_id))
