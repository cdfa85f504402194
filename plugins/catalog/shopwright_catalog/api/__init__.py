# SPDX-License-Identifier: Apache-2.0
"""What other plugins may ask of the catalogue, and the types it answers with. Reads run one statement each."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from multidict import MultiDictProxy
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright_catalog.api.audience import Audience, AudienceAnswer, audience
from shopwright_catalog.api.currencies import ExchangeRate, convert, in_all_markets, rate_to
from shopwright_catalog.api.facets import (
    Facet,
    FacetDefinition,
    Facets,
    FacetSource,
    ListingPart,
    count_facets,
    listing_conditions,
    narrowed,
)
from shopwright_catalog.api.files import media_address, take_file
from shopwright_catalog.api.handles import (
    check_handle,
    check_locales,
    handle_of,
    handles_in,
    moved_handles,
    own_handles,
    published_handles,
    published_starts,
    run_naming,
    taken_handles,
)
from shopwright_catalog.api.inputs import (
    CategoryInput,
    Exported,
    ImageInput,
    ProductInput,
    SavedProduct,
    VariantInput,
)
from shopwright_catalog.api.records import (
    PHYSICAL,
    Availability,
    CardInfo,
    CardPage,
    CategoryInfo,
    CategoryRef,
    CustomValue,
    CustomValues,
    EditedThing,
    ListingFilter,
    OfferedPrice,
    OptionInfo,
    Picture,
    PictureError,
    Price,
    PriceOffer,
    PriceRequest,
    ProductFacts,
    ProductGroup,
    ProductInfo,
    ProductSummary,
    ProductType,
    PublishedHandles,
    Sort,
    VariantChoice,
    VariantInfo,
)
from shopwright_catalog.api.vendors import vendors

__all__ = [
    "PHYSICAL",
    "Audience",
    "AudienceAnswer",
    "Availability",
    "CardInfo",
    "CardPage",
    "CategoryInfo",
    "CategoryInput",
    "CategoryRef",
    "CustomValue",
    "CustomValues",
    "EditedThing",
    "ExchangeRate",
    "Exported",
    "Facet",
    "FacetDefinition",
    "FacetSource",
    "Facets",
    "ImageInput",
    "ListingFilter",
    "ListingPart",
    "OfferedPrice",
    "OptionInfo",
    "Picture",
    "PictureError",
    "Price",
    "PriceOffer",
    "PriceRequest",
    "ProductFacts",
    "ProductGroup",
    "ProductInfo",
    "ProductInput",
    "ProductSummary",
    "ProductType",
    "PublishedHandles",
    "SavedProduct",
    "Sort",
    "VariantChoice",
    "VariantInfo",
    "VariantInput",
    "all_summaries",
    "audience",
    "cards",
    "categories",
    "check_handle",
    "check_locales",
    "convert",
    "count_facets",
    "handle_of",
    "handles_in",
    "ids_of",
    "ids_of_skus",
    "in_all_markets",
    "is_stored_picture",
    "listing_conditions",
    "live_options",
    "media_address",
    "moved_handles",
    "narrowed",
    "own_handles",
    "pictures",
    "place_pictures",
    "prices",
    "product",
    "published_handles",
    "published_starts",
    "rate_to",
    "run_naming",
    "save_category",
    "save_product",
    "save_products",
    "similar",
    "stock_note",
    "store_picture",
    "summaries",
    "take_file",
    "take_pictures",
    "taken_handles",
    "variants",
    "variants_in",
    "vendors",
    "want_copies",
]


async def variants(ctx: Context, ids: Sequence[UUID]) -> dict[UUID, VariantInfo]:
    """Give variants by id, unpublished ones included (see ``published``); unknown ids are left out."""
    from shopwright_catalog.services import read_variants

    return await read_variants.by_id(ctx, ids)


async def variants_in(ctx: Context, session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, VariantInfo]:
    """Do as ``variants`` within the caller's transaction: for totals that are about to be charged."""
    from shopwright_catalog.services import read_variants

    return await read_variants.by_id_in(ctx, session, ids)


