# SPDX-License-Identifier: Apache-2.0
"""Transfers in the admin: the list, drafts, and what was sent."""

from collections.abc import Mapping
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
from shopwright_inventory.services import find_variants, list_locations, list_transfers, transfers
from shopwright_inventory.services.list_transfers import Transfer, TransferDetail
from shopwright_inventory.services.transfers import TransferInput

routes = Routes("inventory", Scope.ADMIN)
VIEW, EDIT = "inventory.stock.view", "inventory.stock.edit"
STATES = {
    "draft": translatable("draft"),
    "sent": translatable("sent"),
    "received": translatable("received"),
    "cancelled": translatable("cancelled"),
}
_WORDS = ("from_location", "to_location", "reference", "note")


class TransfersQuery(BaseModel):
    """Which transfers, and where the list goes on."""

    state: Literal["", "draft", "sent", "received", "cancelled"] = ""
    cursor: str = Field(default="", max_length=40)


@routes.get("/admin/stock/transfers", permission=VIEW)
async def admin_transfers(ctx: Context, query: TransfersQuery) -> web.Response:
    """List transfers."""
    found = await list_transfers.page(ctx, state=query.state, cursor=query.cursor)
    base = url(ctx, "inventory.admin_transfers")
    more = urlencode({"state": query.state, "cursor": found.next_cursor})
    can_edit = ctx.actor.can(EDIT)
    view = ListView(
        title=ctx.gettext("Transfers"),
        columns=[
            Column("name", ctx.gettext("Transfer"), "link"),
            Column("way", ctx.gettext("From and to")),
            Column("state", ctx.gettext("Status"), "badge"),
            Column("quantity", ctx.gettext("Pieces"), "number"),
            Column("in_transit", ctx.gettext("On their way"), "number"),
            Column("created_at", ctx.gettext("Made"), "date"),
        ],
        rows=[_row(ctx, transfer) for transfer in found.items],
        total=len(found.items),
        searchable=False,
        next_url=f"{base}?{more}" if found.next_cursor else "",
        empty_title=ctx.gettext("No such transfers") if query.state else ctx.gettext("No transfers yet"),
        empty_text=ctx.gettext("A transfer brings items from one location to another, and shows them on the way."),
        create_url=url(ctx, "inventory.admin_new_transfer") if can_edit else "",
        create_label=ctx.gettext("New transfer"),
        filters=line_form.filters(ctx, base, STATES, query.state),
    )  # fmt: skip
    return await list_page(ctx, view)


@routes.get("/admin/stock/transfers/new", permission=EDIT)
async def admin_new_transfer(ctx: Context) -> web.Response:
    """Show an empty transfer."""
    return await form_page(ctx, None, LineForm(), {})


@routes.post("/admin/stock/transfers/new", permission=EDIT)
async def admin_create_transfer(ctx: Context, request: web.Request) -> web.Response:
    """Look for items, or write down a draft."""
    return await _posted(ctx, request, None)


@routes.get("/admin/stock/transfers/{transfer_id}", permission=VIEW)
async def admin_transfer(ctx: Context, transfer_id: UUID) -> web.Response:
    """Show a transfer: a draft in its form, and else what became of it."""
    found = await list_transfers.by_id(ctx, transfer_id)
    if found.state != "draft" or not ctx.actor.can(EDIT):
        return await detail_page(ctx, found, {}, {})
    words = {name: str(getattr(found, name)) for name in (*_WORDS, "version")}
    form = LineForm(words, {line.variant_id: str(line.quantity) for line in found.lines})
    return await form_page(ctx, found, form, {})


@routes.post("/admin/stock/transfers/{transfer_id}", permission=EDIT)
async def admin_update_transfer(ctx: Context, request: web.Request, transfer_id: UUID) -> web.Response:
    """Look for items, or save a draft."""
    return await _posted(ctx, request, await list_transfers.by_id(ctx, transfer_id))


async def form_page(
    ctx: Context,
    transfer: TransferDetail | None,
    form: LineForm,
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> web.Response:
    """Answer with the form of a draft, or of a new one."""
    chosen, found = await line_form.rows(ctx, form)
    ids = [*form.numbers, *form.found]
    return await admin_page(
        ctx,
        "inventory/admin/transfer_form.html",
        title=name_of(ctx, transfer),
        status=status,
        crumbs=crumbs(ctx, name_of(ctx, transfer)),
        transfer=transfer,
        form=form,
        chosen=chosen,
        found=found,
        free=await find_variants.free(ctx, form.words.get("from_location", ""), ids),
        places=[(x.code, x.name) for x in await list_locations.everything(ctx)],
        errors=errors,
    )


async def detail_page(
    ctx: Context,
    transfer: TransferDetail,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> web.Response:
    """Answer with a transfer that is no draft any more, or not for this person to change."""
    return await admin_page(
        ctx,
        "inventory/admin/transfer.html",
        title=name_of(ctx, transfer),
        status=status,
        crumbs=crumbs(ctx, name_of(ctx, transfer)),
        transfer=transfer,
        typed=typed,
        errors=errors,
        can_edit=ctx.actor.can(EDIT),
    )


def name_of(ctx: Context, transfer: Transfer | None) -> str:
    if transfer is None:
        return ctx.gettext("New transfer")
    return transfer.reference or f"{transfer.from_name} → {transfer.to_name}"


def crumbs(ctx: Context, name: str) -> list[tuple[str, str]]:
    stock = (ctx.gettext("Stock"), url(ctx, "inventory.admin_stock"))
    return [stock, (ctx.gettext("Transfers"), url(ctx, "inventory.admin_transfers")), (name, "")]


async def _posted(ctx: Context, request: web.Request, transfer: TransferDetail | None) -> web.Response:
    assert ctx.visit is not None
    form = await line_form.read(request, _WORDS)
    if form.words["do"] != "save":
        return await form_page(ctx, transfer, await line_form.looked_up(ctx, form), {})
    lines, wrong = form.lines()
    if wrong:
        errors = {name: ctx.gettext(text) for name, text in wrong.items()}
        return await form_page(ctx, transfer, form, errors, status=422)
    new = TransferInput(lines=lines, **{name: form.words[name] for name in _WORDS})
    try:
        if transfer is None:
            transfer_id = await transfers.create(ctx, new)
        else:
            transfer_id = transfer.id
            await transfers.update(ctx, transfer_id, form.version, new)
    except (Invalid, Conflict) as error:
        errors = line_form.told(ctx, error, lines)
        return await form_page(ctx, transfer, form, errors, status=error.status)
    ctx.visit.flash("success", ctx.gettext("The transfer is saved. Nothing moves before you send it."))
    return redirect(ctx, url(ctx, "inventory.admin_transfer", transfer_id=transfer_id))


def _row(ctx: Context, transfer: Transfer) -> dict[str, object]:
    return {
        "url": url(ctx, "inventory.admin_transfer", transfer_id=transfer.id),
        "name": name_of(ctx, transfer),
        "way": f"{transfer.from_name} → {transfer.to_name}",
        "state": transfer.state,
        "quantity": transfer.quantity,
        "in_transit": transfer.in_transit,
        "created_at": transfer.created_at,
    }
