# SPDX-License-Identifier: Apache-2.0
"""Stock as a CSV file in the admin: download all levels, send a file, watch a large one go in."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_inventory.services import csv_stock, stock_files

routes = Routes("inventory", Scope.ADMIN)
VIEW, EDIT = "inventory.stock.view", "inventory.stock.edit"


class ListQuery(BaseModel):
    """Where the list goes on."""

    cursor: str = Field(default="", max_length=40)


class UploadForm(BaseModel):
    """Nothing but the file."""


@routes.get("/admin/stock/files", permission=VIEW)
async def admin_stock_files(ctx: Context, query: ListQuery) -> web.Response:
    """Offer all levels as a file, take one, and list those that were sent."""
    return await _page(ctx, cursor=query.cursor)


@routes.get("/admin/stock/files/stock.csv", permission=VIEW)
async def admin_export_stock(ctx: Context) -> web.Response:
    """Give all levels as a CSV file."""
    return download(ctx)


@routes.post(
    "/admin/stock/files", permission=EDIT, name="upload_stock_file", max_body=stock_files.LARGEST + 100_000
)
async def upload_stock_file(ctx: Context, request: web.Request) -> web.Response:
    """Take a file in: all of it, or nothing when a row is refused."""
    assert ctx.visit is not None
    file = (await read_form(request, UploadForm)).files.get("file")
    if file is None or not file.filename:
        return await _page(ctx, errors=[FieldError("", "required", ctx.gettext("Choose a CSV file."))])
    try:
        file_id = await stock_files.accept(ctx, name_of(file.filename), file.file.read())
    except Invalid as error:
        return await _page(ctx, errors=error.errors)
    return redirect(ctx, url(ctx, "inventory.admin_stock_file", file_id=file_id))


@routes.get("/admin/stock/files/{file_id}", permission=VIEW)
async def admin_stock_file(ctx: Context, file_id: UUID) -> web.Response:
    """Show what became of a file."""
    assert ctx.visit is not None
    file = await stock_files.by_id(ctx, file_id)
    if file.state == "waiting":
        ctx.visit.headers["Refresh"] = "2"
    return await admin_page(
        ctx,
        "inventory/admin/stock_file.html",
        title=file.name,
        crumbs=[
            (ctx.gettext("Stock"), url(ctx, "inventory.admin_stock")),
            (ctx.gettext("Stock as a file"), url(ctx, "inventory.admin_stock_files")),
            (file.name, ""),
        ],
        file=file,
        problems=_lines(file.problems),
    )


def download(ctx: Context) -> web.Response:
    """Give all levels as an answer that is sent while it is read."""
    return web.Response(
        body=csv_stock.exported(ctx),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{ctx.store.code}-stock.csv"'},
    )


def name_of(file_name: str) -> str:
    """Give the name of a file without its folders."""
    return PurePosixPath(file_name.replace("\\", "/")).name[:120] or "stock.csv"


def _lines(errors: Sequence[FieldError]) -> list[tuple[str, str, str]]:
    """Give line, column and words of each problem."""
    parts = [(e.pointer.strip("/").partition("/"), e.message) for e in errors]
    return [(line, column, words) for (line, _, column), words in parts]


async def _page(ctx: Context, *, cursor: str = "", errors: Sequence[FieldError] = ()) -> web.Response:
    found = await stock_files.page(ctx, cursor=cursor)
    title = ctx.gettext("Stock as a file")
    return await admin_page(
        ctx,
        "inventory/admin/stock_files.html",
        title=title,
        status=422 if errors else 200,
        crumbs=[(ctx.gettext("Stock"), url(ctx, "inventory.admin_stock")), (title, "")],
        files=found.items,
        next_url=f"?cursor={found.next_cursor}" if found.next_cursor else "",
        problems=_lines(errors),
        most=stock_files.MOST_TOLD,
        columns=", ".join(csv_stock.COLUMNS),
        can_edit=ctx.actor.can(EDIT),
    )
