# SPDX-License-Identifier: Apache-2.0
"""Cart, totals and shipping rates as other plugins see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.money import Money, Provenance
from shopwright_catalog.api import Picture, VariantInfo
from shopwright_orders.api import Address, StoredPayment

Stage = Literal["discounts", "shipping", "fees", "tax"]
STAGES: tuple[Stage, ...] = ("discounts", "shipping", "fees", "tax")

OwnStep = Literal["contact", "delivery", "payment"]
OWN_STEPS: tuple[OwnStep, ...] = ("contact", "delivery", "payment")


@dataclass(frozen=True, slots=True)
class CartLine:
    """A line of a cart as the customer left it."""

    id: UUID
    variant_id: UUID
    quantity: int
    shown_price: Money
    """Unit price when the line was last shown or changed; a different one at checkout is told, not charged."""
    kind: str = ""
    """The kind of its product when it was put in, so that plugins need not ask about carts without theirs."""


@dataclass(frozen=True, slots=True)
class CheckoutField:
    """Something a plugin asks at checkout. The answer is kept in the cart, then with the order."""

    code: str
    """``<plugin>.<name>``."""
    label: str
    kind: Literal["text", "long_text", "date", "choice", "checkbox"] = "text"
    required: bool = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """(value, label) of each, for a ``choice``."""
    earliest: date | None = None
    latest: date | None = None
    """Both for a ``date``; each may be answered itself."""


@dataclass(frozen=True, slots=True)
class CheckoutStep:
    """A page of its own on the way through checkout, asking ``fields``. It is left out while it has none."""

    code: str
    """``<plugin>.<name>``."""
    title: str
    fields: tuple[CheckoutField, ...]
    before: Literal["delivery", "payment"] = "payment"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart: what the customer chose and typed so far. Frozen: plugins get copies."""

    id: UUID
    currency: str
    lines: tuple[CartLine, ...]
    email: str = ""
    customer_id: UUID | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    shipping_code: str = ""
    payment_method: str = ""
    payment_data: Mapping[str, str] = field(default_factory=dict)
    """What the chosen way to pay asked the customer."""
    status: Literal["open", "placed"] = "open"
    note: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Answers to checkout fields by code: a date as ``2026-12-24``, a checkbox as ``yes``."""
    marks: frozenset[str] = frozenset()
    """What plugins keep about the cart, see ``mark``."""
    market: str = ""
    """Code of the market it is in; empty in a store without markets."""
    version: int = 1


@dataclass(frozen=True, slots=True)
class ShippingRate:
    """One way to ship a cart, with its price. ``code`` is ``<plugin>.<name>``."""

    code: str
    label: str
    price: Money
    detail: str = ""
    tax_category: str = "shipping"


@dataclass(frozen=True, slots=True)
class LineTotals:
    """A line with its money: ``total = unit_price × quantity − discount``; tax is in it or on top (see ``Totals``)."""

    line_id: UUID
    variant: VariantInfo
    quantity: int
    unit_price: Money
    discount: Money
    tax: Money
    provenance: tuple[Provenance, ...] = ()
    details: tuple[str, ...] = ()
    """What else belongs to it, in the customer's words; added in ``cart_process`` and kept with the order."""

    @property
    def total(self) -> Money:
        return self.unit_price * self.quantity - self.discount


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One rate on one base: ``amount = round(base × rate)``. ``rate_ppm`` is in millionths."""

    label: str
    rate_ppm: int
    base: Money
    amount: Money
    detail: str = ""
    plugin: str = ""
    """Who computed it; filled in by the engine."""


@dataclass(frozen=True, slots=True)
class TaxResult:
    """The taxes of a cart: exact to the minor unit, Σ lines + shipping + Σ fees = Σ tax lines."""

    included: bool
    by_line: Mapping[UUID, Money]
    """By cart line id."""
    on_shipping: Money
    lines: tuple[TaxLine, ...]
    by_fee: Mapping[str, Money] = field(default_factory=dict)
    """By code of the fee."""


@dataclass(frozen=True, slots=True)
class Fee:
    """An extra charge, like gift wrapping. ``code`` is ``<plugin>.<name>``, once in a cart."""

    code: str
    label: str
    amount: Money
    tax_category: str = "standard"
    taxable: bool = True
    tax: Money | None = None
    """Filled in by the engine."""


@dataclass(frozen=True, slots=True)
class StoredValue:
    """Money that a customer has with the store already: a gift card, credit. ``code`` is ``<plugin>.<id>``."""

    code: str
    label: str
    available: Money


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """What became of a code that a plugin knows, see ``cart_code``."""

    code: str
    """``<plugin>.<id>`` of what is in the cart now, as ``cart_codes`` gives it."""
    message: str
    """For the customer: that it is in the cart, or why it is refused."""
    is_accepted: bool = True
    reason: str = ""
    """Of a refusal, for programs, like ``coupon_used_up``."""


@dataclass(frozen=True, slots=True)
class EnteredCode:
    """A code in a cart. ``code`` is ``<plugin>.<id>``, and what it is taken out by."""

    code: str
    label: str
    detail: str = ""
    """What it gives, in a few words."""
    problem: str = ""
    """Why it does not apply now, for the customer."""


@dataclass(frozen=True, slots=True)
class CartCodes:
    """What a plugin has in a cart's field for codes."""

    name: str = ""
    """What customers can enter, as it is written within a sentence: ``gift card``; empty while the plugin takes none."""
    entered: tuple[EnteredCode, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """What a cart costs and why. Each stage of the pipeline gives a new one.

    ``total = Σ line totals + shipping + Σ fees + tax (when not included)``.
    """

    currency: str
    lines: tuple[LineTotals, ...]
    shipping_rate: ShippingRate | None = None
    fees: tuple[Fee, ...] = ()
    tax_lines: tuple[TaxLine, ...] = ()
    tax_included: bool = True
    shipping_tax: Money | None = None
    provenance: tuple[Provenance, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    """What a plugin keeps for later stages, for the cart's page and for ``order_placing``, under its name."""

    @property
    def subtotal(self) -> Money:
        """Σ unit price × quantity."""
        return sum((line.unit_price * line.quantity for line in self.lines), Money.zero(self.currency))

    @property
    def discount(self) -> Money:
        return sum((line.discount for line in self.lines), Money.zero(self.currency))

    @property
    def shipping(self) -> Money:
        return self.shipping_rate.price if self.shipping_rate else Money.zero(self.currency)

    @property
    def fee_total(self) -> Money:
        return sum((fee.amount for fee in self.fees), Money.zero(self.currency))

    @property
    def tax(self) -> Money:
        return sum((line.amount for line in self.tax_lines), Money.zero(self.currency))

    @property
    def total(self) -> Money:
        net = self.subtotal - self.discount + self.shipping + self.fee_total
        return net if self.tax_included else net + self.tax


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with its money; ``left`` is given when fewer are left than wanted."""

    id: UUID
    variant_id: UUID
    sku: str
    title: str
    variant_title: str
    product_handle: str
    picture: Picture | None
    quantity: int
    unit_price: Money
    shown_price: Money
    discount: Money
    total: Money
    left: int | None
    provenance: tuple[Provenance, ...]
    kind: str = ""
    details: tuple[str, ...] = ()
    note: str = ""
    """That some or all of it is delivered later, and when, in the customer's words."""


@dataclass(frozen=True, slots=True)
class CartView:
    """A cart with everything its page shows."""

    id: UUID
    status: str
    version: int
    currency: str
    market: str
    email: str
    shipping_address: Address | None
    billing_address: Address | None
    shipping_code: str
    payment_method: str
    note: str
    attributes: Mapping[str, str]
    lines: tuple[LineView, ...]
    quantity: int
    subtotal: Money
    discount: Money
    shipping: Money | None
    """None until a way to ship is chosen."""
    shipping_label: str
    fees: tuple[Fee, ...]
    tax: Money
    tax_included: bool
    tax_lines: tuple[TaxLine, ...]
    total: Money
    stored: tuple[StoredPayment, ...]
    """What is paid with stored value."""
    due: Money
    """What is left to pay: ``total`` less ``stored``."""
    needs_shipping: bool
    shipping_rates: tuple[ShippingRate, ...]
    missing: tuple[UUID, ...]
    """Lines whose product is no longer for sale."""
    provenance: tuple[Provenance, ...]
    notes: Mapping[str, str] = field(default_factory=dict)
    """What plugins noted while they computed it, each under its name."""

    @property
    def is_empty(self) -> bool:
        return not self.lines and not self.missing


async def cart(ctx: Context, cart_id: UUID) -> Cart | None:
    """Give a cart as its customer left it."""
    from shopwright_checkout.services import carts

    return await carts.read(ctx, cart_id)


async def mark(session: AsyncSession, cart_id: UUID, name: str) -> None:
    """Note in the caller's transaction that a plugin keeps something about a cart: ``name`` is ``<plugin>.<what>``.

    The mark comes with the cart, so that a plugin need not ask about carts that have none.
    """
    from shopwright_checkout.services import carts

    await carts.mark(session, cart_id, name)


async def unmark(session: AsyncSession, cart_id: UUID, name: str) -> None:
    """Take a mark off a cart in the caller's transaction."""
    from shopwright_checkout.services import carts

    await carts.unmark(session, cart_id, name)


async def show(ctx: Context, cart: Cart) -> CartView:
    """Compute what a cart costs now, also one that is not stored anywhere."""
    from shopwright_checkout.services import view

    return await view.view(ctx, cart)


async def countries(ctx: Context) -> frozenset[str]:
    """Give the countries by code where orders of the context's visitor can go."""
    from shopwright_checkout.services import markets

    return await markets.countries_of(ctx)


async def put_in(ctx: Context, variant_id: UUID, quantity: int = 1) -> Cart:
    """Put a variant into the cart of the browser that makes the request, on top of what is there.

    Raises:
        Invalid, NotFound, Conflict, Rejected: it cannot be bought, not so many, or a plugin objects.
    """
    from shopwright_checkout.services import visitor_cart

    return (await visitor_cart.put(ctx, variant_id, quantity)).cart


def take_up(ctx: Context, cart_id: UUID) -> None:
    """Let the browser that makes the request go on with a cart; the caller has made sure whose it is."""
    from shopwright_checkout.services import visitor_cart

    visitor_cart.take_up(ctx, cart_id)
