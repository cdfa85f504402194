# SPDX-License-Identifier: Apache-2.0
"""Steps of a transfer in the admin: sending, receiving, cancelling."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from aiohttp import web

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_inventory.admin import line_form
from shopwright_inventory.admin.line_form import LineForm
from shopwright_inventory.admin.transfer_pages import EDIT, detail_page, form_page
from shopwright_inventory.services import arrivals, list_transfers, transfers
from shopwright_inventory.services.arrivals import Arrival
from shopwright_inventory.services.list_transfers import TransferDetail

routes = Routes("inventory", Scope.ADMIN)
_KINDS = ("received", "missing", "damaged")


@routes.post("/admin/stock/transfers/{transfer_id}/send", permission=EDIT)
async def admin_send_transfer(ctx: Context, request: web.Request, transfer_id: UUID) -> web.Response:
    """Take everything from where it lies."""
    assert ctx.visit is not None
    transfer = await list_transfers.by_id(ctx, transfer_id)
    form = await line_form.read(request, ())
    try:
        await transfers.send(ctx, transfer_id, form.version)
    except Conflict as error:
        return await _not_sent(ctx, transfer, error)
    ctx.visit.flash("success", ctx.gettext("The transfer is on its way."))
    return _back(ctx, transfer_id)


@routes.post("/admin/stock/transfers/{transfer_id}/receive", permission=EDIT)
async def admin_receive_transfer(ctx: Context, request: web.Request, transfer_id: UUID) -> web.Response:
    """Take in what came, and write off what never will."""
    assert ctx.visit is not None
    transfer = await list_transfers.by_id(ctx, transfer_id)
    posted = await request.post()
    raw = {name: value.strip() for name, value in posted.items() if isinstance(value, str)}
    errors, came = dict[str, str](), list[Arrival]()
    for line in transfer.lines:
        typed = {kind: raw.get(f"{kind}.{line.variant_id}", "") or "0" for kind in _KINDS}
        if raw.get("do") == "all":
            typed = {"received": str(line.in_transit)}
        if all(text.isascii() and text.isdecimal() and len(text) < 8 for text in typed.values()):
            came.append(Arrival(line.variant_id, **{kind: int(text) for kind, text in typed.items()}))
        else:
            errors[str(line.variant_id)] = ctx.gettext("Please give a whole number.")
    if errors:
        return await detail_page(ctx, transfer, raw, errors, status=422)
    version = LineForm(raw).version
    try:
        await arrivals.receive(ctx, transfer_id, version, came, note=raw.get("note", ""))
    except (Invalid, Conflict) as error:
        return await detail_page(ctx, transfer, raw, _told(ctx, error, came), status=error.status)
    ctx.visit.flash("success", ctx.gettext("What came is in stock."))
    return _back(ctx, transfer_id)


@routes.post("/admin/stock/transfers/{transfer_id}/cancel", permission=EDIT)
async def admin_cancel_transfer(ctx: Context, request: web.Request, transfer_id: UUID) -> web.Response:
    """Give a transfer up; what was sent is back where it was."""
    assert ctx.visit is not None
    await list_transfers.by_id(ctx, transfer_id)
    form = await line_form.read(request, ())
    try:
        await arrivals.cancel(ctx, transfer_id, form.version)
    except Conflict as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
    else:
        ctx.visit.flash("success", ctx.gettext("The transfer is cancelled."))
    return _back(ctx, transfer_id)


async def _not_sent(ctx: Context, transfer: TransferDetail, error: Conflict) -> web.Response:
    """Show the draft with what is in the way of each line."""
    assert ctx.visit is not None
    if error.error_code != "not_enough":
        ctx.visit.flash("error", ctx.gettext(error.detail))
        return _back(ctx, transfer.id)
    errors = {"": ctx.gettext(error.detail)}
    for line in error.extra["lines"]:
        words = ctx.gettext("%(number)s can be sent.", number=line["free"])
        errors[f"quantity.{line['variant_id']}"] = words
    names = ("from_location", "to_location", "reference", "note", "version")
    form = LineForm(
        {name: str(getattr(transfer, name)) for name in names},
        {line.variant_id: str(line.quantity) for line in transfer.lines},
    )
    return await form_page(ctx, transfer, form, errors, status=409)


def _told(ctx: Context, error: Invalid | Conflict, came: list[Arrival]) -> Mapping[str, Any]:
    errors = {}
    for problem in error.errors:
        parts = problem.pointer.strip("/").split("/")
        name = str(came[int(parts[1])].variant_id) if len(parts) == 3 else parts[0]
        errors[name] = ctx.gettext(problem.message)
    return errors or {"": ctx.gettext(error.detail)}


def _back(ctx: Context, transfer_id: UUID) -> web.Response:
    return redirect(ctx, url(ctx, "inventory.admin_transfer", transfer_id=transfer_id))
