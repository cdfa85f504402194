# SPDX-License-Identifier: Apache-2.0
"""Changing many products at once: some in each transaction, with the note of what was there before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound, ShopwrightError
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_catalog.services import bulk_actions, delete_product, restore_product, save_product
from shopwright_catalog.services.bulk_actions import Action, changed, changes, values_of
from shopwright_catalog.services.staff_view import MATCHES, Draft, locked_drafts, pattern_of

TOGETHER = 50
KEPT = 50
"""Older bulk edits are forgotten, and cannot be undone any more."""
_CATEGORY = text("SELECT 1 FROM catalog_category WHERE handle = :handle")
_BEGIN = text("""
INSERT INTO catalog_bulk_edit (store_id, id, action, value, undo_of, created_at)
VALUES (:store_id, :id, :action, :value, :undo_of, :now)
""")
_ITEMS = """
INSERT INTO catalog_bulk_item (store_id, id, edit_id, product_id)
SELECT p.store_id, gen_random_uuid(), :edit_id, p.id FROM catalog_product p WHERE
"""
_BY_IDS = text(f"{_ITEMS} p.id = ANY(:ids)")
_BY_FILTER = text(
    _ITEMS
    + MATCHES.format(
        search="CAST(:search AS text)", status="CAST(:status AS text)", pattern="CAST(:pattern AS text)"
    )
)
_BACKWARDS = text("""
INSERT INTO catalog_bulk_item (store_id, id, edit_id, product_id, before, after)
SELECT i.store_id, gen_random_uuid(), :edit_id, i.product_id, i.after, i.before
FROM catalog_bulk_item i WHERE i.edit_id = :undo_of AND i.state = 'changed'
""")
_COUNT = text("""
UPDATE catalog_bulk_edit e SET total = x.n, state = CASE WHEN x.n = 0 THEN 'finished' ELSE 'waiting' END
FROM (SELECT count(*) AS n FROM catalog_bulk_item WHERE edit_id = :id) AS x WHERE e.id = :id RETURNING x.n
""")
_FORGET = text("""
DELETE FROM catalog_bulk_edit WHERE state = 'finished' AND id NOT IN (
    SELECT id FROM catalog_bulk_edit ORDER BY id DESC LIMIT :kept)
""")
_LAST = text("SELECT id, state, undo_of FROM catalog_bulk_edit ORDER BY id DESC LIMIT 1 FOR UPDATE")
_EDIT = text("SELECT action, value, undo_of FROM catalog_bulk_edit WHERE id = :id")
_WAITING = text("""
SELECT id, product_id, before, after FROM catalog_bulk_item WHERE edit_id = :edit_id AND state = 'waiting'
ORDER BY product_id LIMIT :limit FOR UPDATE
""")
_DONE = text("""
WITH done AS (
    UPDATE catalog_bulk_item i SET state = x.state, reason = x.reason, before = x.before, after = x.after
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x (id uuid, state text, reason text, before jsonb, after jsonb)
    WHERE i.id = x.id RETURNING i.state
)
UPDATE catalog_bulk_edit e SET changed = e.changed + n.changed, unchanged = e.unchanged + n.unchanged,
    refused = e.refused + n.refused, state = CASE
        WHEN e.total = e.changed + e.unchanged + e.refused + n.changed + n.unchanged + n.refused
        THEN 'finished' ELSE e.state END
FROM (SELECT count(*) FILTER (WHERE state = 'changed') AS changed, count(*) FILTER (WHERE state = 'refused') AS refused,
    count(*) FILTER (WHERE state = 'unchanged') AS unchanged FROM done) AS n
