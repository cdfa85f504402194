# SPDX-License-Identifier: Apache-2.0
"""Brands in the admin: list, editor, deleting."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from multidict import MultiDictProxy
from pydantic import Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid
from shopwright.http.listing import ListQuery
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, admin_page
from shopwright_brands.api import BrandInput
from shopwright_brands.services import from_vendors, read, save
from shopwright_brands.services.read import SIZE, Draft
from shopwright_catalog import api as catalog

routes = Routes("brands", Scope.ADMIN)
EDIT = "brands.brand.edit"
LARGEST_FORM = 16 * 1024 * 1024
TRANSLATED = ("handle", "description", "logo_alt", "seo_title", "seo_description")


class BrandsQuery(ListQuery):
    """What is looked for, and where the list goes on."""

    q: str = Field(default="", max_length=200)


@routes.get("/admin/brands", permission="brands.brand.view")
async def admin_brands(ctx: Context, query: BrandsQuery) -> web.Response:
    """List brands."""
    after = query.after(str, UUID)
    found = await read.drafts(ctx, search=query.q, after=after, limit=query.limit + 1)
    page = query.page(found, "brand.name", "id")
    base = url(ctx, "brands.admin_brands")

    view = ListView(
        title=ctx.gettext("Brands"),
        columns=[
            Column("name", ctx.gettext("Brand"), "link"),
            Column("handle", ctx.gettext("Handle")),
            Column("status", ctx.gettext("Status"), "badge"),
        ],
        rows=[
            {
                "url": url(ctx, "brands.admin_brand", handle=draft.brand.handle),
                "name": draft.brand.name,
                "handle": draft.brand.handle,
                "status": "published" if draft.brand.visible else "hidden",
            }
            for draft in page.items
        ],
        total=len(found),
        search=query.q,
        next_url=f"{base}?{urlencode({'q': query.q, 'cursor': page.next_cursor})}"
        if page.next_cursor
        else "",
        empty_title=ctx.gettext("No brands yet"),
        empty_text=ctx.gettext("A brand tells of a vendor, and shows the products that name it."),
        create_url=url(ctx, "brands.new_brand") if ctx.actor.can(EDIT) else "",
        create_label=ctx.gettext("Add a brand"),
    )
    vendors_url = url(ctx, "brands.vendors_without_brand") if ctx.actor.can(EDIT) else ""
    return await admin_page(
        ctx, "brands/admin/brands.html", title=view.title, view=view, vendors_url=vendors_url
    )


@routes.get("/admin/brand/from-vendors", permission=EDIT)
async def vendors_without_brand(ctx: Context) -> web.Response:
    """Show which vendors have no brand, and ask whether to make them."""
    found, title = await from_vendors.without_brand(ctx), ctx.gettext("Make brands of vendors")
    return await admin_page(
        ctx,
        "brands/admin/from-vendors.html",
        title=title,
        crumbs=[(ctx.gettext("Brands"), url(ctx, "brands.admin_brands")), (title, "")],
        vendors=list(found.items())[:SIZE],
        number=len(found),
    )


@routes.post("/admin/brand/from-vendors", permission=EDIT)
async def make_brands(ctx: Context) -> web.Response:
    """Make a brand of each vendor without one."""
    assert ctx.visit is not None
    number = await from_vendors.make(ctx)
    words = ctx.translator.ngettext("%(count)s brand made.", "%(count)s brands made.", number, count=number)
    ctx.visit.flash("success", words)
    return redirect(ctx, url(ctx, "brands.admin_brands"))


@routes.get("/admin/brand/new", permission=EDIT)
async def new_brand(ctx: Context) -> web.Response:
    """Begin a brand."""
    return await _editor(ctx, "", Draft(None, 0, BrandInput("", "")), {})


@routes.post("/admin/brand/new", permission=EDIT, name="create_brand", max_body=LARGEST_FORM)
async def create_brand(ctx: Context, request: web.Request) -> web.Response:
    """Make a brand."""
    return await _save(ctx, "", await request.post())


@routes.get("/admin/brands/{handle}", permission="brands.brand.view")
async def admin_brand(ctx: Context, handle: str) -> web.Response:
    """Show a brand in its editor."""
    return await _editor(ctx, handle, await read.draft(ctx, handle), {})


@routes.post("/admin/brands/{handle}", permission=EDIT, name="update_brand", max_body=LARGEST_FORM)
async def update_brand(ctx: Context, request: web.Request, handle: str) -> web.Response:
    """Save a brand."""
    await read.draft(ctx, handle)
    return await _save(ctx, handle, await request.post())


@routes.post("/admin/brands/{handle}/delete", permission=EDIT, name="delete_brand")
async def remove_brand(ctx: Context, handle: str) -> web.Response:
    """Delete a brand."""
    assert ctx.visit is not None
    await save.delete(ctx, handle)
    ctx.visit.flash("success", ctx.gettext("The brand is deleted. Its products stay."))
    return redirect(ctx, url(ctx, "brands.admin_brands"))


async def _save(ctx: Context, before: str, posted: MultiDictProxy[Any]) -> web.Response:
    assert ctx.visit is not None
    raw = {key: value.replace("\0", "").strip() for key, value in posted.items() if isinstance(value, str)}
    version = int(raw["version"]) if raw.get("version", "").isdecimal() else 0
    typed = Draft(None, version, _typed(ctx, raw))
    try:
        for logo in await catalog.take_pictures(ctx, posted, "upload"):
            brand = replace(typed.brand, logo=logo.source, logo_width=logo.width, logo_height=logo.height)
            typed = replace(typed, brand=brand)
        await save.save(ctx, before or typed.brand.handle, typed.brand, version)
    except Invalid as error:
        errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
        return await _editor(ctx, before, typed, errors, status=422)
    except Conflict as error:
        errors = {"": ctx.gettext(error.detail)}
        if not before:
            errors = {"handle": ctx.gettext("Another brand has this handle; choose another one.")}
        typed = replace(typed, version=int(error.extra.get("version", version)) if before else 0)
        return await _editor(ctx, before, typed, errors, status=409)
    ctx.visit.flash("success", ctx.gettext("The brand is saved."))
    return redirect(ctx, url(ctx, "brands.admin_brand", handle=typed.brand.handle))


def _typed(ctx: Context, raw: dict[str, str]) -> BrandInput:
    others = [locale for locale in ctx.store.locales if locale != ctx.store.default_locale]
    texts = {x: {n: raw.get(f"t.{x}.{n}", "") for n in TRANSLATED} for x in others}
    keeps = "drop_logo" not in raw
    sides = [raw.get(name, "") for name in ("logo_width", "logo_height")]
    width, height = (int(side) if side.isdecimal() and len(side) < 6 else 0 for side in sides)
    return BrandInput(
        handle=raw.get("handle", "") or catalog.handle_of(raw.get("name", "")),
        name=raw.get("name", ""),
        description=raw.get("description", ""),
        logo=raw.get("logo", "") if keeps else "",
        logo_alt=raw.get("logo_alt", ""),
        logo_width=width if keeps else 0,
        logo_height=height if keeps else 0,
        seo_title=raw.get("seo_title", ""),
        seo_description=raw.get("seo_description", ""),
        visible="visible" in raw,
        translations={locale: words for locale, words in texts.items() if any(words.values())},
    )


async def _editor(
    ctx: Context, before: str, draft: Draft, errors: dict[str, str], *, status: int = 200
) -> web.Response:
    brand = draft.brand
    title = brand.name or ctx.gettext("New brand")
    logos = [catalog.ImageInput(brand.logo, "", 0, brand.logo_width, brand.logo_height)] if brand.logo else []
    return await admin_page(
        ctx,
        "brands/admin/brand.html",
        title=title,
        crumbs=[(ctx.gettext("Brands"), url(ctx, "brands.admin_brands")), (title, "")],
        before=before,
        draft=draft,
        brand=brand,
        logo=(await catalog.pictures(ctx, logos)).get(brand.logo),
        locales=[locale for locale in ctx.store.locales if locale != ctx.store.default_locale],
        errors=errors,
        can_edit=ctx.actor.can(EDIT),
        status=status,
    )
