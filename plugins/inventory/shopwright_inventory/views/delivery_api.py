# SPDX-License-Identifier: Apache-2.0
"""Deliveries of suppliers in the admin API: replaced whole while they are expected, and received in parts."""

from datetime import date
from typing import Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field

from shopwright.context import Context
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag, expected, guarded
from shopwright_inventory.services import deliveries, lines, list_deliveries
from shopwright_inventory.services.deliveries import DeliveryInput
from shopwright_inventory.services.list_deliveries import DeliveryDetail, DeliveryPage
from shopwright_inventory.views.bodies import Body, Code, LineBody, Note, PageQuery, Reference

routes = Routes("inventory", Scope.ADMIN_API)
VIEW, EDIT = "inventory.stock.view", "inventory.stock.edit"
_BASE = "/api/admin/v1/stock-deliveries"
_ONE = _BASE + "/{delivery_id}"


class DeliveriesQuery(PageQuery):
    """Which deliveries, and where the list goes on."""

    state: Literal["", "expected", "received", "cancelled"] = ""


class DeliveryBody(Body):
    """What a supplier is to bring; a line of 0 came without being announced."""

    reference: Reference = Field(min_length=1)
    location: Code
    lines: list[LineBody] = Field(min_length=1, max_length=lines.MAX_LINES)
    supplier: Reference = ""
    expected_on: date | None = None
    note: Note = ""

    def delivery(self) -> DeliveryInput:
        return DeliveryInput(
            self.reference, self.location, [line.line() for line in self.lines],
            supplier=self.supplier, expected_on=self.expected_on, note=self.note,
        )  # fmt: skip


class CameBody(Body):
    """What came; with ``finish`` nothing more will. More than expected may come, and is told as ``over``."""

    lines: list[LineBody] = Field(default=[], max_length=lines.MAX_LINES)
    note: Note = ""
    finish: bool = False


@routes.get(_BASE, permission=VIEW)
async def list_stock_deliveries(ctx: Context, query: DeliveriesQuery) -> DeliveryPage:
    """List deliveries, newest first."""
    return await list_deliveries.page(ctx, state=query.state, cursor=query.cursor, limit=query.limit)


@routes.post(_BASE, permission=EDIT, idempotent=True, status=201)
async def create_stock_delivery(ctx: Context, body: DeliveryBody) -> Reply[DeliveryDetail]:
    """Write down what a supplier is to bring."""
    return await _reply(ctx, await deliveries.create(ctx, body.delivery()), 201)


@routes.get(_ONE, permission=VIEW)
async def get_stock_delivery(ctx: Context, delivery_id: UUID) -> Reply[DeliveryDetail]:
    """Give a delivery with its lines, its version as the ETag."""
    return await _reply(ctx, delivery_id)


@routes.put(_ONE, permission=EDIT)
async def put_stock_delivery(
    ctx: Context, delivery_id: UUID, body: DeliveryBody, request: web.Request
) -> Reply[DeliveryDetail]:
    """Replace what is expected; what came already stays. ``If-Match`` says which version."""
    insisted = expected(request)
    await guarded(deliveries.update(ctx, delivery_id, insisted, body.delivery()), insisted)
    return await _reply(ctx, delivery_id)


@routes.post(_ONE + "/receive", permission=EDIT, idempotent=True)
async def receive_stock_delivery(
    ctx: Context, delivery_id: UUID, body: CameBody, request: web.Request
) -> Reply[DeliveryDetail]:
    """Take in what came; any number of times, until all has come or nothing more will."""
    insisted = expected(request)
    came = [line.line() for line in body.lines]
    work = deliveries.receive(ctx, delivery_id, insisted, came, note=body.note, finish=body.finish)
    await guarded(work, insisted)
    return await _reply(ctx, delivery_id)


@routes.post(_ONE + "/cancel", permission=EDIT, idempotent=True)
async def cancel_stock_delivery(
    ctx: Context, delivery_id: UUID, request: web.Request
) -> Reply[DeliveryDetail]:
    """Expect a delivery no more of which nothing has come."""
    insisted = expected(request)
    await guarded(deliveries.cancel(ctx, delivery_id, insisted), insisted)
    return await _reply(ctx, delivery_id)


async def _reply(ctx: Context, delivery_id: UUID, status: int = 200) -> Reply[DeliveryDetail]:
    found = await list_deliveries.by_id(ctx, delivery_id)
    return Reply(found, status, etag(found.version))