WHERE e.id = :edit_id
""")
_MEANWHILE = translatable("The product was changed since; it stays as it is now.")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which products: those with these ids, or without ids all that a list with this search and status shows."""

    ids: tuple[UUID, ...] = ()
    search: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What becomes of one product."""

    item: Any
    state: str
    draft: Draft | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reason: str = ""


async def begin(ctx: Context, session: AsyncSession, action: Action, selection: Selection) -> UUID:
    """Note what is to be done, in the caller's transaction; ``run`` does it.

    Raises:
        Invalid: the action cannot use its value; at ``/value``.
    """
    bulk_actions.check(action)
    value = action.value.strip()
    if action.name == "set_category" and value:
        found = await session.execute(_CATEGORY, {"handle": value})
        if found.scalar() is None:
            words = translatable("There is no such category.")
            raise Invalid(words, errors=[FieldError("/value", "unknown", words)])
    edit_id = await _insert(ctx, session, action, None)
    if selection.ids:
        await session.execute(_BY_IDS, {"edit_id": edit_id, "ids": list(selection.ids)})
    else:
        search = selection.search.strip()
        found_by = {"search": search, "status": selection.status, "pattern": pattern_of(search)}
        await session.execute(_BY_FILTER, {"edit_id": edit_id, **found_by})
    await _counted(ctx, session, edit_id, action)
    return edit_id


async def begin_undo(ctx: Context, session: AsyncSession, edit_id: UUID) -> UUID:
    """Note that the last bulk edit is to be undone; ``run`` does it.

    Raises:
        Conflict: it is not the last one, still goes on, or undoes another one.
    """
    last = (await session.execute(_LAST)).one_or_none()
    if last is None or last.id != edit_id or last.state != "finished" or last.undo_of is not None:
        raise Conflict(translatable("Only the last bulk edit can be undone, when it has finished."))
    head = (await session.execute(_EDIT, {"id": edit_id})).one()
    action = Action(head.action, head.value)
    undo_id = await _insert(ctx, session, action, edit_id)
    await session.execute(_BACKWARDS, {"edit_id": undo_id, "undo_of": edit_id})
    await _counted(ctx, session, undo_id, action)
    return undo_id


async def _insert(ctx: Context, session: AsyncSession, action: Action, undo_of: UUID | None) -> UUID:
    edit_id = new_id()
    values = {"action": action.name, "value": action.value.strip(), "undo_of": undo_of}
    keys = {"store_id": ctx.store.id, "id": edit_id, "now": ctx.clock.now()}
    await session.execute(_BEGIN, {**values, **keys})
    return edit_id


async def _counted(ctx: Context, session: AsyncSession, edit_id: UUID, action: Action) -> None:
    total = (await session.execute(_COUNT, {"id": edit_id})).scalar_one()
    await session.execute(_FORGET, {"kept": KEPT})
    data = {"action": action.name, "value": action.value, "products": total}
    await ctx.audit(session, "catalog.bulk_edit_begun", subject=("catalog.bulk_edit", edit_id), data=data)


async def run(ctx: Context, edit_id: UUID, most: int) -> bool:
    """Do up to ``most`` of the products that wait; tells whether there are more. What is refused stops no other."""
    for _ in range(0, most, TOGETHER):
        try:
            done = await ctx.run(lambda session: _take(ctx, session, edit_id, TOGETHER))
        except ShopwrightError as error:
            if error.status >= 500:
                raise
            done = await _one_by_one(ctx, edit_id)
        if done < TOGETHER:
            return False
    return True


async def _one_by_one(ctx: Context, edit_id: UUID) -> int:
    """Take the next products each for itself, to find the one that is refused."""
    for n in range(TOGETHER):
        try:
            done = await ctx.run(lambda session: _take(ctx, session, edit_id, 1))
        except ShopwrightError as error:
            if error.status >= 500:
                raise
            why = " ".join(dict.fromkeys(x.message for x in error.errors)) or error.detail
            done = await _refuse(ctx, edit_id, why)
        if not done:
            return n
    return TOGETHER


async def _refuse(ctx: Context, edit_id: UUID, why: str) -> int:
    return await ctx.run(lambda session: _take(ctx, session, edit_id, 1, refuse=why))


async def _take(ctx: Context, session: AsyncSession, edit_id: UUID, limit: int, *, refuse: str = "") -> int:
    head = (await session.execute(_EDIT, {"id": edit_id})).one_or_none()
    if head is None:
        raise NotFound("There is no such bulk edit.")
    items = (await session.execute(_WAITING, {"edit_id": edit_id, "limit": limit})).all()
    if not items:
        return 0
    drafts = {draft.id: draft for draft in await locked_drafts(session, [x.product_id for x in items])}
    action = None if head.undo_of else Action(head.action, head.value)
    outcomes = [_outcome(action, item, drafts[item.product_id], refuse) for item in items]
    await _write(ctx, session, [x for x in outcomes if x.state == "changed"])
    rows = [
        {"id": x.item.id, "state": x.state, "reason": x.reason, "before": x.before, "after": x.after}
        for x in outcomes
    ]
    await session.execute(_DONE, {"rows": dump(rows), "edit_id": edit_id})
    return len(items)


def _outcome(action: Action | None, item: Any, draft: Draft, refuse: str) -> _Outcome:
    if refuse:
        return _Outcome(item, "refused", reason=refuse)
    now = values_of(draft)
    if action is None:
        if any(now[name] != value for name, value in item.before.items()):
            return _Outcome(item, "refused", reason=_MEANWHILE)
        return _Outcome(item, "changed", draft, item.before, item.after)
    try:
        after = changes(action, draft)
    except Invalid as error:
        return _Outcome(item, "refused", reason=error.detail)
    if not after:
        return _Outcome(item, "unchanged")
    return _Outcome(item, "changed", draft, {name: now[name] for name in after}, after)


async def _write(ctx: Context, session: AsyncSession, outcomes: Sequence[_Outcome]) -> None:
    gone = [x.item.product_id for x in outcomes if x.after and x.after.get("archived") is True]
    back = [x.item.product_id for x in outcomes if x.after and x.after.get("archived") is False]
    if gone:
        await delete_product.archive_in(ctx, session, gone)
    if back:
        await restore_product.restore_in(ctx, session, back)
    saved = [
        (x.draft, x.after)
        for x in outcomes
        if x.draft and x.after and x.item.product_id not in gone and set(x.after) != {"archived"}
    ]
    await save_product.save_all(ctx, session, [changed(draft.product, after) for draft, after in saved])
    for draft, after in saved:
        assert draft.id is not None
        subject, data = ("catalog.product", draft.id), {"changed": sorted(after)}
        await ctx.audit(session, "catalog.product_saved", subject=subject, data=data)
