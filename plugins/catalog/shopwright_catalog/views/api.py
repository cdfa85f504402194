# SPDX-License-Identifier: Apache-2.0
"""The catalogue in the storefront and admin APIs. Lists come from PostgreSQL as finished JSON."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.types import StrictInt
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.routing import Caching, Reply, Routes, Scope
from shopwright_catalog.api import (
    CardInfo,
    CategoryInfo,
    ProductInfo,
    ProductInput,
    SavedProduct,
    Sort,
    VariantInput,
)
from shopwright_catalog.services import (
    delete_product,
    read_cards,
    read_categories,
    read_product,
    save_product,
)

api = Routes("catalog", Scope.API)
admin_api = Routes("catalog", Scope.ADMIN_API)
Text = Annotated[str, StringConstraints(max_length=100_000)]
Price = Annotated[StrictInt, Field(ge=0, le=10**12)]


class ProductQuery(BaseModel):
    """Which products, in which order, and where the list goes on."""

    model_config = ConfigDict(extra="forbid")

    category: str | None = Field(default=None, max_length=255)
    sort: Sort = "featured"
    cursor: str = ""
    limit: int = Field(default=24, ge=1, le=100)


@dataclass(frozen=True, slots=True)
class ProductPage:
    """One page of products; ``next_cursor`` is empty on the last one."""

    items: tuple[CardInfo, ...]
    total: int
    next_cursor: str


class VariantBody(BaseModel):
    """A variant to save. Prices are minor units of the store's currency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sku: Annotated[str, StringConstraints(max_length=255)] = ""
    price: Price
    compare_at: Price | None = None
    options: tuple[str, ...] = ()
    barcode: Annotated[str, StringConstraints(max_length=64)] = ""
    weight_grams: Annotated[StrictInt, Field(ge=0)] = 0
    requires_shipping: bool = True
    taxable: bool = True


class ProductBody(BaseModel):
    """A product to save whole: what is absent is removed from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text
    description_html: Text = ""
    vendor: Text = ""
    product_type: Text = ""
    tags: tuple[str, ...] = ()
    published: bool = True
    seo_title: Text = ""
    seo_description: Text = ""
    option_names: tuple[str, ...] = ()
    variants: tuple[VariantBody, ...]
    category_handles: tuple[str, ...] = ()


@api.get("/api/v1/products", permission=PUBLIC, caching=Caching(page=60))
async def list_products(ctx: Context, query: ProductQuery) -> ProductPage:
    """List published products."""
    found = await read_cards.page(
        ctx, ids=None, category=query.category, sort=query.sort, cursor=query.cursor, limit=query.limit
    )
    if ctx.visit is not None:
        ctx.visit.tag("catalog.products")
    return ProductPage(found.cards, found.total, found.next_cursor)


@api.get("/api/v1/products/{handle}", permission=PUBLIC, caching=Caching(page=60))
async def get_product(ctx: Context, handle: str) -> ProductInfo:
    """Give a published product by handle."""
    found = await read_product.by_handle(ctx, handle)
    if found is None:
        raise NotFound("There is no such product.")
    if ctx.visit is not None:
        ctx.visit.tag(f"catalog.product:{found.id}")
    return found


@api.get("/api/v1/categories", permission=PUBLIC, caching=Caching(page=60))
async def list_categories(ctx: Context) -> tuple[CategoryInfo, ...]:
    """List the store's categories."""
    if ctx.visit is not None:
        ctx.visit.tag("catalog.categories")
    return await read_categories.visible(ctx)


@admin_api.put("/api/admin/v1/products/{handle}", permission="catalog.product.edit")
async def put_product(ctx: Context, handle: str, body: ProductBody) -> Reply[SavedProduct]:
    """Create or replace a product by handle."""
    values = body.model_dump(exclude={"variants"})
    variants = tuple(VariantInput(**variant.model_dump()) for variant in body.variants)
    product = ProductInput(handle=handle, variants=variants, **values)

    async def work(session: AsyncSession) -> SavedProduct:
        saved = await save_product.save(ctx, session, product)
        await ctx.audit(session, "catalog.product_saved", subject=("catalog.product", saved.id))
        return saved

    saved = await ctx.run(work)
    return Reply(saved, status=201 if saved.outcome == "created" else 200)


@admin_api.delete("/api/admin/v1/products/{product_id}", permission="catalog.product.edit", status=204)
async def remove_product(ctx: Context, product_id: UUID) -> None:
    """Delete a product that was never sold, or archive it."""
    await delete_product.delete(ctx, product_id)
