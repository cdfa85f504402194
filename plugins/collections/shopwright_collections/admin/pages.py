# SPDX-License-Identifier: Apache-2.0
"""Collections in the admin: list, editor, deleting. A row of the editor is one condition."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from aiohttp import web

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, admin_page, counted, list_page, rendered_cards
from shopwright_admin.hookspecs import admin_slot
from shopwright_catalog import api as catalog
from shopwright_collections.api import ORDERS
from shopwright_collections.hookspecs import collection_conditions
from shopwright_collections.services import read, save
from shopwright_collections.services.read import COUNTED, Draft
from shopwright_collections.services.save import CollectionInput, Condition
from shopwright_collections.views.pages import order_label

routes = Routes("collections", Scope.ADMIN)
EDIT = "collections.collection.edit"
_SPARE_ROWS = 2


@routes.get("/admin/collections", permission="collections.collection.view")
async def admin_collections(ctx: Context) -> web.Response:
    """List collections."""
    found = await read.drafts(ctx)
    view = ListView(
        title=ctx.gettext("Collections"),
        columns=[
            Column("title", ctx.gettext("Collection"), "link"),
            Column("kind", ctx.gettext("Products come")),
            Column("status", ctx.gettext("Status"), "badge"),
            Column("products", ctx.gettext("Products"), "number"),
        ],
        rows=[
            {
                "url": url(ctx, "collections.admin_collection", handle=draft.collection.handle),
                "title": draft.collection.title,
                "kind": ctx.gettext("by rules") if draft.collection.conditions else ctx.gettext("by hand"),
                "status": "published" if draft.collection.visible else "hidden",
                "products": counted(ctx, draft.product_count, COUNTED),
            }
            for draft in found
        ],
        total=len(found),
        searchable=False,
        empty_title=ctx.gettext("No collections yet"),
        empty_text=ctx.gettext("A collection shows products by rules, or those that you pick."),
        create_url=url(ctx, "collections.new_collection") if ctx.actor.can(EDIT) else "",
        create_label=ctx.gettext("Add a collection"),
    )
    return await list_page(ctx, view)


@routes.get("/admin/collection/new", permission=EDIT)
async def new_collection(ctx: Context) -> web.Response:
    """Begin a collection."""
    return await _editor(ctx, "", Draft(None, 0, CollectionInput("", "")), "", {})


@routes.post("/admin/collection/new", permission=EDIT, name="create_collection")
async def create_collection(ctx: Context, request: web.Request) -> web.Response:
    """Make a collection."""
    return await _save(ctx, "", await request.post())


@routes.get("/admin/collections/{handle}", permission="collections.collection.view")
async def admin_collection(ctx: Context, handle: str) -> web.Response:
    """Show a collection in its editor."""
    draft = await read.draft(ctx, handle)
    by_id = {product.id: product.handle for product in await catalog.summaries(ctx, draft.collection.picked)}
    picked = "\n".join(by_id[id_] for id_ in draft.collection.picked if id_ in by_id)
    cards = await ctx.hooks.collect(admin_slot, zone="collections.collection", subject=draft)
    return await _editor(ctx, handle, draft, picked, {}, await rendered_cards(ctx, cards))


@routes.post("/admin/collections/{handle}", permission=EDIT, name="update_collection")
async def update_collection(ctx: Context, request: web.Request, handle: str) -> web.Response:
    """Save a collection."""
    await read.draft(ctx, handle)
    return await _save(ctx, handle, await request.post())


@routes.post("/admin/collections/{handle}/delete", permission=EDIT, name="delete_collection")
async def remove_collection(ctx: Context, handle: str) -> web.Response:
    """Delete a collection."""
    assert ctx.visit is not None
    await save.delete(ctx, handle)
    ctx.visit.flash("success", ctx.gettext("The collection is deleted. Its products stay."))
    return redirect(ctx, url(ctx, "collections.admin_collections"))


async def _save(ctx: Context, before: str, posted: Mapping[str, Any]) -> web.Response:
    assert ctx.visit is not None
    raw = {key: value.replace("\0", "").strip() for key, value in posted.items() if isinstance(value, str)}
    version = int(raw["version"]) if raw.get("version", "").isdecimal() else 0
    handles = [word.strip() for word in raw.get("picked", "").splitlines() if word.strip()]
    typed = Draft(None, version, _typed(ctx, raw))
    by_handle = await catalog.ids_of(ctx, handles)
    unknown = [handle for handle in handles if handle not in by_handle]
    if unknown:
        words = ctx.gettext("There is no product %(names)s.", names=", ".join(unknown))
        return await _editor(ctx, before, typed, raw["picked"], {"picked": words}, status=422)
    collection = replace(typed.collection, picked=tuple(by_handle[handle] for handle in handles))
    try:
        await save.save(ctx, before or collection.handle, collection, version)
    except Invalid as error:
        errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
        return await _editor(ctx, before, typed, raw.get("picked", ""), errors, status=422)
    except Conflict as error:
        errors = {"": ctx.gettext(error.detail)}
        if not before:
            errors = {"handle": ctx.gettext("Another collection has this handle; choose another one.")}
        typed = replace(typed, version=int(error.extra.get("version", version)) if before else 0)
        return await _editor(ctx, before, typed, raw.get("picked", ""), errors, status=409)
    ctx.visit.flash("success", ctx.gettext("The collection is saved. Its products are being worked out."))
    return redirect(ctx, url(ctx, "collections.admin_collection", handle=collection.handle))


def _typed(ctx: Context, raw: Mapping[str, str]) -> CollectionInput:
    position = raw.get("position", "")
    others = [locale for locale in ctx.store.locales if locale != ctx.store.default_locale]
    return CollectionInput(
        handle=raw.get("handle", "") or catalog.handle_of(raw.get("title", "")),
        title=raw.get("title", ""),
        description=raw.get("description", ""),
        position=int(position) if position.isdecimal() and len(position) < 6 else 0,
        visible="visible" in raw,
        order=next((order for order in ORDERS if order == raw.get("order")), "manual"),
        match="any" if raw.get("match") == "any" else "all",
        conditions=tuple(_conditions(ctx, raw)),
        translations={
            x: {n: raw.get(f"t.{x}.{n}", "") for n in ("title", "handle", "description")} for x in others
        },
    )


def _conditions(ctx: Context, raw: Mapping[str, str]) -> list[Condition]:
    """Read the rows in their order; one without a kind is left out."""
    kinds = ctx.hooks.registered(collection_conditions)
    found = []
    for place in range(save.MOST_CONDITIONS + _SPARE_ROWS):
        code = raw.get(f"condition.{place}", "")
        if code:
            names = tuple(kinds[code].values.model_fields) if code in kinds else ()
            found.append(Condition(code, _values(names, raw.get(f"value.{place}", ""))))
    return found


def _values(names: Sequence[str], text: str) -> dict[str, str]:
    """Read what a condition is given: the text itself for its only field, or ``name: value`` for several."""
    if len(names) < 2:
        return {name: text for name in names if text}
    pairs = (part.partition(":") for part in text.split(";") if part.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _text(values: Mapping[str, Any]) -> str:
    words = {name: str(value) for name, value in values.items()}
    return "; ".join(
        words.values() if len(words) == 1 else (f"{name}: {word}" for name, word in words.items())
    )


async def _editor(
    ctx: Context,
    before: str,
    draft: Draft,
    picked: str,
    errors: dict[str, str],
    cards: Sequence[dict[str, Any]] = (),
    *,
    status: int = 200,
) -> web.Response:
    title = draft.collection.title or ctx.gettext("New collection")
    kinds = ctx.hooks.registered(collection_conditions)
    return await admin_page(
        ctx,
        "collections/admin/collection.html",
        title=title,
        crumbs=[(ctx.gettext("Collections"), url(ctx, "collections.admin_collections")), (title, "")],
        before=before,
        draft=draft,
        collection=draft.collection,
        handle_of=catalog.handle_of,
        rows=[(x.code, _text(x.values)) for x in draft.collection.conditions] + [("", "")] * _SPARE_ROWS,
        picked=picked,
        kinds=[("", ctx.gettext("No condition")), *((kind.code, kind.label(ctx)) for kind in kinds.values())],
        orders=[(order, order_label(ctx, order)) for order in ORDERS],
        locales=[locale for locale in ctx.store.locales if locale != ctx.store.default_locale],
        errors=errors,
        cards=cards,
        can_edit=ctx.actor.can(EDIT),
        status=status,
    )
