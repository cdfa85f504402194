# SPDX-License-Identifier: Apache-2.0
"""Transfers of the admin API: drafts are replaced whole; sending, receiving and cancelling are calls of their own."""

from typing import Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field, StrictInt

from shopwright.context import Context
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag, expected, guarded
from shopwright_inventory.services import arrivals, lines, list_transfers, transfers
from shopwright_inventory.services.arrivals import Arrival
from shopwright_inventory.services.list_transfers import TransferDetail, TransferPage
from shopwright_inventory.services.transfers import TransferInput
from shopwright_inventory.views.bodies import Body, Code, LineBody, Note, PageQuery, Reference

routes = Routes("inventory", Scope.ADMIN_API)
VIEW, EDIT = "inventory.stock.view", "inventory.stock.edit"
_BASE = "/api/admin/v1/stock-transfers"
_ONE = _BASE + "/{transfer_id}"


class TransfersQuery(PageQuery):
    """Which transfers, and where the list goes on."""

    state: Literal["", "draft", "sent", "received", "cancelled"] = ""


class TransferBody(Body):
    """A draft; locations by code."""

    from_location: Code
    to_location: Code
    lines: list[LineBody] = Field(min_length=1, max_length=lines.MAX_LINES)
    reference: Reference = ""
    note: Note = ""

    def transfer(self) -> TransferInput:
        found = [line.line() for line in self.lines]
        return TransferInput(self.from_location, self.to_location, found, self.reference, self.note)


class ArrivalBody(Body):
    """What came of a variant, and what of it never will."""

    variant_id: UUID
    received: StrictInt = Field(default=0, ge=0, le=lines.MOST)
    missing: StrictInt = Field(default=0, ge=0, le=lines.MOST)
    damaged: StrictInt = Field(default=0, ge=0, le=lines.MOST)


class ReceiveBody(Body):
    """What came of a transfer; the note is kept with the moves and with what is written off."""

    lines: list[ArrivalBody] = Field(min_length=1, max_length=lines.MAX_LINES)
    note: Note = ""


@routes.get(_BASE, permission=VIEW)
async def list_stock_transfers(ctx: Context, query: TransfersQuery) -> TransferPage:
    """List transfers, newest first."""
    return await list_transfers.page(ctx, state=query.state, cursor=query.cursor, limit=query.limit)


@routes.post(_BASE, permission=EDIT, idempotent=True, status=201)
async def create_stock_transfer(ctx: Context, body: TransferBody) -> Reply[TransferDetail]:
    """Write down a draft; nothing moves before it is sent."""
    return await _reply(ctx, await transfers.create(ctx, body.transfer()), 201)


@routes.get(_ONE, permission=VIEW)
async def get_stock_transfer(ctx: Context, transfer_id: UUID) -> Reply[TransferDetail]:
    """Give a transfer with its lines and what was written off, its version as the ETag."""
    return await _reply(ctx, transfer_id)


@routes.put(_ONE, permission=EDIT)
async def put_stock_transfer(
    ctx: Context, transfer_id: UUID, body: TransferBody, request: web.Request
) -> Reply[TransferDetail]:
    """Replace a draft; ``If-Match`` says which version."""
    insisted = expected(request)
    await guarded(transfers.update(ctx, transfer_id, insisted, body.transfer()), insisted)
    return await _reply(ctx, transfer_id)


@routes.post(_ONE + "/send", permission=EDIT, idempotent=True)
async def send_stock_transfer(ctx: Context, transfer_id: UUID, request: web.Request) -> Reply[TransferDetail]:
    """Take everything from where it lies; 409 ``not_enough`` tells what of each is free."""
    insisted = expected(request)
    await guarded(transfers.send(ctx, transfer_id, insisted), insisted)
    return await _reply(ctx, transfer_id)


@routes.post(_ONE + "/receive", permission=EDIT, idempotent=True)
async def receive_stock_transfer(
    ctx: Context, transfer_id: UUID, body: ReceiveBody, request: web.Request
) -> Reply[TransferDetail]:
    """Take in what came and write off what never will; any number of times, until nothing is on its way."""
    insisted = expected(request)
    came = [Arrival(x.variant_id, x.received, x.missing, x.damaged) for x in body.lines]
    await guarded(arrivals.receive(ctx, transfer_id, insisted, came, note=body.note), insisted)
    return await _reply(ctx, transfer_id)


@routes.post(_ONE + "/cancel", permission=EDIT, idempotent=True)
async def cancel_stock_transfer(
    ctx: Context, transfer_id: UUID, request: web.Request
) -> Reply[TransferDetail]:
    """Give a transfer up of which nothing has come; what was sent is back where it was."""
    insisted = expected(request)
    await guarded(arrivals.cancel(ctx, transfer_id, insisted), insisted)
    return await _reply(ctx, transfer_id)


async def _reply(ctx: Context, transfer_id: UUID, status: int = 200) -> Reply[TransferDetail]:
    found = await list_transfers.by_id(ctx, transfer_id)
    return Reply(found, status, etag(found.version))