async def prices(ctx: Context, requests: Sequence[PriceRequest]) -> dict[UUID, Price]:
    """Give what each variant costs the context's actor now: listing, page, cart and order ask the same question.

    Each variant is asked for once; plugins offer and adjust (``price_candidates``, ``price_select``,
    ``price_adjust``).
    """
    from shopwright_catalog.services import prices as service

    return await service.resolve(ctx, requests)


def stock_note(ctx: Context, availability: Availability, quantity: int = 1) -> str:
    """Say in the customer's words that a quantity is delivered later; empty when it is not."""
    from shopwright_catalog.services import stock_note as service

    return service.of(ctx, availability, quantity)


async def product(ctx: Context, handle: str) -> ProductInfo | None:
    """Give a published product by its handle in any language, availability included; None when there is none."""
    from shopwright_catalog.services import read_product

    return await read_product.by_handle(ctx, handle)


async def cards(
    ctx: Context,
    *,
    ids: Sequence[UUID] | None = None,
    category: str | None = None,
    sort: Sort = "featured",
    cursor: str = "",
    limit: int = 24,
    filters: Sequence[str] = (),
) -> CardPage:
    """Give published products as cards: the given ids in their order, or one page of a category or of all.

    ``category`` is its handle in any language.
    ``filters`` are ``key:value``: ``vendor``, and keys that plugins know (``listing_filters``).

    Raises:
        BadRequest: the cursor is not one of ours.
        Invalid: nobody knows a filter.
    """
    from shopwright_catalog.services import read_cards

    return await read_cards.page(
        ctx, ids=ids, category=category, sort=sort, cursor=cursor, limit=limit, filters=filters
    )


async def summaries(ctx: Context, ids: Sequence[UUID]) -> list[ProductSummary]:
    """Give what rules ask about products, unpublished ones too; unknown ids are left out."""
    from shopwright_catalog.services import read_summaries

    return await read_summaries.by_id(ctx, ids)


async def similar(ctx: Context, ids: Sequence[UUID], limit: int) -> dict[UUID, list[UUID]]:
    """Give for products up to ``limit`` published ones of their categories, most alike first."""
    from shopwright_catalog.services import similar as service

    return await service.similar(ctx, ids, limit)


async def ids_of(ctx: Context, handles: Sequence[str]) -> dict[str, UUID]:
    """Give the ids of products by handle, of any language; unknown ones are left out."""
    from shopwright_catalog.services import read_summaries

    return await read_summaries.ids_of(ctx, handles)


async def ids_of_skus(ctx: Context, skus: Sequence[str]) -> dict[str, tuple[UUID, ...]]:
    """Give the ids of variants by SKU, several where a store uses one twice; unknown ones are left out."""
    from shopwright_catalog.services import read_variants

    return await read_variants.ids_of_skus(ctx, skus)


