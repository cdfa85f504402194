# SPDX-License-Identifier: Apache-2.0
"""Exporting products: ask for a file, watch it being written, download it; by page and by API."""

from aiohttp import web

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.listing import ListQuery, Page
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Reply, Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_importer.services.exports import files
from shopwright_importer.services.exports.files import ExportFile

pages = Routes("importer", Scope.ADMIN)
api = Routes("importer", Scope.ADMIN_API)


@pages.get("/admin/export", permission="importer.export.view")
async def admin_export(ctx: Context) -> web.Response:
    """Show the formats with the files there are."""
    assert ctx.visit is not None
    found = await files.all_of(ctx)
    if any(file.is_being_written for file in found):
        ctx.visit.headers["Refresh"] = "2"
    return await admin_page(ctx, "importer/admin/export.html", title=ctx.gettext("Export"), files=found)


@pages.post("/admin/export/{format_code}", permission="importer.export.view", limit="60/3600")
async def admin_ask_export(ctx: Context, format_code: str) -> web.Response:
    """Have a file written."""
    await files.ask(ctx, format_code)
    return redirect(ctx, url(ctx, "importer.admin_export"))


@pages.get("/admin/export/{format_code}/products.csv", permission="importer.export.view")
async def admin_export_file(ctx: Context, format_code: str) -> web.StreamResponse:
    """Download a file."""
    return _download(ctx, format_code)


@api.get("/api/admin/v1/product-exports", permission="importer.export.view")
async def list_exports(ctx: Context, query: ListQuery) -> Page[ExportFile]:
    """Give the formats with the files there are."""
    return query.whole(await files.all_of(ctx), "code")


@api.post(
    "/api/admin/v1/product-exports/{format_code}",
    permission="importer.export.view",
    idempotent=True,
    status=202,
)
async def ask_export(ctx: Context, format_code: str) -> Reply[ExportFile]:
    """Have a file written; the list tells when it is there."""
    await files.ask(ctx, format_code)
    found = next(file for file in await files.all_of(ctx) if file.code == format_code)
    return Reply(found, status=202)


@api.get("/api/admin/v1/product-exports/{format_code}/file", permission="importer.export.view")
async def export_file(ctx: Context, format_code: str) -> web.StreamResponse:
    """Download a file."""
    return _download(ctx, format_code)


def _download(ctx: Context, code: str) -> web.StreamResponse:
    path = files.path_of(ctx, code)
    if not path.is_file():
        raise NotFound("This file is not there yet: ask for it first.", code="export_missing")
    headers = {
        "Content-Disposition": f'attachment; filename="{ctx.store.code}-{code}.csv"', "Content-Type": "text/csv; charset=utf-8",
    }  # fmt: skip
    return web.FileResponse(path, headers=headers)
