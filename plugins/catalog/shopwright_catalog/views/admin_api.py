# SPDX-License-Identifier: Apache-2.0
"""The catalogue in the admin API: products and categories by handle, saved whole and only if nobody was faster."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from shopwright.context import Context
from shopwright.http.listing import ListQuery, Page
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag
from shopwright_catalog.api import ProductType
from shopwright_catalog.services import (
    delete_product,
    duplicate_product,
    edit_category,
    edit_product,
    kinds,
    restore_product,
    staff_view,
)
from shopwright_catalog.services.staff_view import Draft
from shopwright_catalog.views.bodies import (
    CategoryBody,
    CategoryDetail,
    ProductBody,
    ProductDetail,
    StaffProduct,
    StaffQuery,
)

routes = Routes("catalog", Scope.ADMIN_API)


@routes.get("/api/admin/v1/products", permission="catalog.product.view")
async def list_products(ctx: Context, query: StaffQuery) -> Page[StaffProduct]:
    """List products, last changed first: by title, handle or SKU."""
    after = query.after(datetime.fromisoformat, UUID)
    rows = await staff_view.listing(
        ctx, query.search, status=query.status, after=after, limit=query.limit + 1
    )
    found = [StaffProduct(**dict(row)) for row in rows]
    if query.wants("product"):
        whole = {
            x.id: ProductDetail.of(x).product for x in await staff_view.drafts(ctx, [x.id for x in found])
        }
        found = [replace(x, product=whole.get(x.id)) for x in found]
    return query.page(found, "updated_at", "id")


@routes.get("/api/admin/v1/product-types", permission="catalog.product.view")
async def list_product_types(ctx: Context, query: ListQuery) -> Page[ProductType]:
    """List the kinds of products that can be sold in the store."""
    return query.whole(tuple(kinds.translated(ctx)), "code")


@routes.get("/api/admin/v1/products/{handle}", permission="catalog.product.view")
async def get_product(ctx: Context, handle: str) -> Reply[ProductDetail]:
    """Give a product, drafts included, with its version as the ETag."""
    return _product(await staff_view.draft(ctx, None, handle=handle))


@routes.put("/api/admin/v1/products/{handle}", permission="catalog.product.edit")
async def put_product(
    ctx: Context, handle: str, body: ProductBody, if_match: int | None
) -> Reply[ProductDetail]:
    """Create or replace a product by handle; ``If-Match`` or ``version`` say which version is replaced."""
    version = body.version if if_match is None else if_match
    saved = await edit_product.put(ctx, body.to_input(handle), version)
    return _product(await staff_view.draft(ctx, saved.id), 201 if saved.outcome == "created" else 200)


@routes.delete("/api/admin/v1/products/{handle}", permission="catalog.product.edit", status=204)
async def remove_product(ctx: Context, handle: str, if_match: int | None) -> None:
    """Take a product away: it is archived, so that orders keep their meaning."""
    found = await staff_view.draft(ctx, None, handle=handle)
    assert found.id is not None
    await delete_product.delete(ctx, found.id, if_match)


@routes.post("/api/admin/v1/products/{handle}/restore", permission="catalog.product.edit")
async def restore_archived(ctx: Context, handle: str) -> Reply[ProductDetail]:
    """Bring an archived product back as a draft, with its variants and categories."""
    found = await staff_view.draft(ctx, None, handle=handle)
    assert found.id is not None
    await restore_product.restore(ctx, found.id)
    return _product(await staff_view.draft(ctx, found.id))


@routes.post("/api/admin/v1/products/{handle}/duplicate", permission="catalog.product.edit", status=201)
async def copy_product(ctx: Context, handle: str) -> Reply[ProductDetail]:
    """Copy a product: a draft under a free handle, with a suffix to its SKUs and without barcodes."""
    saved = await duplicate_product.duplicate(ctx, None, handle=handle)
    return _product(await staff_view.draft(ctx, saved.id), 201)


@routes.get("/api/admin/v1/categories", permission="catalog.category.view")
async def list_categories(ctx: Context, query: ListQuery) -> Page[CategoryDetail]:
    """List categories, hidden ones included."""
    return query.whole([CategoryDetail.of(draft) for draft in await edit_category.listing(ctx)], "id")


@routes.get("/api/admin/v1/categories/{handle}", permission="catalog.category.view")
async def get_category(ctx: Context, handle: str) -> Reply[CategoryDetail]:
    """Give a category with its version as the ETag."""
    return await _category(ctx, handle, 200)


@routes.put("/api/admin/v1/categories/{handle}", permission="catalog.category.edit")
async def put_category(
    ctx: Context, handle: str, body: CategoryBody, if_match: int | None
) -> Reply[CategoryDetail]:
    """Create or replace a category by handle; ``If-Match`` or ``version`` say which version is replaced."""
    version = body.version if if_match is None else if_match
    created = await edit_category.save(ctx, handle, body.to_input(handle), version)
    return await _category(ctx, handle, 201 if created else 200)


@routes.delete("/api/admin/v1/categories/{handle}", permission="catalog.category.edit", status=204)
async def remove_category(ctx: Context, handle: str, if_match: int | None) -> None:
    """Delete a category; its products stay."""
    await edit_category.delete(ctx, handle, if_match)


def _product(draft: Draft, status: int = 200) -> Reply[ProductDetail]:
    return Reply(ProductDetail.of(draft), status, etag(draft.version))


async def _category(ctx: Context, handle: str, status: int) -> Reply[CategoryDetail]:
    found = await edit_category.draft(ctx, handle)
    return Reply(CategoryDetail.of(found), status, etag(found.version))
