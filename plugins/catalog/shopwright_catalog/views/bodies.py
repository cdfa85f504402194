# SPDX-License-Identifier: Apache-2.0
"""What the catalogue's APIs take and give."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.types import StrictInt

from shopwright.http.listing import ListQuery
from shopwright_catalog.api import CardInfo, CategoryInput, ImageInput, ProductInput, Sort, VariantInput
from shopwright_catalog.services.check_product import TAX_CATEGORY
from shopwright_catalog.services.edit_category import CategoryDraft
from shopwright_catalog.services.staff_view import Draft

Text = Annotated[str, StringConstraints(max_length=100_000)]
Word = Annotated[str, StringConstraints(max_length=255)]
Price = Annotated[StrictInt, Field(ge=0, le=10**12)]
Percent = Annotated[StrictInt, Field(ge=0, le=100)]
Version = Annotated[StrictInt, Field(ge=0)]


class Strict(BaseModel):
    """Unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ProductQuery(ListQuery):
    """Which products, and in which order."""

    category: str | None = Field(default=None, max_length=255)
    sort: Sort = "featured"
    limit: int = Field(default=24, ge=1, le=100)
    filter: tuple[str, ...] = Field(default=(), max_length=20)
    """``key:value``, like ``custom.material:oak`` or ``price:10..20``; several of one key: any of them."""


class FacetQuery(Strict):
    """Of which products, and behind which filters."""

    category: str | None = Field(default=None, max_length=255)
    filter: tuple[str, ...] = Field(default=(), max_length=20)
    """As those of the list."""


@dataclass(frozen=True, slots=True)
class ProductPage:
    """One page of products; ``next_cursor`` is empty on the last one."""

    items: tuple[CardInfo, ...]
    total: int
    next_cursor: str


class StaffQuery(ListQuery):
    """Which products."""

    PARTS: ClassVar[tuple[str, ...]] = ("product",)

    include: str = Field(default="", max_length=100)

    search: str = Field(default="", max_length=200)
    status: Literal["", "published", "scheduled", "draft", "archived"] = ""


@dataclass(frozen=True, slots=True)
class StaffProduct:
    """A product in the list of staff."""

    id: UUID
    handle: str
    title: str
    vendor: str
    product_type: str
    kind: str
    status: str
    publish_at: datetime | None
    unpublish_at: datetime | None
    price_min: int
    price_max: int
    updated_at: datetime
    version: int
    product: dict[str, Any] | None = None
    """The whole product, as ``GET`` of one gives it; with ``include=product``."""


class VariantBody(Strict):
    """A variant to save. Prices are minor units of the store's currency."""

    id: UUID | None = None
    sku: Word = ""
    price: Price
    compare_at: Price | None = None
    options: tuple[Word, ...] = ()
    barcode: Annotated[str, StringConstraints(max_length=64)] = ""
    weight_grams: Annotated[StrictInt, Field(ge=0, le=10**9)] = 0
    requires_shipping: bool = True
    taxable: bool = True
    tax_category: Annotated[str, StringConstraints(pattern=f"^{TAX_CATEGORY}$")] = "standard"
    image_source: Annotated[str, StringConstraints(max_length=2000)] = ""


class ImageBody(Strict):
    """An image: an https address, or a file that was uploaded to the store's media folder."""

    source: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    alt: Annotated[str, StringConstraints(max_length=1000)] = ""
    width: Annotated[StrictInt, Field(ge=0, le=100_000)] = 0
    height: Annotated[StrictInt, Field(ge=0, le=100_000)] = 0
    focus_x: Percent = 50
    focus_y: Percent = 50


class TranslationBody(Strict):
    """A product in another language; ``texts`` translates option names, values and alt texts."""

    title: Word = ""
    handle: Word = ""
    """Of its address in this language; empty: the main one."""
    description_html: Text = ""
    seo_title: Text = ""
    seo_description: Text = ""
    texts: dict[str, Text] = Field(default_factory=dict)


class ProductBody(Strict):
    """A product to save whole: what is absent is removed from it."""

    title: Text
    description_html: Text = ""
    vendor: Text = ""
    product_type: Text = ""
    tags: tuple[Word, ...] = ()
    published: bool = True
    seo_title: Text = ""
    seo_description: Text = ""
    option_names: tuple[Word, ...] = ()
    variants: tuple[VariantBody, ...]
    images: tuple[ImageBody, ...] = ()
    category_handles: tuple[Word, ...] = ()
    kind: Word = ""
    """One of ``/api/admin/v1/product-types``; empty: as it is, and ``catalog.physical`` for a new product."""
    translations: dict[str, TranslationBody] = Field(default_factory=dict)
    publish_at: AwareDatetime | None = None
    """Until then the product is not in the store, whatever ``published`` says."""
    unpublish_at: AwareDatetime | None = None
    markets: tuple[Word, ...] = ()
    """Codes of the markets it is published in; none: in all of them."""
    version: Version | None = None
    """The version that was read, 0 for a new product; absent: save over whatever is there."""

    def to_input(self, handle: str) -> ProductInput:
        parts = {"variants", "images", "translations", "version"}
        images = (ImageInput(position=i, **image.model_dump()) for i, image in enumerate(self.images))
        return ProductInput(
            handle=handle,
            variants=tuple(VariantInput(**variant.model_dump()) for variant in self.variants),
            images=tuple(images),
            translations={locale: texts.model_dump() for locale, texts in self.translations.items()},
            **self.model_dump(exclude=parts),
        )


@dataclass(frozen=True, slots=True)
class ProductDetail:
    """A product as staff edit it; send ``product`` back with ``version`` to save it."""

    id: UUID
    handle: str
    version: int
    archived: bool
    product: dict[str, Any]

    @classmethod
    def of(cls, draft: Draft) -> "ProductDetail":
        assert draft.id is not None
        values = asdict(draft.product)
        handle = values.pop("handle")
        values["images"] = [{k: v for k, v in image.items() if k != "position"} for image in values["images"]]
        return cls(draft.id, handle, draft.version, draft.archived, values)


class CategoryTexts(Strict):
    """A category in another language."""

    title: Word = ""
    handle: Word = ""
    """Of its address in this language; empty: the main one."""
    description: Text = ""
    image_alt: Word = ""


class CategoryBody(Strict):
    """A category to save whole."""

    title: Word
    description: Text = ""
    image_source: Word = ""
    image_alt: Word = ""
    position: Annotated[StrictInt, Field(ge=0, le=100_000)] = 0
    visible: bool = True
    parent: Word | None = None
    """Handle of the category it is in; empty: on top; absent: as it is."""
    translations: dict[str, CategoryTexts] = Field(default_factory=dict)
    version: Version | None = None

    def to_input(self, handle: str) -> CategoryInput:
        texts = {locale: body.model_dump() for locale, body in self.translations.items()}
        return CategoryInput(
            handle=handle, translations=texts, **self.model_dump(exclude={"translations", "version"})
        )


@dataclass(frozen=True, slots=True)
class CategoryDetail:
    """A category as staff edit it."""

    id: UUID
    handle: str
    version: int
    category: dict[str, Any]

    @classmethod
    def of(cls, draft: CategoryDraft) -> "CategoryDetail":
        assert draft.id is not None
        values = asdict(draft.category)
        return cls(draft.id, values.pop("handle"), draft.version, values)
