# SPDX-License-Identifier: Apache-2.0
"""Putting together the view models of storefront pages."""

from collections.abc import Iterable, Sequence
from typing import get_args
from uuid import UUID

from markupsafe import Markup

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright_catalog import api as catalog
from shopwright_catalog.api import CategoryInfo, ListingPart, Picture, ProductInfo, Sort, VariantChoice
from shopwright_storefront.api import (
    CategoryTile,
    Crumb,
    HomePage,
    ListingPage,
    OptionView,
    ProductPage,
    SortChoice,
    VariantView,
    filter_panel,
    listing_address,
    product_cards,
)
from shopwright_storefront.settings import StorefrontSettings

FEATURED = 8
COUNTED = 1000
"""How far listings are counted."""


async def home(ctx: Context) -> HomePage:
    settings = ctx.settings(StorefrontSettings)
    shown = await catalog.cards(ctx, limit=FEATURED) if not settings.featured else None
    if shown is None:
        found = [await catalog.product(ctx, handle) for handle in settings.featured[:FEATURED]]
        shown = await catalog.cards(ctx, ids=[product.id for product in found if product])
    tag_cards(ctx, shown)
    alt = settings.hero_image_alt or ctx.store.name
    picture = Picture(f"/media/{settings.hero_image}", alt, 2000, 1000) if settings.hero_image else None
    return HomePage(
        hero_title=settings.hero_title or ctx.store.name,
        hero_text=settings.hero_text,
        hero_picture=picture,
        hero_url=url(ctx, "storefront.products"),
        featured=product_cards(ctx, shown.cards),
        categories=tuple(
            CategoryTile(
                c.title, url(ctx, "storefront.category", handle=c.handle), c.picture, c.product_count
            )
            for c in await catalog.categories(ctx)
            if c.product_count and not c.depth
        ),
    )


async def navigation(ctx: Context) -> tuple[Crumb, ...]:
    """Give the categories on top that have products, for the header."""
    return _crumbs(ctx, (c for c in await catalog.categories(ctx) if c.product_count and not c.depth))


def _way_to(ctx: Context, categories: Sequence[CategoryInfo], category_id: UUID | None) -> tuple[Crumb, ...]:
    """Give the way from the home page to a category, itself included."""
    by_id = {c.id: c for c in categories}
    line: list[CategoryInfo] = []
    while category_id is not None and category_id in by_id:
        line.insert(0, by_id[category_id])
        category_id = by_id[category_id].parent_id
    return (Crumb(ctx.store.name, url(ctx, "storefront.home")), *_crumbs(ctx, line))


def _crumbs(ctx: Context, found: Iterable[CategoryInfo]) -> tuple[Crumb, ...]:
    return tuple(Crumb(c.title, url(ctx, "storefront.category", handle=c.handle)) for c in found)


async def category(ctx: Context, handle: str) -> CategoryInfo | None:
    """Give a category by its handle in any language of the store."""
    return next((c for c in await catalog.categories(ctx) if handle in c.handles.values()), None)


async def listing(
    ctx: Context, *, category: CategoryInfo | None, sort: Sort, cursor: str, filters: Sequence[str] = ()
) -> ListingPage:
    """Give a page of one category or of all products."""
    handle = category.handle if category else None
    known = await catalog.categories(ctx) if category else ()
    size = ctx.settings(StorefrontSettings).page_size
    found = await catalog.cards(ctx, category=handle, sort=sort, cursor=cursor, limit=size, filters=filters)
    tag_cards(ctx, found)
    title = category.title if category else ctx.gettext("All products")
    base = url(ctx, "storefront.category", handle=handle) if category else url(ctx, "storefront.products")
    part = ListingPart(handle, name=f"category:{handle or ''}")
    panel = await filter_panel(ctx, part, base, [("sort", sort if sort != "featured" else "")], filters)
    return ListingPage(
        title=title,
        description=category.description if category else "",
        picture=category.picture if category else None,
        cards=product_cards(ctx, found.cards),
        total=min(found.total, COUNTED),
        is_counted=found.total <= COUNTED,
        previous_url=_link(base, sort, found.previous_cursor, filters) if found.previous_cursor else "",
        next_url=_link(base, sort, found.next_cursor, filters) if found.next_cursor else "",
        breadcrumbs=(*_way_to(ctx, known, category.parent_id if category else None), Crumb(title)),
        children=_crumbs(
            ctx, (c for c in known if category and c.parent_id == category.id and c.product_count)
        ),
        sorts=tuple(
            SortChoice(code, label, _link(base, code, "", filters), code == sort)
            for code, label in _labels(ctx).items()
        ),
        filters=panel,
    )


async def product(ctx: Context, found: ProductInfo, selected: str = "") -> ProductPage:
    """Make the page of a product; ``selected`` is a variant id from the address."""
    variants = tuple(_variant(ctx, choice) for choice in found.variants)
    preferred = next((v for v in variants if str(v.id) == selected), None)
    available = next((v for v in variants if v.available), variants[0])
    known = await catalog.categories(ctx) if found.category else ()
    its = next((c.id for c in known if found.category and c.handle == found.category.handle), None)
    crumbs = _way_to(ctx, known, its)
    return ProductPage(
        id=found.id,
        handle=found.handle,
        title=found.title,
        description_html=Markup(found.description_html),  # noqa: S704 - sanitised when it was saved
        vendor=found.vendor,
        images=found.pictures,
        options=tuple(OptionView(option.name, option.values) for option in found.options),
        variants=variants,
        selected=preferred or available,
        breadcrumbs=(*crumbs, Crumb(found.title)),
        url=url(ctx, "storefront.product", handle=found.handle),
        add_url=url(ctx, "checkout.add_to_cart") if ctx.is_active("checkout") else "",
        custom_fields=found.custom_fields,
        kind=found.kind,
    )


def tag_cards(ctx: Context, found: catalog.CardPage) -> None:
    """Tell the page cache what a listing shows."""
    if ctx.visit is not None:
        ctx.visit.tag("catalog.products", *(f"catalog.product:{card.id}" for card in found.cards))


def _variant(ctx: Context, choice: VariantChoice) -> VariantView:
    return VariantView(
        id=choice.id,
        title=choice.title,
        sku=choice.sku,
        options=choice.options,
        price=choice.price,
        compare_at=choice.compare_at,
        available=choice.availability.sellable,
        left=choice.availability.left,
        image=choice.picture,
        custom_fields=choice.custom_fields,
        note=catalog.stock_note(ctx, choice.availability),
        tax_category=choice.tax_category,
    )


def _link(base: str, sort: Sort, cursor: str, filters: Sequence[str]) -> str:
    return listing_address(base, [("sort", sort if sort != "featured" else ""), ("cursor", cursor)], filters)


def _labels(ctx: Context) -> dict[Sort, str]:
    labels: dict[Sort, str] = {
        "featured": ctx.gettext("Featured"),
        "newest": ctx.gettext("Newest"),
        "price": ctx.gettext("Price, low to high"),
        "price_desc": ctx.gettext("Price, high to low"),
        "title": ctx.gettext("Name"),
    }
    assert set(labels) == set(get_args(Sort))
    return labels
