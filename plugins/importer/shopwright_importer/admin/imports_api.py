# SPDX-License-Identifier: Apache-2.0
"""Imports of the admin API: send a file, ask how far it has come, read what was refused."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid, NotFound
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright_importer.admin.pages import LARGEST
from shopwright_importer.api import FileError, Finding
from shopwright_importer.services import notes, outside, uploads
from shopwright_importer.services.notes import RunNote

routes = Routes("importer", Scope.ADMIN_API)
_BASE = "/api/admin/v1/product-imports"
_MOST = 10_000
"""Findings that are told of an import."""


class FileBody(BaseModel):
    """A product CSV as a text; without a format its columns tell."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "products.csv"
    format: Annotated[str, StringConstraints(max_length=40)] = ""
    content: Annotated[str, StringConstraints(min_length=1, max_length=LARGEST)]


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import: ``state`` is waiting, running, finished or failed, ``message`` says why it failed."""

    id: UUID
    file_name: str
    state: str
    percent: int
    counts: dict[str, int]
    message: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, ctx: Context, run: RunNote) -> "ImportView":
        return cls(
            run.id, run.file_name, run.state, run.percent, run.counts, run.message(ctx), run.created_at,
            run.updated_at,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportFinding:
    """What was refused or taken otherwise than written: ``kind`` is refusal, notice or picture."""

    place: int
    kind: str
    line: int
    handle: str
    code: str
    message: str


@routes.post(_BASE, permission="importer.run.edit", idempotent=True, status=202, max_body=2 * LARGEST)
async def start_import(ctx: Context, body: FileBody) -> Reply[ImportView]:
    """Have a file taken in by a job; the same file again begins anew, or goes on where it stopped."""
    try:
        run_id = await uploads.accept(ctx, BytesIO(body.content.encode()), body.name, body.format)
    except FileError as error:
        words = ctx.gettext(error.words, **error.values)
        raise Invalid(words, errors=[FieldError("/content", "unreadable", words)]) from None
    return Reply(await _view(ctx, run_id), 202)


@routes.get(_BASE, permission="importer.run.edit")
async def list_imports(ctx: Context, query: ListQuery) -> Page[ImportView]:
    """List the latest imports, the newest first."""
    return query.whole([ImportView.of(ctx, run) for run in await notes.runs(ctx)], "id")


@routes.get(_BASE + "/{run_id}", permission="importer.run.edit")
async def get_import(ctx: Context, run_id: UUID) -> ImportView:
    """Tell how far an import has come."""
    return await _view(ctx, run_id)


@routes.get(_BASE + "/{run_id}/findings", permission="importer.run.edit")
async def list_findings(ctx: Context, run_id: UUID, query: ListQuery) -> Page[ImportFinding]:
    """Tell by line what was refused, and what was taken otherwise than written."""
    await _view(ctx, run_id)
    found = [*await notes.findings(ctx, run_id, _MOST), *await _pictures(ctx, run_id)]
    return query.whole(
        [ImportFinding(n, kind, x.line, x.handle, x.code, x.text(ctx)) for n, (kind, x) in enumerate(found)],
        "place",
    )


async def _pictures(ctx: Context, run_id: UUID) -> list[tuple[str, Finding]]:
    return [("picture", finding) for _, finding in await outside.troubled(ctx, run_id, _MOST)]


async def _view(ctx: Context, run_id: UUID) -> ImportView:
    run = await notes.run(ctx, run_id)
    if run is None:
        raise NotFound("There is no such import.")
    return ImportView.of(ctx, run)
