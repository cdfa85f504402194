# SPDX-License-Identifier: Apache-2.0
"""Picking related products in the admin: a section in the product's editor, and the page behind it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from aiohttp import web

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Card, admin_page
from shopwright_catalog import api as catalog
from shopwright_catalog.api import EditedThing, ProductSummary
from shopwright_related_products.hookspecs import relation_kinds
from shopwright_related_products.services import relations

routes = Routes("related_products", Scope.ADMIN)
VIEW, EDIT = "related_products.relation.view", "related_products.relation.edit"


async def card(ctx: Context, zone: str, subject: object) -> Sequence[Card]:
    """Give the section in the editor of a product."""
    if zone != "catalog.product" or not isinstance(subject, EditedThing) or not ctx.actor.can(VIEW):
        return []
    chosen = await relations.picked(ctx, subject.id) if await relations.has_any(ctx) else {}
    names = await _names(ctx, chosen)
    rows = [
        (kind.label(ctx), [names[id_].title for id_ in chosen.get(code, ()) if id_ in names])
        for code, kind in ctx.hooks.registered(relation_kinds).items()
    ]
    values = {"id": subject.id, "rows": rows, "can_edit": ctx.actor.can(EDIT)}
    return [Card("related_products/admin/card.html", values, priority=70)]


@routes.get("/admin/related-products/{product_id}", permission=VIEW)
async def admin_relations(ctx: Context, product_id: UUID) -> web.Response:
    """Show what is picked for a product."""
    chosen = await relations.picked(ctx, product_id)
    names = await _names(ctx, chosen)
    typed = {
        kind: "\n".join(names[id_].handle for id_ in ids if id_ in names) for kind, ids in chosen.items()
    }
    return await _editor(ctx, product_id, typed, relations.version_of(chosen), {})


@routes.post("/admin/related-products/{product_id}", permission=EDIT, name="save_relations")
async def save_relations(ctx: Context, request: web.Request, product_id: UUID) -> web.Response:
    """Save what is picked for a product."""
    assert ctx.visit is not None
    posted = await request.post()
    seen = str(posted.get("version", ""))
    typed = {
        code: str(posted.get(f"kind.{code}", "")).replace("\0", "")
        for code in ctx.hooks.registered(relation_kinds)
    }
    handles = {code: [x.strip() for x in words.splitlines() if x.strip()] for code, words in typed.items()}
    try:
        chosen = await relations.ids_of(ctx, product_id, handles)
        await relations.save(ctx, product_id, chosen, seen)
    except Invalid as error:
        errors: dict[str, str] = {}
        for one in error.errors:
            code = one.pointer.split("/")[2]
            errors[code] = f"{errors.get(code, '')} {ctx.gettext(one.message)}".strip()
        return await _editor(ctx, product_id, typed, seen, errors, status=422)
    except Conflict as error:
        errors = {"": ctx.gettext(error.detail)}
        return await _editor(ctx, product_id, typed, str(error.extra["version"]), errors, status=409)
    ctx.visit.flash("success", ctx.gettext("The related products are saved."))
    return redirect(ctx, url(ctx, "catalog.admin_product", product_id=product_id))


async def _names(ctx: Context, chosen: Mapping[str, Sequence[UUID]]) -> dict[UUID, ProductSummary]:
    ids = [id_ for listed in chosen.values() for id_ in listed]
    return {product.id: product for product in await catalog.summaries(ctx, ids)}


async def _editor(
    ctx: Context,
    product_id: UUID,
    typed: Mapping[str, str],
    version: str,
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> web.Response:
    found = await catalog.summaries(ctx, [product_id])
    if not found:
        raise NotFound("There is no such product.")
    title = ctx.gettext("Related products")
    return await admin_page(
        ctx,
        "related_products/admin/relations.html",
        title=title,
        crumbs=[
            (ctx.gettext("Products"), url(ctx, "catalog.admin_products")),
            (found[0].title, url(ctx, "catalog.admin_product", product_id=product_id)),
            (title, ""),
        ],
        kinds=[(x.code, x.label(ctx)) for x in ctx.hooks.registered(relation_kinds).values()],
        typed=typed,
        version=version,
        errors=errors,
        can_edit=ctx.actor.can(EDIT),
        status=status,
    )
