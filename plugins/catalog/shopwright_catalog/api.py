# SPDX-License-Identifier: Apache-2.0
"""What other plugins may ask of the catalogue, and the types it answers with. Reads run one statement each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.money import Money, Provenance
from shopwright_catalog.services.handles import check_handle as check_handle
from shopwright_catalog.services.handles import handle_of as handle_of


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of a product or category; ``src`` is a path of this site, or an address below ``media_url``.

    For a picture that is still at an outside address it is that of a neutral drawing.
    """

    src: str
    alt: str
    width: int
    height: int
    srcset_avif: str = ""
    """What browsers that know AVIF choose from, like ``/media/a.320w.avif 320w, …``; empty until it is made."""
    srcset_webp: str = ""
    small: str = ""
    """The lightest copy, for thumbnails; the picture itself until it is made."""
    focus_x: int = 50
    """The point that stays visible where a theme cuts off edges: percent from the left, and from the top."""
    focus_y: int = 50

    def __post_init__(self) -> None:
        object.__setattr__(self, "small", self.small or self.src)


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What rules about prices may go by: of a product, in the words of the store's own language."""

    handle: str = ""
    vendor: str = ""
    product_type: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    """Handles of the categories it is in."""


@dataclass(frozen=True, slots=True)
class VariantInfo:
    """One variant as cart and order lines need it, in the context's language and currency."""

    id: UUID
    product_id: UUID
    product_handle: str
    product_title: str
    title: str
    """Option values, like ``Oak / 2 m``; empty when the product has no options."""
    sku: str
    price: Money
    """The catalogue's; what somebody pays is told by ``prices``."""
    compare_at: Money | None
    requires_shipping: bool
    taxable: bool
    tax_category: str
    weight_grams: int
    picture: Picture | None
    published: bool
    facts: ProductFacts = ProductFacts()


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a variant can be bought, and how many are left (None: not counted)."""

    sellable: bool = True
    left: int | None = None


@dataclass(frozen=True, slots=True)
class PriceRequest:
    """A variant whose price is asked for, at a quantity, with what the catalogue says."""

    variant_id: UUID
    product_id: UUID
    price: Money
    compare_at: Money | None = None
    quantity: int = 1
    facts: ProductFacts = ProductFacts()


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit of a variant costs the context's actor, and why: ``amount`` is the sum of ``provenance``."""

    amount: Money
    compare_at: Money | None
    """What it cost before, or elsewhere; None when that is not more."""
    provenance: tuple[Provenance, ...]


@dataclass(frozen=True, slots=True)
class OfferedPrice:
    """A unit price that a rule offers for a variant."""

    amount: Money
    compare_at: Money | None = None
    detail: str = ""
    """For staff: what of the rule applied, like ``from 10 pieces``."""


@dataclass(frozen=True, slots=True)
class PriceOffer:
    """What one rule offers, by variant id; ``code`` is ``<plugin>.<rule>``.

    Of several the one with the higher ``priority`` counts, the catalogue's has 0; among equals the lower price.
    """

    code: str
    prices: Mapping[UUID, OfferedPrice]
    priority: int = 0


@dataclass(frozen=True, slots=True)
class OptionInfo:
    """An option customers choose by, with its values in order."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VariantChoice:
    """A variant on its product's page."""

    id: UUID
    title: str
    sku: str
    options: tuple[str, ...]
    price: Money
    compare_at: Money | None
    picture: Picture | None
    availability: Availability
    provenance: tuple[Provenance, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductInfo:
    """A published product with everything its page shows; ``description_html`` is already sanitised."""

    id: UUID
    handle: str
    title: str
    description_html: str
    vendor: str
    product_type: str
    tags: tuple[str, ...]
    seo_title: str
    seo_description: str
    pictures: tuple[Picture, ...]
    options: tuple[OptionInfo, ...]
    variants: tuple[VariantChoice, ...]
    category: "CategoryRef | None"


@dataclass(frozen=True, slots=True)
class CategoryRef:
    """A category by name and address."""

    handle: str
    title: str


@dataclass(frozen=True, slots=True)
class CategoryInfo:
    """A category with its text and picture."""

    id: UUID
    handle: str
    title: str
    description: str
    picture: Picture | None
    product_count: int


@dataclass(frozen=True, slots=True)
class CardInfo:
    """A product in a listing: price is the lowest of its variants."""

    id: UUID
    handle: str
    title: str
    picture: Picture | None
    price: Money
    price_from: bool
    compare_at: Money | None
    variant_ids: tuple[UUID, ...]
    available: bool


@dataclass(frozen=True, slots=True)
class CardPage:
    """One page of a listing; ``next_cursor`` is empty on the last one."""

    cards: tuple[CardInfo, ...]
    total: int
    """Counted up to 1,000; 1,001 says that there are more."""
    next_cursor: str
    previous_cursor: str


@dataclass(frozen=True, slots=True)
class ProductSummary:
    """What rules ask about a product, in the store's own language; prices are the catalogue's."""

    id: UUID
    handle: str
    title: str
    vendor: str
    product_type: str
    tags: frozenset[str]
    categories: frozenset[str]
    """Handles."""
    lowest_price: Money
    highest_price: Money
    reduced: bool
    """Whether a variant costs less than it did."""
    created_at: datetime
    published: bool


Sort = Literal["featured", "newest", "price", "price_desc", "title"]


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


async def product(ctx: Context, handle: str) -> ProductInfo | None:
    """Give a published product by handle, availability included; None when there is none."""
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
) -> CardPage:
    """Give published products as cards: the given ids in their order, or one page of a category or of all.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    from shopwright_catalog.services import read_cards

    return await read_cards.page(ctx, ids=ids, category=category, sort=sort, cursor=cursor, limit=limit)


async def summaries(ctx: Context, ids: Sequence[UUID]) -> list[ProductSummary]:
    """Give what rules ask about products, unpublished ones too; unknown ids are left out."""
    from shopwright_catalog.services import read_summaries

    return await read_summaries.by_id(ctx, ids)


async def ids_of(ctx: Context, handles: Sequence[str]) -> dict[str, UUID]:
    """Give the ids of products by handle; unknown ones are left out."""
    from shopwright_catalog.services import read_summaries

    return await read_summaries.ids_of(ctx, handles)


async def all_summaries(
    ctx: Context, *, after: UUID | None = None, limit: int = 1000
) -> list[ProductSummary]:
    """Walk through the published products by id: the next ones after an id."""
    from shopwright_catalog.services import read_summaries

    return await read_summaries.page(ctx, after, limit)


async def categories(ctx: Context) -> tuple[CategoryInfo, ...]:
    """Give the store's visible categories in their order."""
    from shopwright_catalog.services import read_categories

    return await read_categories.visible(ctx)