async def groups_of(ctx: Context, product_ids: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    """Give by product id the codes of the groups it is in, like ``collection:summer``; asked for many at once."""
    from shopwright_catalog.hookspecs import product_groups

    found: dict[UUID, set[str]] = {id_: set() for id_ in product_ids}
    for group in await ctx.hooks.collect(product_groups, product_ids=list(found)):
        for id_ in group.product_ids & found.keys():
            found[id_].add(group.code)
    return {id_: frozenset(codes) for id_, codes in found.items()}


async def all_summaries(
    ctx: Context, *, after: UUID | None = None, limit: int = 1000
) -> list[ProductSummary]:
    """Walk through the published products by id: the next ones after an id."""
    from shopwright_catalog.services import read_summaries

    return await read_summaries.page(ctx, after, limit)


async def export_page(ctx: Context, *, after: UUID | None = None, limit: int = 200) -> list[Exported]:
    """Walk through all products that are not archived, by id, as they were saved."""
    from shopwright_catalog.services import read_for_export

    return await read_for_export.page(ctx, after, limit)


async def category_titles(ctx: Context) -> dict[str, str]:
    """Give the title of each category by handle, hidden ones too, in the store's own language."""
    from shopwright_catalog.services import read_for_export

    return await read_for_export.category_titles(ctx)


async def categories(ctx: Context) -> tuple[CategoryInfo, ...]:
    """Give the store's visible categories in their order."""
    from shopwright_catalog.services import read_categories

    return await read_categories.visible(ctx)


async def save_product(ctx: Context, session: AsyncSession, product: ProductInput) -> SavedProduct:
    """Create or replace a product by handle in the caller's transaction; variants keep their id by SKU or options.

    Raises:
        Invalid: names the field by JSON pointer (``/variants/2/price``) and says what is accepted.
    """
    from shopwright_catalog.services import save_product as service

    return await service.save(ctx, session, product)


async def save_products(
    ctx: Context, session: AsyncSession, products: Sequence[ProductInput]
) -> list[SavedProduct]:
    """Do as ``save_product`` for several products of different handles, with a few statements for all of them.

    Raises:
        Invalid: a product cannot be saved; none of them is when the caller leaves the transaction.
    """
    from shopwright_catalog.services import save_product as service

    return await service.save_all(ctx, session, products)


async def live_options(session: AsyncSession, handles: Sequence[str]) -> dict[str, set[tuple[str, ...]]]:
    """Give by handle the option values of the variants that products have now; unknown handles are left out."""
    from shopwright_catalog.services import live_options as service

    return await service.live_options(session, handles)


def store_picture(ctx: Context, path: Path, *, name: str = "") -> ImageInput:
    """Put an image file into the media folder, under ``name`` and a hash of its content. Blocks: call it in a thread.

    It is decoded to be sure, turned the way its camera was held, and stored without metadata such as places, devices,
    comments and thumbnails; its colour profile stays.

    Raises:
        PictureError: it is too large, broken, or not a PNG, JPEG, WebP, AVIF or GIF by its content.
    """
    from shopwright_catalog.services import store_picture as service

    return service.store(ctx, path, name or path.name)


async def take_pictures(ctx: Context, posted: MultiDictProxy[Any], name: str) -> list[ImageInput]:
    """Store the pictures of a file field of a form.

    Raises:
        Invalid: one of them is not an image we take; says which and why.
    """
    from shopwright_catalog.admin import uploads

    return await uploads.pictures(ctx, posted, name)


async def pictures(ctx: Context, images: Sequence[ImageInput]) -> dict[str, Picture]:
    """Give stored images as pages show them, by source, with the copies that were made of them."""
    from shopwright_catalog.services import renditions

    return await renditions.shown(ctx, images)


def is_stored_picture(source: str) -> bool:
    """Tell whether a text is a path in the media folder."""
    from shopwright_catalog.services.pictures import is_stored

    return is_stored(source)


async def want_copies(ctx: Context, session: AsyncSession, sources: Sequence[str]) -> None:
    """Have copies of stored pictures made, after the caller's commit; for pictures outside the catalogue."""
    from shopwright_catalog.jobs import want_renditions

    await want_renditions(ctx, session, sources)


async def place_pictures(ctx: Context, session: AsyncSession, pictures: Mapping[str, ImageInput]) -> int:
    """Put stored pictures where products name their outside addresses (the keys); give how many products changed."""
    from shopwright_catalog.services import place_pictures as service

    return await service.place(ctx, session, pictures)


async def category_handles(session: AsyncSession, handles: Sequence[str]) -> frozenset[str]:
    """Give which of these handles categories have, hidden ones too."""
    from shopwright_catalog.services import read_categories

    return await read_categories.known_handles(session, handles)


async def save_category(ctx: Context, session: AsyncSession, category: CategoryInput) -> UUID:
    """Create or replace a category by handle."""
    from shopwright_catalog.services import save_category as service

    return await service.save(ctx, session, category)
