# SPDX-License-Identifier: Apache-2.0
"""Changing many products at once in the admin: choose, look at before and after, confirm, watch, undo."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from aiohttp import web
from multidict import MultiMapping
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import BadRequest, Conflict, Invalid
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.money import Money
from shopwright_admin.api import admin_page
from shopwright_catalog.jobs import RunBulkEdit, run_bulk_edit
from shopwright_catalog.services import bulk_actions, bulk_edit, edit_category, read_bulk_edits
from shopwright_catalog.services.bulk_actions import NAMES, Action, Name
from shopwright_catalog.services.bulk_edit import Selection

routes = Routes("catalog", Scope.ADMIN)
EDIT = "catalog.product.edit"
MOST_IDS = 1000
STATUSES = frozenset({"", "published", "scheduled", "draft", "archived"})
_AMOUNT = re.compile(r"-?\d{1,13}([.,]\d{0,6})?", re.ASCII)


@routes.get("/admin/bulk-edit", permission=EDIT)
async def choose_bulk_edit(ctx: Context, request: web.Request) -> web.Response:
    """Choose what to do to the selected products."""
    return await _choose(ctx, _selection(request.query), "publish", "", {})


@routes.post("/admin/bulk-edit", permission=EDIT, name="preview_bulk_edit")
async def preview_bulk_edit(ctx: Context, request: web.Request) -> web.Response:
    """Show what would happen, before and after."""
    posted = await request.post()
    selection, typed = _selection(posted), str(posted.get("value", "")).strip()
    name: Name = next((name for name in NAMES if name == posted.get("action")), "publish")
    try:
        action = _action(ctx, name, typed)
        await _check_category(ctx, action)
        bulk_actions.check(action)
    except Invalid as error:
        return await _choose(ctx, selection, name, typed, {"value": ctx.gettext(error.detail)}, status=422)
    preview = await read_bulk_edits.preview(ctx, action, selection)
    return await admin_page(
        ctx,
        "catalog/admin/bulk_preview.html",
        title=ctx.gettext("What would happen"),
        crumbs=_crumbs(ctx, ctx.gettext("What would happen")),
        selection=selection,
        action=action,
        said=_said(ctx, action.name, action.value),
        preview=preview,
        rows=[(item, _shown(ctx, item.before), _shown(ctx, item.after)) for item in preview.items],
    )


@routes.post("/admin/bulk-edits", permission=EDIT, name="start_bulk_edit")
async def start_bulk_edit(ctx: Context, request: web.Request) -> web.Response:
    """Begin what was confirmed."""
    posted = await request.post()
    selection = _selection(posted)
    name = next((name for name in NAMES if name == posted.get("action")), None)
    if name is None:
        raise BadRequest("Choose what to do to the products.")
    action = Action(name, str(posted.get("value", "")))

    async def work(session: AsyncSession) -> UUID:
        begun = await bulk_edit.begin(ctx, session, action, selection)
        await ctx.enqueue(session, run_bulk_edit, RunBulkEdit(begun))
        return begun

    return redirect(ctx, url(ctx, "catalog.admin_bulk_edit", edit_id=await ctx.run(work)))


@routes.get("/admin/bulk-edits", permission="catalog.product.view")
async def admin_bulk_edits(ctx: Context) -> web.Response:
    """List the last bulk edits."""
    found = await read_bulk_edits.edits(ctx)
    return await admin_page(
        ctx,
        "catalog/admin/bulk_edits.html",
        title=ctx.gettext("Bulk edits"),
        crumbs=_crumbs(ctx, ctx.gettext("Bulk edits")),
        edits=[(edit, _said(ctx, edit.action, edit.value)) for edit in found],
    )


@routes.get("/admin/bulk-edits/{edit_id}", permission="catalog.product.view")
async def admin_bulk_edit(ctx: Context, edit_id: UUID) -> web.Response:
    """Show how far a bulk edit is, and which products were refused."""
    edit = await read_bulk_edits.edit(ctx, edit_id)
    refused = await read_bulk_edits.items(ctx, edit_id, state="refused")
    assert ctx.visit is not None
    if edit.state != "finished":
        ctx.visit.headers["Refresh"] = "2"
    title = _said(ctx, edit.action, edit.value)
    return await admin_page(
        ctx,
        "catalog/admin/bulk_edit.html",
        title=title,
        crumbs=_crumbs(ctx, title),
        edit=edit,
        refused=refused,
        can_edit=ctx.actor.can(EDIT),
    )


@routes.post("/admin/bulk-edits/{edit_id}/undo", permission=EDIT, name="undo_bulk_edit")
async def undo_bulk_edit(ctx: Context, edit_id: UUID) -> web.Response:
    """Undo the last bulk edit."""
    assert ctx.visit is not None

    async def work(session: AsyncSession) -> UUID:
        begun = await bulk_edit.begin_undo(ctx, session, edit_id)
        await ctx.enqueue(session, run_bulk_edit, RunBulkEdit(begun))
        return begun

    try:
        edit_id = await ctx.run(work)
    except Conflict as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
    return redirect(ctx, url(ctx, "catalog.admin_bulk_edit", edit_id=edit_id))


async def _choose(
    ctx: Context, selection: Selection, name: str, typed: str, errors: dict[str, str], *, status: int = 200
) -> web.Response:
    title = ctx.gettext("Edit products together")
    return await admin_page(
        ctx,
        "catalog/admin/bulk_choose.html",
        title=title,
        crumbs=_crumbs(ctx, title),
        selection=selection,
        total=await read_bulk_edits.count(ctx, selection),
        actions=[(code, _label(ctx, code)) for code in NAMES],
        chosen=name,
        typed=typed,
        errors=errors,
        status=status,
    )


def _selection(given: MultiMapping[Any]) -> Selection:
    """Read which products are meant.

    Raises:
        BadRequest: an id is none of ours, or there are too many.
    """
    try:
        ids = tuple(dict.fromkeys(UUID(str(text)) for text in given.getall("id", [])))
    except ValueError:
        raise BadRequest("Choose products of the list again.") from None
    if len(ids) > MOST_IDS:
        raise BadRequest(f"Choose at most {MOST_IDS} products, or all that match.")
    if not ids and not given.get("all"):
        raise BadRequest("Choose products of the list first, or all that match.")
    status = str(given.get("status", ""))
    return Selection(ids, str(given.get("q", ""))[:200], status if status in STATUSES else "")


def _action(ctx: Context, name: Name, typed: str) -> Action:
    """Make an action of what was typed: amounts in minor units, categories as they are."""
    if name in bulk_actions.PLAIN:
        return Action(name)
    if name != "price_amount":
        return Action(name, typed)
    try:
        if _AMOUNT.fullmatch(typed):
            amount = Money.from_decimal(Decimal(typed.replace(",", ".")), ctx.store.currency).amount
            return Action(name, str(amount))
    except (InvalidOperation, ValueError):
        pass
    return Action(name, "?")


async def _check_category(ctx: Context, action: Action) -> None:
    known = {entry.category.handle for entry in await edit_category.listing(ctx)}
    if action.name == "set_category" and action.value and action.value not in known:
        raise Invalid("There is no such category.")


def _crumbs(ctx: Context, title: str) -> Sequence[tuple[str, str]]:
    return [(ctx.gettext("Products"), url(ctx, "catalog.admin_products")), (title, "")]


def _label(ctx: Context, name: str) -> str:
    return {
        "publish": ctx.gettext("Publish"),
        "unpublish": ctx.gettext("Unpublish"),
        "archive": ctx.gettext("Archive"),
        "restore": ctx.gettext("Bring back as drafts"),
        "add_tag": ctx.gettext("Add a tag"),
        "remove_tag": ctx.gettext("Remove a tag"),
        "set_vendor": ctx.gettext("Set the vendor"),
        "set_type": ctx.gettext("Set the type"),
        "set_category": ctx.gettext("Set the category (handle)"),
        "price_percent": ctx.gettext("Change prices by percent"),
        "price_amount": ctx.gettext("Change prices by an amount"),
    }[name]


def _said(ctx: Context, name: str, value: str) -> str:
    """Say what an action does, with its value as people write it."""
    if name == "price_amount":
        value = ctx.format_money(Money(int(value), ctx.store.currency))
    elif name == "price_percent":
        value = f"{value} %"
    return f"{_label(ctx, name)}: {value}" if value else _label(ctx, name)


def _shown(ctx: Context, values: dict[str, Any]) -> str:
    """Say in a line what values are."""
    words = []
    for value in values.values():
        if isinstance(value, dict):
            amounts = [ctx.format_money(Money(amount, ctx.store.currency)) for amount in value.values()]
            words += list(dict.fromkeys(amounts))[:5]
        elif isinstance(value, list):
            words.append(", ".join(value) or "–")
        elif isinstance(value, str):
            words.append(value or "–")
    if "archived" in values:
        words = [ctx.gettext("archived") if values["archived"] else ctx.gettext("draft")]
    elif "published" in values:
        words = [ctx.gettext("published") if values["published"] else ctx.gettext("draft")]
    return " · ".join(words) or "–"