@dataclass(frozen=True, slots=True)
class ImageInput:
    """An image to attach: the path of a file that was stored in the media folder, or an outside address."""

    source: str
    alt: str = ""
    position: int = 0
    width: int = 0
    height: int = 0
    focus_x: int = 50
    """The point that stays visible where a theme cuts off edges: percent from the left, and from the top."""
    focus_y: int = 50


@dataclass(frozen=True, slots=True)
class VariantInput:
    """A variant to save. ``price`` and ``compare_at`` are minor units of the store's currency."""

    sku: str
    price: int
    options: tuple[str, ...] = ()
    compare_at: int | None = None
    barcode: str = ""
    weight_grams: int = 0
    requires_shipping: bool = True
    taxable: bool = True
    image_source: str = ""
    id: UUID | None = None
    """The variant of this product that is meant; without it variants are known by options, then by SKU."""


@dataclass(frozen=True, slots=True)
class ProductInput:
    """A product to save whole; the handle is its key. What is absent from it is removed from the product."""

    handle: str
    title: str
    description_html: str = ""
    vendor: str = ""
    product_type: str = ""
    tags: tuple[str, ...] = ()
    published: bool = True
    seo_title: str = ""
    seo_description: str = ""
    option_names: tuple[str, ...] = ()
    variants: tuple[VariantInput, ...] = ()
    images: tuple[ImageInput, ...] = ()
    category_handles: tuple[str, ...] = ()
    translations: Mapping[str, Mapping[str, Any]] | None = None
    """By locale: ``title``, ``description_html``, ``seo_title``, ``seo_description``, and ``texts``: a mapping
    of option names, values and image alt texts to their translation."""


@dataclass(frozen=True, slots=True)
class SavedProduct:
    """What saving did. ``variant_ids`` are in the order of the input."""

    id: UUID
    outcome: Literal["created", "updated", "unchanged"]
    variant_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class CategoryInput:
    """A category to save; the handle is its key."""

    handle: str
    title: str
    description: str = ""
    image_source: str = ""
    image_alt: str = ""
    position: int = 0
    translations: Mapping[str, Mapping[str, str]] | None = None
    visible: bool = True


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


class PictureError(ValueError):
    """A file is not an image we take; the message says why, and what to do.

    ``words`` is the message to translate and ``values`` what fills it: ``ctx.gettext(e.words, **e.values)``.
    """

    def __init__(self, words: str, **values: str | int) -> None:
        super().__init__(words % values if values else words)
        self.words = words
        self.values = values


def store_picture(ctx: Context, path: Path, *, name: str = "") -> ImageInput:
    """Put an image file into the media folder, under ``name`` and a hash of its content. Blocks: call it in a thread.

    It is decoded to be sure, turned the way its camera was held, and stored without metadata such as places, devices,
    comments and thumbnails; its colour profile stays.

    Raises:
        PictureError: it is too large, broken, or not a PNG, JPEG, WebP, AVIF or GIF by its content.
    """
    from shopwright_catalog.services import store_picture as service

    return service.store(ctx, path, name or path.name)


async def place_pictures(ctx: Context, session: AsyncSession, pictures: Mapping[str, ImageInput]) -> int:
    """Put stored pictures where products name their outside addresses (the keys); give how many products changed."""
    from shopwright_catalog.services import place_pictures as service

    return await service.place(ctx, session, pictures)


async def save_category(ctx: Context, session: AsyncSession, category: CategoryInput) -> UUID:
    """Create or replace a category by handle."""
    from shopwright_catalog.services import save_category as service

    return await service.save(ctx, session, category)
