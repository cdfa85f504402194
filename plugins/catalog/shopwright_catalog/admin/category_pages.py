# SPDX-License-Identifier: Apache-2.0
"""Categories in the admin: list, editor, deleting."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiohttp import web

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, admin_page, counted, list_page, rendered_cards
from shopwright_admin.hookspecs import admin_slot
from shopwright_catalog.admin import uploads
from shopwright_catalog.admin.product_form import Posted
from shopwright_catalog.api import CategoryInput, EditedThing
from shopwright_catalog.api.handles import handle_of
from shopwright_catalog.services import edit_category, renditions
from shopwright_catalog.services.edit_category import CategoryDraft
from shopwright_catalog.services.read_cards import COUNTED

routes = Routes("catalog", Scope.ADMIN)
_TEXTS = ("title", "handle", "description", "image_alt")


@routes.get("/admin/categories", permission="catalog.category.view")
async def admin_categories(ctx: Context) -> web.Response:
    """List categories."""
    found = await edit_category.listing(ctx)
    view = ListView(
        title=ctx.gettext("Categories"),
        columns=[
            Column("title", ctx.gettext("Category"), "link"),
            Column("handle", ctx.gettext("Handle")),
            Column("status", ctx.gettext("Status"), "badge"),
            Column("products", ctx.gettext("Products"), "number"),
        ],
        rows=[
            {
                "url": url(ctx, "catalog.admin_category", handle=entry.category.handle),
                "title": "— " * entry.depth + entry.category.title,
                "handle": entry.category.handle,
                "status": "published" if entry.category.visible else "hidden",
                "products": counted(ctx, entry.product_count, COUNTED),
            }
            for entry in found
        ],
        total=len(found),
        searchable=False,
        empty_title=ctx.gettext("No categories yet"),
        empty_text=ctx.gettext("Categories group products in the store's menu."),
        create_url=url(ctx, "catalog.new_category") if ctx.actor.can("catalog.category.edit") else "",
        create_label=ctx.gettext("Add a category"),
    )
    return await list_page(ctx, view)


@routes.get("/admin/category/new", permission="catalog.category.edit")
async def new_category(ctx: Context) -> web.Response:
    """Begin a category."""
    return await _editor(ctx, "", CategoryDraft(None, 0, CategoryInput("", "")), {})


@routes.post(
    "/admin/category/new",
    permission="catalog.category.edit",
    name="create_category",
    max_body=uploads.LARGEST_FORM,
)
async def create_category(ctx: Context, request: web.Request) -> web.Response:
    """Make a category."""
    return await _save(ctx, "", await request.post())


@routes.get("/admin/categories/{handle}", permission="catalog.category.view")
async def admin_category(ctx: Context, handle: str) -> web.Response:
    """Show a category in its editor."""
    found = await edit_category.draft(ctx, handle)
    assert found.id is not None
    subject = EditedThing(found.id, handle, found.category.title)
    cards = await ctx.hooks.collect(admin_slot, zone="catalog.category", subject=subject)
    return await _editor(ctx, handle, found, {}, await rendered_cards(ctx, cards))


@routes.post(
    "/admin/categories/{handle}",
    permission="catalog.category.edit",
    name="update_category",
    max_body=uploads.LARGEST_FORM,
)
async def update_category(ctx: Context, request: web.Request, handle: str) -> web.Response:
    """Save a category."""
    await edit_category.draft(ctx, handle)
    return await _save(ctx, handle, await request.post())


@routes.post("/admin/categories/{handle}/delete", permission="catalog.category.edit", name="delete_category")
async def remove_category(ctx: Context, handle: str) -> web.Response:
    """Delete a category."""
    assert ctx.visit is not None
    await edit_category.delete(ctx, handle)
    ctx.visit.flash("success", ctx.gettext("The category is deleted. Its products stay."))
    return redirect(ctx, url(ctx, "catalog.admin_categories"))


async def _save(ctx: Context, before: str, posted: Posted) -> web.Response:
    assert ctx.visit is not None
    version = str(posted.get("version", "0"))
    typed = CategoryDraft(None, int(version) if version.isdecimal() else 0, _typed(ctx, posted))
    try:
        pictures = await uploads.pictures(ctx, posted, "picture")
        if pictures:
            typed = replace(typed, category=replace(typed.category, image_source=pictures[0].source))
        await edit_category.save(ctx, before or typed.category.handle, typed.category, typed.version)
    except Invalid as error:
        errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
        return await _editor(ctx, before, typed, errors, status=422)
    except Conflict as error:
        words = ctx.gettext(
            "Somebody else changed this category meanwhile, and nothing was saved. What you typed is still here: "
            "save again to put it in place of theirs."
        )
        if not before:
            words = ctx.gettext("Another category has this handle; choose another one.")
            return await _editor(ctx, before, typed, {"handle": words}, status=422)
        typed = replace(typed, version=int(error.extra.get("version", typed.version)))
        return await _editor(ctx, before, typed, {"": words}, status=409)
    ctx.visit.flash("success", ctx.gettext("The category is saved."))
    return redirect(ctx, url(ctx, "catalog.admin_category", handle=typed.category.handle))


async def _parents(ctx: Context, handle: str) -> list[tuple[str, str]]:
    """Give what a category may be put into: all but itself and what is below it."""
    found, hidden_from = [("", ctx.gettext("None: on top"))], -1
    for entry in await edit_category.listing(ctx):
        if -1 < hidden_from < entry.depth:
            continue
        hidden_from = entry.depth if entry.category.handle == handle else -1
        if hidden_from == -1:
            found.append((entry.category.handle, "— " * entry.depth + entry.category.title))
    return found


def _typed(ctx: Context, posted: Posted) -> CategoryInput:
    def word(name: str) -> str:
        value = posted.get(name, "")
        return value.strip().replace("\0", "") if isinstance(value, str) else ""

    others = [locale for locale in ctx.store.locales if locale != ctx.store.default_locale]
    position = word("position")
    return CategoryInput(
        handle=word("handle") or handle_of(word("title")),
        title=word("title"),
        description=word("description"),
        image_source="" if "drop_picture" in posted else word("image_source"),
        image_alt=word("image_alt"),
        position=int(position) if position.isdecimal() and len(position) < 6 else 0,
        visible="visible" in posted,
        parent=word("parent"),
        translations={x: {name: word(f"t.{x}.{name}") for name in _TEXTS} for x in others},
    )


async def _editor(
    ctx: Context,
    before: str,
    edited: CategoryDraft,
    errors: dict[str, str],
    cards: Sequence[dict[str, Any]] = (),
    *,
    status: int = 200,
) -> web.Response:
    title = edited.category.title or ctx.gettext("New category")
    return await admin_page(
        ctx,
        "catalog/admin/category.html",
        title=title,
        crumbs=[(ctx.gettext("Categories"), url(ctx, "catalog.admin_categories")), (title, "")],
        before=before,
        version=edited.version,
        category=edited.category,
        parents=await _parents(ctx, before),
        handle_of=handle_of,
        locales=[locale for locale in ctx.store.locales if locale != ctx.store.default_locale],
        errors=errors,
        can_edit=ctx.actor.can("catalog.category.edit"),
        small=await renditions.small(ctx, [edited.category.image_source]),
        cards=cards,
        status=status,
    )
