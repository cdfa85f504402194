# SPDX-License-Identifier: Apache-2.0
"""Products in the admin: list, editor, taking away."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from aiohttp import web
from multidict import MultiDictProxy
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, Rejected
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.money import Money
from shopwright_admin.api import Column, ListView, admin_page, list_page
from shopwright_catalog.api import ProductInput, VariantInput
from shopwright_catalog.services import delete_product, read_categories
from shopwright_catalog.services.staff_view import Draft, draft, listing, save

routes = Routes("catalog", Scope.ADMIN)
SIZE = 50
Posted = MultiDictProxy[Any]


class ListQuery(BaseModel):
    """What is looked for, and the page."""

    q: str = ""
    page: int = Field(default=1, ge=1, le=10_000)


@routes.get("/admin/products", permission="catalog.product.view")
async def admin_products(ctx: Context, query: ListQuery) -> web.Response:
    """List products."""
    found = await listing(ctx, query.q, page=query.page, size=SIZE)
    base = url(ctx, "catalog.admin_products")
    view = ListView(
        title=ctx.gettext("Products"),
        columns=[
            Column("title", ctx.gettext("Product"), "link"),
            Column("vendor", ctx.gettext("Vendor")),
            Column("product_type", ctx.gettext("Type")),
            Column("status", ctx.gettext("Status"), "badge"),
            Column("price", ctx.gettext("Price"), "money"),
        ],
        rows=[
            {
                "url": url(ctx, "catalog.admin_product", product_id=row["id"]),
                "title": row["title"],
                "vendor": row["vendor"],
                "product_type": row["product_type"],
                "status": "published" if row["published"] else "draft",
                "price": Money(row["price_min"], ctx.store.currency),
            }
            for row in found[:SIZE]
        ],
        total=len(found),
        search=query.q,
        next_url=f"{base}?q={query.q}&page={query.page + 1}" if len(found) > SIZE else "",
        previous_url=f"{base}?q={query.q}&page={query.page - 1}" if query.page > 1 else "",
        empty_title=ctx.gettext("No products yet"),
        empty_text=ctx.gettext("Add one here, or import a product file."),
        create_url=url(ctx, "catalog.new_product") if ctx.actor.can("catalog.product.edit") else "",
        create_label=ctx.gettext("Add a product"),
    )
    return await list_page(ctx, view)


@routes.get("/admin/products/new", permission="catalog.product.edit")
async def new_product(ctx: Context) -> web.Response:
    """Begin a product."""
    empty = ProductInput(handle="", title="", published=False, variants=(VariantInput(sku="", price=0),))
    return await _editor(ctx, Draft(None, 0, empty), {})


@routes.post("/admin/products/new", permission="catalog.product.edit", name="create_product")
async def create_product(ctx: Context, request: web.Request) -> web.Response:
    """Make a product."""
    posted = await request.post()
    title = str(posted.get("title", "")).strip()
    handle = str(posted.get("handle", "")).strip() or "-".join(title.lower().split())
    empty = ProductInput(handle=handle, title=title, variants=(VariantInput(sku="", price=0),))
    return await _save(ctx, Draft(None, 0, empty), posted)


@routes.get("/admin/products/{product_id}", permission="catalog.product.view")
async def admin_product(ctx: Context, product_id: UUID) -> web.Response:
    """Show a product in its editor."""
    return await _editor(ctx, await draft(ctx, product_id), {})


@routes.post("/admin/products/{product_id}", permission="catalog.product.edit", name="update_product")
async def update_product(ctx: Context, request: web.Request, product_id: UUID) -> web.Response:
    """Save a product."""
    posted = await request.post()
    found = await draft(ctx, product_id)
    version = str(posted.get("version", ""))
    return await _save(ctx, replace(found, version=int(version) if version.isdecimal() else 0), posted)


@routes.post("/admin/products/{product_id}/delete", permission="catalog.product.edit", name="delete_product")
async def remove(ctx: Context, product_id: UUID) -> web.Response:
    """Take a product away."""
    assert ctx.visit is not None
    await delete_product.delete(ctx, product_id)
    ctx.visit.flash("success", ctx.gettext("The product is gone from the store. Orders keep their lines."))
    return redirect(ctx, url(ctx, "catalog.admin_products"))


async def _save(ctx: Context, before: Draft, posted: Posted) -> web.Response:
    assert ctx.visit is not None
    edited = before
    try:
        edited = replace(before, product=_typed(ctx, before.product, posted))
        saved = await save(ctx, edited)
    except (Invalid, Rejected) as error:
        errors = {e.pointer.strip("/"): e.message for e in error.errors}
        return await _editor(ctx, edited, errors, status=422)
    except Conflict as error:
        return await _editor(ctx, edited, {"": error.detail}, status=409)
    ctx.visit.flash("success", ctx.gettext("The product is saved."))
    return redirect(ctx, url(ctx, "catalog.admin_product", product_id=saved.id))


def _typed(ctx: Context, before: ProductInput, posted: Posted) -> ProductInput:
    def word(name: str) -> str:
        return str(posted.get(name, "")).strip()

    errors: list[FieldError] = []
    variants = tuple(_variant(ctx, i, v, posted, errors) for i, v in enumerate(before.variants))
    if errors:
        raise Invalid(errors=errors)
    return replace(
        before,
        title=word("title"),
        description_html=word("description_html"),
        vendor=word("vendor"),
        product_type=word("product_type"),
        tags=tuple(tag.strip() for tag in word("tags").split(",") if tag.strip()),
        published="published" in posted,
        seo_title=word("seo_title"),
        seo_description=word("seo_description"),
        category_handles=tuple(str(handle) for handle in posted.getall("category", [])),
        images=tuple(
            replace(image, alt=str(posted.get(f"alt.{i}", image.alt)).strip())
            for i, image in enumerate(before.images)
        ),
        variants=variants,
    )


def _variant(
    ctx: Context, index: int, before: VariantInput, posted: Posted, errors: list[FieldError]
) -> VariantInput:
    price = _money(ctx, f"price.{index}", posted, errors)
    compare_at = _money(ctx, f"compare_at.{index}", posted, errors)
    if price is None and not errors:
        errors.append(FieldError(f"/price.{index}", "required", ctx.gettext("Give a price.")))
    sku = str(posted.get(f"sku.{index}", before.sku)).strip()
    barcode = str(posted.get(f"barcode.{index}", before.barcode)).strip()
    return replace(before, price=price or 0, compare_at=compare_at, sku=sku, barcode=barcode)


def _money(ctx: Context, name: str, posted: Posted, errors: list[FieldError]) -> int | None:
    text = str(posted.get(name, "")).strip().replace(",", ".")
    if not text:
        return None
    try:
        return Money.from_decimal(Decimal(text), ctx.store.currency).amount
    except (InvalidOperation, ValueError):
        errors.append(FieldError(f"/{name}", "price_wrong", ctx.gettext("Give a price like 12.50.")))
        return None


async def _editor(ctx: Context, edited: Draft, errors: dict[str, str], *, status: int = 200) -> web.Response:
    product = edited.product
    rows = [
        {
            "title": " / ".join(v.options),
            "variant": v,
            "price": Money(v.price, ctx.store.currency).to_decimal(),
            "compare_at": ""
            if v.compare_at is None
            else Money(v.compare_at, ctx.store.currency).to_decimal(),
        }
        for v in product.variants
    ]
    title = product.title or ctx.gettext("New product")
    return await admin_page(
        ctx,
        "catalog/admin/product.html",
        title=title,
        crumbs=[(ctx.gettext("Products"), url(ctx, "catalog.admin_products")), (title, "")],
        edited=edited,
        product=product,
        rows=rows,
        categories=await read_categories.visible(ctx),
        errors=errors,
        can_edit=ctx.actor.can("catalog.product.edit"),
        status=status,
    )
