# SPDX-License-Identifier: Apache-2.0
"""Reading bulk edits: how far they are, what was refused, and what an edit would do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from shopwright.context import Context
from shopwright.errors import Invalid, NotFound
from shopwright_catalog.services.bulk_actions import Action, changes, values_of
from shopwright_catalog.services.bulk_edit import Selection
from shopwright_catalog.services.staff_view import MATCHES, drafts, pattern_of

SHOWN = 20
_EDITS = """
SELECT e.id, e.action, e.value, e.undo_of, e.state, e.total, e.changed, e.unchanged, e.refused, e.created_at,
    e.state = 'finished' AND e.undo_of IS NULL AND e.id = (SELECT max(x.id::text)::uuid FROM catalog_bulk_edit x)
        AS can_undo
FROM catalog_bulk_edit e WHERE $1::uuid IS NULL OR e.id = $1 ORDER BY e.id DESC LIMIT 50
"""
_ITEMS = """
SELECT i.product_id, p.handle, p.title, i.state, i.reason, i.before, i.after FROM catalog_bulk_item i
JOIN catalog_product p ON p.store_id = i.store_id AND p.id = i.product_id
WHERE i.edit_id = $1 AND ($2 = '' OR i.state = $2) ORDER BY i.product_id LIMIT $3
"""
_IDS = f"""
SELECT p.id, count(*) OVER () AS total FROM catalog_product p
WHERE CASE WHEN cardinality($1::uuid[]) > 0 THEN p.id = ANY($1::uuid[])
    ELSE {MATCHES.format(search="$2::text", status="$3::text", pattern="$4::text")} END
ORDER BY p.updated_at DESC, p.id DESC LIMIT $5
"""


@dataclass(frozen=True, slots=True)
class BulkEdit:
    """A change of many products, and how far it is. ``can_undo``: it is the last one and finished."""

    id: UUID
    action: str
    value: str
    undo_of: UUID | None
    state: str
    total: int
    changed: int
    unchanged: int
    refused: int
    created_at: datetime
    can_undo: bool

    @property
    def done(self) -> int:
        return self.changed + self.unchanged + self.refused


@dataclass(frozen=True, slots=True)
class BulkItem:
    """What happened to one product."""

    product_id: UUID
    handle: str
    title: str
    state: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an action would do to the first products of a selection; ``total`` counts all of them."""

    total: int
    items: tuple[BulkItem, ...]


async def edits(ctx: Context) -> list[BulkEdit]:
    """Give the last bulk edits, newest first."""
    return [BulkEdit(**dict(row)) for row in await ctx.fetch_rows(_EDITS, None)]


async def edit(ctx: Context, edit_id: UUID) -> BulkEdit:
    """Give a bulk edit.

    Raises:
        NotFound: there is no such bulk edit.
    """
    rows = await ctx.fetch_rows(_EDITS, edit_id)
    if not rows:
        raise NotFound("There is no such bulk edit.")
    return BulkEdit(**dict(rows[0]))


async def items(ctx: Context, edit_id: UUID, *, state: str = "", limit: int = 1000) -> list[BulkItem]:
    """Give what happened to the products of a bulk edit."""
    return [
        BulkItem(
            row["product_id"],
            row["handle"],
            row["title"],
            row["state"],
            _said(ctx, row["reason"]),
            orjson.loads(row["before"]) if row["before"] else {},
            orjson.loads(row["after"]) if row["after"] else {},
        )
        for row in await ctx.fetch_rows(_ITEMS, edit_id, state, limit)
    ]


async def count(ctx: Context, selection: Selection) -> int:
    """Give how many products are selected."""
    return (await _selected(ctx, selection, 1))[0]


async def preview(ctx: Context, action: Action, selection: Selection) -> Preview:
    """Tell what an action would do to the first products, before and after."""
    total, ids = await _selected(ctx, selection, SHOWN)
    found = []
    for draft in await drafts(ctx, ids):
        assert draft.id is not None
        before, after, state, reason = values_of(draft), {}, "unchanged", ""
        try:
            after = changes(action, draft)
            state = "changed" if after else state
        except Invalid as error:
            state, reason = "refused", ctx.gettext(error.detail)
        was = {name: before[name] for name in after}
        found.append(BulkItem(draft.id, draft.product.handle, draft.product.title, state, reason, was, after))
    return Preview(total, tuple(found))


async def _selected(ctx: Context, selection: Selection, limit: int) -> tuple[int, list[UUID]]:
    search = selection.search.strip()
    rows = await ctx.fetch_rows(
        _IDS, list(selection.ids), search, selection.status, pattern_of(search), limit
    )
    return (rows[0]["total"] if rows else 0), [row["id"] for row in rows]


def _said(ctx: Context, words: str) -> str:
    return ctx.gettext(words) if words else ""
