# SPDX-License-Identifier: Apache-2.0
"""Products in the admin: list, editor, taking away."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web
from pydantic import Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, Rejected
from shopwright.http.listing import ListQuery
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.money import Money
from shopwright_admin.api import Column, ListView, admin_page, list_page, rendered_cards
from shopwright_admin.hookspecs import admin_slot
from shopwright_catalog.admin import list_filters, product_form, uploads
from shopwright_catalog.admin.product_form import Posted, ProductForm
from shopwright_catalog.api import EditedThing, ProductInput
from shopwright_catalog.api.handles import handle_of
from shopwright_catalog.hookspecs import sales_markets
from shopwright_catalog.services import (
    delete_product,
    duplicate_product,
    edit_category,
    edit_product,
    kinds,
    renditions,
    restore_product,
)
from shopwright_catalog.services.staff_view import Draft, draft, listing
from shopwright_catalog.views.bodies import StaffProduct

routes = Routes("catalog", Scope.ADMIN)


class ProductsQuery(ListQuery):
    """What is looked for, behind which filters, and where the list goes on."""

    q: str = Field(default="", max_length=200)
    status: str = ""
    filter: tuple[str, ...] = Field(default=(), max_length=20)


@routes.get("/admin/products", permission="catalog.product.view")
async def admin_products(ctx: Context, query: ProductsQuery) -> web.Response:
    """List products."""
    statuses = _statuses(ctx)
    status = query.status if query.status in statuses else ""
    after = query.after(datetime.fromisoformat, UUID)
    rows = await listing(
        ctx, query.q, status=status, after=after, limit=query.limit + 1, filters=query.filter
    )
    found = query.page([StaffProduct(**dict(row)) for row in rows], "updated_at", "id")
    base = url(ctx, "catalog.admin_products")

    def address(**changes: object) -> str:
        values = {"q": query.q, "status": status, "filter": query.filter, **changes}
        return f"{base}?{urlencode({name: value for name, value in values.items() if value}, doseq=True)}"

    can_edit = ctx.actor.can("catalog.product.edit")
    bulk = url(ctx, "catalog.choose_bulk_edit")
    view = ListView(
        title=ctx.gettext("Products"),
        select_url=bulk if can_edit else "",
        select_label=ctx.gettext("Edit the chosen ones"),
        # Whoever edits all would edit those behind the filters, too.
        select_all_url=""
        if query.filter
        else f"{bulk}?{urlencode({'all': 1, 'q': query.q, 'status': status})}",
        columns=[
            Column("title", ctx.gettext("Product"), "link"),
            Column("vendor", ctx.gettext("Vendor")),
            Column("product_type", ctx.gettext("Type")),
            Column("status", ctx.gettext("Status"), "badge"),
            Column("price", ctx.gettext("Price"), "money"),
        ],
        rows=[
            {
                "url": url(ctx, "catalog.admin_product", product_id=row.id),
                "id": row.id,
                "title": row.title,
                "vendor": row.vendor,
                "product_type": row.product_type,
                "status": row.status,
                "price": Money(row.price_min, ctx.store.currency),
            }
            for row in found.items
        ],
        total=len(rows),
        search=query.q,
        filters=[
            {"label": label, "url": address(status=code), "current": code == status}
            for code, label in statuses.items()
        ]
        + await list_filters.buttons(ctx, query.filter, lambda chosen: address(filter=chosen)),
        next_url=address(cursor=found.next_cursor) if found.next_cursor else "",
        previous_url=address() if query.cursor else "",
        empty_title=ctx.gettext("No products here"),
        empty_text=ctx.gettext("Add one here, or import a product file."),
        create_url=url(ctx, "catalog.new_product") if can_edit else "",
        create_label=ctx.gettext("Add a product"),
    )
    return await list_page(ctx, view)


def _statuses(ctx: Context) -> dict[str, str]:
    return {
        "": ctx.gettext("All"),
        "published": ctx.gettext("Published"),
        "scheduled": ctx.gettext("Scheduled"),
        "draft": ctx.gettext("Drafts"),
        "archived": ctx.gettext("Archived"),
    }


@routes.get("/admin/products/new", permission="catalog.product.edit")
async def new_product(ctx: Context) -> web.Response:
    """Begin a product."""
    empty = ProductInput(handle="", title="", published=False)
    return await _editor(ctx, product_form.of_draft(ctx, Draft(None, 0, empty)), {})


@routes.post(
    "/admin/products/new",
    permission="catalog.product.edit",
    name="create_product",
    max_body=uploads.LARGEST_FORM,
)
async def create_product(ctx: Context, request: web.Request) -> web.Response:
    """Make a product."""
    posted = await request.post()
    return await _save(ctx, product_form.of_posted(ctx, posted, None), posted)


@routes.get("/admin/products/{product_id}", permission="catalog.product.view")
async def admin_product(ctx: Context, product_id: UUID) -> web.Response:
    """Show a product in its editor."""
    found = await draft(ctx, product_id)
    product = found.product
    parts = tuple((x.id, " / ".join(x.options) or x.sku) for x in product.variants if x.id is not None)
    subject = EditedThing(product_id, product.handle, product.title, parts, product.kind)
    cards = await rendered_cards(
        ctx, await ctx.hooks.collect(admin_slot, zone="catalog.product", subject=subject)
    )
    return await _editor(ctx, product_form.of_draft(ctx, found), {}, cards)


@routes.post(
    "/admin/products/{product_id}",
    permission="catalog.product.edit",
    name="update_product",
    max_body=uploads.LARGEST_FORM,
)
async def update_product(ctx: Context, request: web.Request, product_id: UUID) -> web.Response:
    """Save a product."""
    posted = await request.post()
    found = await draft(ctx, product_id)
    form = product_form.of_posted(ctx, posted, product_id, archived=found.archived)
    return await _save(ctx, form, posted)


@routes.post("/admin/products/{product_id}/delete", permission="catalog.product.edit", name="delete_product")
async def remove(ctx: Context, product_id: UUID) -> web.Response:
    """Archive a product."""
    assert ctx.visit is not None
    await delete_product.delete(ctx, product_id)
    ctx.visit.flash("success", ctx.gettext("The product is archived. Bring it back here whenever you like."))
    return redirect(ctx, url(ctx, "catalog.admin_product", product_id=product_id))


@routes.post(
    "/admin/products/{product_id}/restore", permission="catalog.product.edit", name="restore_product"
)
async def restore(ctx: Context, product_id: UUID) -> web.Response:
    """Bring an archived product back as a draft."""
    assert ctx.visit is not None
    await restore_product.restore(ctx, product_id)
    ctx.visit.flash("success", ctx.gettext("The product is back as a draft. Publish it when it is ready."))
    return redirect(ctx, url(ctx, "catalog.admin_product", product_id=product_id))


@routes.post(
    "/admin/products/{product_id}/duplicate", permission="catalog.product.edit", name="duplicate_product"
)
async def duplicate(ctx: Context, product_id: UUID) -> web.Response:
    """Copy a product and open the copy."""
    assert ctx.visit is not None
    saved = await duplicate_product.duplicate(ctx, product_id)
    ctx.visit.flash("success", ctx.gettext("This is the copy. It is a draft, with SKUs of its own."))
    return redirect(ctx, url(ctx, "catalog.admin_product", product_id=saved.id))


async def _save(ctx: Context, form: ProductForm, posted: Posted) -> web.Response:
    assert ctx.visit is not None
    try:
        alt = str(posted.get("upload_alt", "")).strip()
        form = product_form.with_images(form, await uploads.pictures(ctx, posted, "upload", alt=alt))
        saved = await edit_product.save(ctx, Draft(form.id, form.version, product_form.to_input(ctx, form)))
    except (Invalid, Rejected) as error:
        errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
        return await _editor(ctx, form, errors, status=422)
    except Conflict as error:
        words = ctx.gettext(
            "Somebody else changed this product meanwhile, and nothing was saved. What you typed is still here: "
            "save again to put it in place of theirs."
        )
        form = replace(form, version=int(error.extra.get("version", form.version)))
        return await _editor(ctx, form, {"": words}, status=409)
    ctx.visit.flash("success", ctx.gettext("The product is saved."))
    return redirect(ctx, url(ctx, "catalog.admin_product", product_id=saved.id))


async def _editor(
    ctx: Context,
    form: ProductForm,
    errors: dict[str, str],
    cards: Sequence[dict[str, Any]] = (),
    *,
    status: int = 200,
) -> web.Response:
    title = form.words["title"] or ctx.gettext("New product")
    markets = await ctx.hooks.collect(sales_markets)
    return await admin_page(
        ctx,
        "catalog/admin/product.html",
        title=title,
        crumbs=[(ctx.gettext("Products"), url(ctx, "catalog.admin_products")), (title, "")],
        form=form,
        handle_of=handle_of,
        known=len(form.rows),
        categories=await edit_category.listing(ctx),
        markets=markets,
        market_codes={market.code for market in markets},
        kinds=kinds.choices(ctx, form.words["kind"]),
        locales=[locale for locale in ctx.store.locales if locale != ctx.store.default_locale],
        errors=errors,
        can_edit=ctx.actor.can("catalog.product.edit"),
        small=await renditions.small(ctx, [image.source for image in form.images]),
        cards=cards,
        status=status,
    )
