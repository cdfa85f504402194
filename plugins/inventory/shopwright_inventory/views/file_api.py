# SPDX-License-Identifier: Apache-2.0
"""Stock as a CSV file of the admin API: all levels out, files in."""

from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shopwright.context import Context
from shopwright.http.routing import Reply, Routes, Scope
from shopwright_inventory.admin.file_pages import download, name_of
from shopwright_inventory.services import stock_files
from shopwright_inventory.services.stock_files import StockFile, StockFilePage

routes = Routes("inventory", Scope.ADMIN_API)
VIEW, EDIT = "inventory.stock.view", "inventory.stock.edit"
_BASE = "/api/admin/v1/stock-files"


class FileBody(BaseModel):
    """A CSV file as a text; its name stands in the moves it makes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=120)] = "stock.csv"
    content: Annotated[str, StringConstraints(min_length=1, max_length=stock_files.LARGEST)]


class FilesQuery(BaseModel):
    """Where the list goes on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: str = ""
    limit: int = Field(default=50, ge=1, le=200)


@routes.get("/api/admin/v1/stock-export", permission=VIEW)
async def export_stock(ctx: Context) -> web.Response:
    """Give all levels with the rules of their items as a CSV file."""
    return download(ctx)


@routes.get(_BASE, permission=VIEW)
async def list_stock_files(ctx: Context, query: FilesQuery) -> StockFilePage:
    """List files that were sent, newest first."""
    return await stock_files.page(ctx, cursor=query.cursor, limit=query.limit)


@routes.post(_BASE, permission=EDIT, idempotent=True, status=201, max_body=2 * stock_files.LARGEST + 100_000)
async def send_stock_file(ctx: Context, body: FileBody) -> Reply[StockFile]:
    """Take a file in, all of it or nothing: 202 while a job does it; errors name cells, like ``/12/on_hand``."""
    file_id = await stock_files.accept(ctx, name_of(body.name), body.content.encode())
    found = await stock_files.by_id(ctx, file_id)
    return Reply(found, 202 if found.state == "waiting" else 201)


@routes.get(_BASE + "/{file_id}", permission=VIEW)
async def get_stock_file(ctx: Context, file_id: UUID) -> StockFile:
    """Give what became of a file; refused ones name up to a hundred cells."""
    return await stock_files.by_id(ctx, file_id)
