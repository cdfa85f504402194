# SPDX-License-Identifier: Apache-2.0
"""Importing in the admin: upload a file, watch it go in, read what was refused."""

import csv
import io
from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_importer.api import FileError, Finding
from shopwright_importer.services import notes, outside, uploads
from shopwright_importer.services.formats import ALL
from shopwright_importer.services.notes import RunNote

routes = Routes("importer", Scope.ADMIN)
LARGEST = 50 * 1024 * 1024
SHOWN = 200
_PICTURES = {"refused": "picture", "waiting": "picture_waiting"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class UploadForm(BaseModel):
    """What the file is; without a format its columns tell."""

    format: str = ""


@routes.get("/admin/import", permission="importer.run.edit")
async def admin_import(ctx: Context) -> web.Response:
    """Show the upload form and earlier imports."""
    return await _start(ctx)


@routes.post(
    "/admin/import",
    permission="importer.run.edit",
    name="upload",
    max_body=LARGEST + 64 * 1024,
    limit="30/3600",
)
async def upload(ctx: Context, request: web.Request) -> web.Response:
    """Take an uploaded file."""
    form = await read_form(request, UploadForm)
    file = form.files.get("file")
    if file is None or not file.filename:
        return await _start(ctx, ctx.gettext("Please choose a file."))
    try:
        run_id = await uploads.accept(ctx, file.file, file.filename, form.raw.get("format", ""))
    except FileError as error:
        return await _start(ctx, ctx.gettext(error.words, **error.values))
    return redirect(ctx, url(ctx, "importer.admin_run", run_id=run_id))


@routes.get("/admin/import/{run_id}", permission="importer.run.edit")
async def admin_run(ctx: Context, run_id: UUID) -> web.Response:
    """Show how far an import has come, and what it found."""
    run = await _run(ctx, run_id)
    found = await notes.findings(ctx, run_id, SHOWN)
    pictures = await outside.counts(ctx, run_id)
    troubled = await outside.troubled(ctx, run_id, SHOWN)
    assert ctx.visit is not None
    is_going_on = run.state in {"waiting", "running"}
    if is_going_on or pictures.waiting:
        ctx.visit.headers["Refresh"] = "2" if is_going_on else "5"
    return await admin_page(
        ctx,
        "importer/admin/run.html",
        title=run.file_name,
        crumbs=[(ctx.gettext("Import"), url(ctx, "importer.admin_import")), (run.file_name, "")],
        run=run,
        state=_state(ctx, run),
        message=run.message(ctx),
        is_going_on=is_going_on,
        counts=_counts(ctx, run),
        pictures=pictures,
        lists=_lists(ctx, [*found, *((_PICTURES[state], finding) for state, finding in troubled)]),
        is_cut=SHOWN in {len(found), len(troubled)},
    )


@routes.get("/admin/import/{run_id}/report.csv", permission="importer.run.edit")
async def report(ctx: Context, run_id: UUID) -> web.Response:
    """Give everything that was refused or changed as a CSV."""
    await _run(ctx, run_id)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Line", "Handle", "Kind", "Code", "Message"])
    found = await notes.findings(ctx, run_id)
    troubled = await outside.troubled(ctx, run_id)
    for kind, finding in [*found, *((_PICTURES[state], finding) for state, finding in troubled)]:
        cells = (finding.handle, kind, finding.code, finding.text(ctx))
        writer.writerow([finding.line, *(_plain(cell) for cell in cells)])
    headers = {"Content-Disposition": f'attachment; filename="import-{run_id}.csv"'}
    return web.Response(body=out.getvalue().encode("utf-8-sig"), content_type="text/csv", headers=headers)


async def _start(ctx: Context, error: str = "") -> web.Response:
    return await admin_page(
        ctx,
        "importer/admin/start.html",
        title=ctx.gettext("Import"),
        status=422 if error else 200,
        runs=[(run, _state(ctx, run)) for run in await notes.runs(ctx)],
        error=error,
        formats=[(format_.code, format_.title) for format_ in ALL],
        largest=LARGEST // 1024 // 1024,
    )


async def _run(ctx: Context, run_id: UUID) -> RunNote:
    found = await notes.run(ctx, run_id)
    if found is None:
        raise NotFound("There is no such import.")
    return found


def _state(ctx: Context, run: RunNote) -> str:
    names = {
        "waiting": ctx.gettext("waiting"),
        "running": ctx.gettext("running"),
        "finished": ctx.gettext("finished"),
        "failed": ctx.gettext("failed"),
    }
    return names[run.state]


def _lists(ctx: Context, found: list[tuple[str, Finding]]) -> list[tuple[str, list[tuple[Finding, str]]]]:
    """Give what was found under the titles of its kinds; kinds with nothing to say are left out."""
    titles = {
        "refusal": ctx.gettext("Refused"),
        "notice": ctx.gettext("Taken otherwise than written"),
        "picture": ctx.gettext("Pictures that did not come"),
        "picture_waiting": ctx.gettext("Pictures that are tried again"),
    }
    lists = (
        (title, [(finding, finding.text(ctx)) for kind, finding in found if kind == wanted])
        for wanted, title in titles.items()
    )
    return [(title, rows) for title, rows in lists if rows]


def _counts(ctx: Context, run: RunNote) -> list[tuple[str, Any]]:
    names = {
        "products_created": ctx.gettext("New products"),
        "products_updated": ctx.gettext("Changed products"),
        "products_unchanged": ctx.gettext("Products as before"),
        "products_refused": ctx.gettext("Refused products"),
        "variants": ctx.gettext("Variants"),
        "images": ctx.gettext("Images"),
        "rows": ctx.gettext("Rows"),
    }
    return [(label, run.counts.get(name, 0)) for name, label in names.items()]


def _plain(cell: str) -> str:
    """Keep a spreadsheet from taking a cell of somebody's file for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
