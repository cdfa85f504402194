# SPDX-License-Identifier: Apache-2.0
"""Products and categories as they are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from shopwright.errors import FieldError
from shopwright.money import Money, Provenance

PHYSICAL = "catalog.physical"
"""The kind of a product that nobody gave another one."""


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
    """What rules about prices may go by: of a product, in the words and handles of the store's own language."""

    handle: str = ""
    vendor: str = ""
    product_type: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    """Handles of the categories it is in."""
    kind: str = PHYSICAL
    """Code of its ``ProductType``."""


@dataclass(frozen=True, slots=True)
class ProductType:
    """A kind of product. What the merchant writes into ``product_type`` sorts products; this says how they are sold."""

    code: str
    """``<plugin>.<name>``: the ``kind`` of the products."""
    title: str
    ships: bool = True
    """Whether the checkout asks how to ship it, for variants that are shipped."""
    stocked: bool = True
    """Whether it can run out."""
    taxable: bool = True
    """Whether taxes are asked for, for variants that are taxed."""
    help: str = ""
    """For staff: what becomes of it when it is sold."""


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
    """False also while the plugin of its kind is off."""
    facts: ProductFacts = ProductFacts()
    kind: str = PHYSICAL
    """Code of its ``ProductType``."""
    stocked: bool = True
    """Whether it can run out; what is not stocked is never reserved."""


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a variant can be bought, and how many are left (None: as many as anybody wants).

    What can be bought beyond what is ``ready`` (None: all of it is) is delivered later, ``expected_on`` a date
    where one is known.
    """

    sellable: bool = True
    left: int | None = None
    ready: int | None = None
    """How many lie in stock."""
    backorder: bool = False
    """It can be bought, and nothing of it is ready."""
    preorder: bool = False
    """It is not out yet: nothing of it is ready before ``expected_on``."""
    expected_on: date | None = None

    def waiting(self, quantity: int) -> int:
        """Give how many of a quantity would have to wait."""
        return 0 if self.ready is None else max(quantity - self.ready, 0)


@dataclass(frozen=True, slots=True)
class PriceRequest:
    """A variant whose price is asked for, at a quantity, with what the catalogue says."""

    variant_id: UUID
    product_id: UUID
    price: Money
    """In the store's currency or in the context's; rules are asked with the latter."""
    compare_at: Money | None = None
    quantity: int = 1
    facts: ProductFacts = ProductFacts()
    detail: str = ""
    """How the catalogue's price was converted."""


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
class CustomValue:
    """What a plugin tells of a product or variant beside what the catalogue knows: a field with its value."""

    key: str
    """``<namespace>.<name>``, like ``custom.material``."""
    label: str
    kind: str
    value: Any
    """As programs read it."""
    text: str
    """As people read it, in their language."""
    html: str = ""
    """Sanitised; empty where the text says all."""
    url: str = ""
    """Where it leads, if anywhere."""


@dataclass(frozen=True, slots=True)
class CustomValues:
    """What a plugin tells of one product or variant, by key."""

    id: UUID
    values: Mapping[str, CustomValue]


@dataclass(frozen=True, slots=True)
class ListingFilter:
    """A condition of a listing: ``sql`` selects the ids of the products that are in it.

    It is a part of the catalogue's own statement, so it may read only the plugin's tables, with an index for
    whatever it compares; ``args`` are its ``$1``, ``$2``, … With ``{product}`` in it, it is instead a condition that is
    asked of each product with this id: for what most products are.
    """

    key: str
    sql: str
    args: tuple[Any, ...] = ()
    wrong: FieldError | None = None
    """What is wrong with the value that was asked for; the listing is refused with it."""


@dataclass(frozen=True, slots=True)
class EditedThing:
    """What an admin page of the catalogue shows, as subject of its ``admin_slot``."""

    id: UUID
    handle: str
    title: str
    parts: tuple[tuple[UUID, str], ...] = ()
    """Of a product its variants: id and name."""
    kind: str = ""
    """Of a product the code of its ``ProductType``."""


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
    custom_fields: Mapping[str, CustomValue] = field(default_factory=dict)
    tax_category: str = "standard"
    """Empty: it is not taxed."""


@dataclass(frozen=True, slots=True)
class ProductInfo:
    """A published product with everything its page shows; ``description_html`` is already sanitised."""

    id: UUID
    handle: str
    """In the context's language."""
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
    custom_fields: Mapping[str, CustomValue] = field(default_factory=dict)
    """By key; see the hook ``product_fields``."""
    kind: str = PHYSICAL
    """Code of its ``ProductType``."""
    handles: Mapping[str, str] = field(default_factory=dict)
    """Its handle in each language of the store."""


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
    """In the context's language."""
    title: str
    description: str
    picture: Picture | None
    product_count: int
    """Counted up to 1,001; what is below it is counted too."""
    parent_id: UUID | None = None
    depth: int = 0
    """How many levels are above it."""
    handles: Mapping[str, str] = field(default_factory=dict)
    """Its handle in each language of the store."""


@dataclass(frozen=True, slots=True)
class CardInfo:
    """A product in a listing, in the context's language: price is the lowest of its variants."""

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


@dataclass(frozen=True, slots=True)
class PublishedHandles:
    """A published product by its addresses."""

    id: UUID
    handles: Mapping[str, str]
    """In each language of the store."""
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ProductGroup:
    """Products that something beyond the catalogue puts together, like a collection."""

    code: str
    """``<kind>:<handle>``, like ``collection:summer``."""
    product_ids: frozenset[UUID]


Sort = Literal["featured", "newest", "price", "price_desc", "title"]


class PictureError(ValueError):
    """A file is not an image we take; the message says why, and what to do.

    ``words`` is the message to translate and ``values`` what fills it: ``ctx.gettext(e.words, **e.values)``.
    """

    def __init__(self, words: str, **values: str | int) -> None:
        super().__init__(words % values if values else words)
        self.words = words
        self.values = values
