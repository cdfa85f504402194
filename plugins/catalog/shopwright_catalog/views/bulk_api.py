# SPDX-License-Identifier: Apache-2.0
"""Changing many products at once through the admin API."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from shopwright.context import Context
from shopwright.http.routing import Routes, Scope
from shopwright.i18n import translatable
from shopwright_catalog.jobs import RunBulkEdit, run_bulk_edit
from shopwright_catalog.services import bulk_edit, read_bulk_edits
from shopwright_catalog.services.bulk_actions import Action, Name
from shopwright_catalog.services.bulk_edit import Selection
from shopwright_catalog.services.read_bulk_edits import BulkEdit
from shopwright_catalog.views.bodies import Strict

routes = Routes("catalog", Scope.ADMIN_API)
MOST = 1000
_BACKSTOP = 120.0
_UNKNOWN = translatable("There is no such product.")


class BulkBody(Strict):
    """An action, what it is given, and the products. ``price_amount`` is given minor units, like "-250"."""

    ids: tuple[UUID, ...] = Field(min_length=1, max_length=MOST)
    action: Name
    value: Annotated[str, StringConstraints(max_length=255)] = ""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What happened to one product: ``changed``, ``unchanged`` or ``refused`` with the reason."""

    id: UUID
    state: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """A bulk edit with what happened to each product, in the order of the request."""

    edit: BulkEdit
    results: tuple[BulkResult, ...]


@routes.post("/api/admin/v1/products/bulk", permission="catalog.product.edit", status=200)
async def edit_products(ctx: Context, body: BulkBody) -> BulkAnswer:
    """Change up to 1,000 products by id; each succeeds or is refused for itself."""
    ids = tuple(dict.fromkeys(body.ids))

    async def work(session: Any) -> UUID:
        begun = await bulk_edit.begin(ctx, session, Action(body.action, body.value), Selection(ids))
        # Finishes what a process that dies on the way leaves.
        await ctx.enqueue(session, run_bulk_edit, RunBulkEdit(begun), delay=_BACKSTOP)
        return begun

    edit_id = await ctx.run(work)
    await bulk_edit.run(ctx, edit_id, MOST + bulk_edit.TOGETHER)
    return await _answer(ctx, edit_id, ids)


@routes.get("/api/admin/v1/bulk-edits/{edit_id}", permission="catalog.product.view")
async def get_bulk_edit(ctx: Context, edit_id: UUID) -> BulkAnswer:
    """Give a bulk edit with what happened to its products (the first 1,000)."""
    return await _answer(ctx, edit_id, ())


@routes.post("/api/admin/v1/bulk-edits/{edit_id}/undo", permission="catalog.product.edit", status=202)
async def undo_bulk_edit(ctx: Context, edit_id: UUID) -> BulkEdit:
    """Undo the last bulk edit in a job; gives the edit that does it."""

    async def work(session: Any) -> UUID:
        undo_id = await bulk_edit.begin_undo(ctx, session, edit_id)
        await ctx.enqueue(session, run_bulk_edit, RunBulkEdit(undo_id))
        return undo_id

    return await read_bulk_edits.edit(ctx, await ctx.run(work))


async def _answer(ctx: Context, edit_id: UUID, ids: tuple[UUID, ...]) -> BulkAnswer:
    edit = await read_bulk_edits.edit(ctx, edit_id)
    found = {
        x.product_id: BulkResult(x.product_id, x.state, x.reason, x.before, x.after)
        for x in await read_bulk_edits.items(ctx, edit_id, limit=MOST)
    }
    unknown = ctx.gettext(_UNKNOWN)
    results = [found.get(id_) or BulkResult(id_, "refused", unknown, {}, {}) for id_ in ids or found]
    return BulkAnswer(edit, tuple(results))
