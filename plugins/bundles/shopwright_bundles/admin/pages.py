# SPDX-License-Identifier: Apache-2.0
"""Bundles in the admin: the list, the section in the product editor, and what each is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp import web
from multidict import MultiDictProxy
from pydantic import BaseModel

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.i18n import translatable
from shopwright_admin.api import Card, Column, ListView, admin_page, list_page
from shopwright_bundles.services import bundles, edit, shown
from shopwright_bundles.services.bundles import KIND, Component, Pricing
from shopwright_catalog import api as catalog
from shopwright_catalog.api import EditedThing, VariantInfo

routes = Routes("bundles", Scope.ADMIN)
VIEW, EDIT = "bundles.bundle.view", "bundles.bundle.edit"
EMPTY_ROWS = 4


class PageQuery(BaseModel):
    """Where the list goes on."""

    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A bundle as it is typed in: rows of SKU and quantity."""

    rows: tuple[tuple[str, str], ...]
    pricing: Pricing
    percent: str
    version: int


@routes.get("/admin/bundles", permission=VIEW)
async def admin_bundles(ctx: Context, query: PageQuery) -> web.Response:
    """List bundles."""
    found = await bundles.listing(ctx, after=query.after, limit=51)
    page, path = found[:50], url(ctx, "bundles.admin_bundles")
    names = await catalog.variants(ctx, [bundle.id for bundle in page])
    parts = await shown.parts(ctx, [bundle.id for bundle in page])
    view = ListView(
        title=ctx.gettext("Bundles"),
        columns=[Column("name", ctx.gettext("Bundle"), "link"), Column("parts", ctx.gettext("Components"))],
        rows=[
            {
                "url": url(ctx, "bundles.admin_bundle", bundle_id=bundle.id),
                "name": _name(names[bundle.id]) if bundle.id in names else "–",
                "parts": ", ".join(part.text for part in parts.get(bundle.id, ())),
            }
            for bundle in page
        ],
        total=len(found),
        searchable=False,
        next_url=f"{path}?after={page[-1].id}" if len(found) > len(page) else "",
        empty_title=ctx.gettext("No bundles yet"),
        empty_text=ctx.gettext("Give a product the kind Bundle, and choose its components in its editor."),
    )
    return await list_page(ctx, view)


@routes.get("/admin/bundles/{bundle_id}", permission=VIEW)
async def admin_bundle(ctx: Context, bundle_id: UUID) -> web.Response:
    """Show what a variant is made of."""
    variant = await _variant(ctx, bundle_id)
    bundle = (await bundles.of(ctx, [bundle_id])).get(bundle_id)
    if bundle is None:
        return await _page(ctx, variant, Form((), "own", "0", 0), {})
    known = await catalog.variants(ctx, [x.variant_id for x in bundle.components])
    rows = [(_sku(known.get(x.variant_id), x.variant_id), str(x.quantity)) for x in bundle.components]
    form = Form(tuple(rows), bundle.pricing, str(bundle.percent), bundle.version)
    return await _page(ctx, variant, form, {})


@routes.post("/admin/bundles/{bundle_id}", permission=EDIT)
async def admin_save_bundle(ctx: Context, request: web.Request, bundle_id: UUID) -> web.Response:
    """Save what a variant is made of."""
    assert ctx.visit is not None
    variant = await _variant(ctx, bundle_id)
    form = _posted(await request.post())
    try:
        parts = await _components(ctx, form)
        percent = _number(form.percent, "/percent")
        await edit.save(ctx, bundle_id, parts, pricing=form.pricing, percent=percent, version=form.version)
    except Invalid as error:
        errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
        return await _page(ctx, variant, form, errors, status=422)
    except Conflict as error:
        return await _page(ctx, variant, form, {"": ctx.gettext(error.detail)}, status=409)
    ctx.visit.flash("success", ctx.gettext("The bundle is saved."))
    return redirect(ctx, url(ctx, "catalog.admin_product", product_id=variant.product_id))


async def cards(ctx: Context, zone: str, subject: object) -> Sequence[Card]:
    """Give the section in the editor of a product that is a bundle."""
    if zone != "catalog.product" or not isinstance(subject, EditedThing) or subject.kind != KIND.code:
        return []
    if not ctx.actor.can(VIEW):
        return []
    found = await shown.parts(ctx, [id_ for id_, _ in subject.parts])
    groups = [(id_, name, found.get(id_, ())) for id_, name in subject.parts]
    return [Card("bundles/admin/card.html", {"groups": groups, "can_edit": ctx.actor.can(EDIT)}, priority=20)]


async def _variant(ctx: Context, variant_id: UUID) -> VariantInfo:
    found = (await catalog.variants(ctx, [variant_id])).get(variant_id)
    if found is None:
        raise NotFound("There is no such variant.", code="variant_not_found")
    return found


def _posted(posted: MultiDictProxy[Any]) -> Form:
    def word(name: str) -> str:
        value = posted.get(name, "")
        return value.strip().replace("\0", "") if isinstance(value, str) else ""

    rows = [(word(f"sku.{n}"), word(f"quantity.{n}")) for n in range(edit.MOST + EMPTY_ROWS)]
    version = word("version")
    return Form(
        tuple(row for row in rows if row[0]),
        "components" if word("pricing") == "components" else "own",
        word("percent") or "0",
        int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0,
    )


async def _components(ctx: Context, form: Form) -> list[Component]:
    """Find the variants of the rows.

    Raises:
        Invalid: a row has an SKU that no variant has, or several have; or no number.
    """
    known = await catalog.ids_of_skus(ctx, [sku for sku, _ in form.rows])
    errors, parts = [], []
    for n, (sku, quantity) in enumerate(form.rows):
        ids = known.get(sku, ())
        if len(ids) != 1:
            words = translatable("Give an SKU that one variant has.")
            errors.append(FieldError(f"/components/{n}/variant_id", "unknown", words))
            continue
        parts.append(Component(ids[0], _number(quantity or "1", f"/components/{n}/quantity")))
    if errors:
        raise Invalid(errors=errors)
    return parts


def _number(typed: str, pointer: str) -> int:
    if typed.isascii() and typed.isdecimal() and len(typed) < 6:
        return int(typed)
    words = translatable("Please give a whole number.")
    raise Invalid(errors=[FieldError(pointer, "number_wrong", words)])


def _sku(variant: VariantInfo | None, variant_id: UUID) -> str:
    return variant.sku if variant is not None and variant.sku else str(variant_id)


def _name(variant: VariantInfo) -> str:
    return f"{variant.product_title} ({variant.title})" if variant.title else variant.product_title


async def _page(
    ctx: Context, variant: VariantInfo, form: Form, errors: dict[str, str], *, status: int = 200
) -> web.Response:
    product = url(ctx, "catalog.admin_product", product_id=variant.product_id)
    return await admin_page(
        ctx,
        "bundles/admin/bundle.html",
        title=_name(variant),
        status=status,
        crumbs=[(ctx.gettext("Bundles"), url(ctx, "bundles.admin_bundles")), (_name(variant), "")],
        form=form,
        rows=[*form.rows, *([("", "")] * EMPTY_ROWS)],
        product_url=product,
        is_bundle=variant.kind == KIND.code,
        errors=errors,
        can_edit=ctx.actor.can(EDIT),
    )
