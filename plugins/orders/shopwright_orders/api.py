# SPDX-License-Identifier: Apache-2.0
"""Orders and payments as other plugins see them, and the interface of a payment provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict
from shopwright.money import Money, Provenance

OrderStatus = Literal["pending", "confirmed", "completed", "cancelled"]
PaymentStatus = Literal[
    "pending", "authorized", "paid", "declined", "unknown", "voided", "refunded", "offline"
]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a customer lives or wants the parcel. ``country`` is ISO 3166-1 alpha-2."""

    name: str
    line1: str
    city: str
    country: str
    postal_code: str = ""
    line2: str = ""
    region: str = ""
    company: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class OrderLineInput:
    """A line as it is charged; a snapshot that never changes when the product does.

    ``total = unit_price × quantity − discount``; ``tax`` is in it when prices include tax, on top otherwise.
    """

    variant_id: UUID
    product_id: UUID
    sku: str
    title: str
    variant_title: str
    quantity: int
    unit_price: Money
    discount: Money
    tax: Money
    total: Money
    requires_shipping: bool
    picture_src: str = ""
    provenance: tuple[Provenance, ...] = ()
    kind: str = ""
    """The kind of the product, like ``catalog.digital``."""
    details: tuple[str, ...] = ()
    """What else belongs to it, like the components of a bundle, in the customer's words."""
    stocked: bool = True
    """Whether it, or what it is made of, was taken from stock."""


@dataclass(frozen=True, slots=True)
class TaxLineInput:
    """One rate on one base: ``amount = round(base × rate)``. ``rate`` is in millionths (19 % = 190000)."""

    label: str
    rate_ppm: int
    base: Money
    amount: Money
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class FeeLineInput:
    """An extra charge; ``tax`` is in it when prices include tax, on top otherwise."""

    code: str
    label: str
    amount: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class StoredPayment:
    """A part of an order that is paid with stored value; ``method`` is ``<plugin>.<id>``, once in an order.

    Its plugin holds the amount in the transaction that writes the order.
    """

    method: str
    label: str
    amount: Money


@dataclass(frozen=True, slots=True)
class OrderAttribute:
    """An answer the customer gave at checkout, as it was asked; ``code`` is ``<plugin>.<name>``."""

    code: str
    label: str
    value: str
    shown: str
    """The value in the customer's words: the label of a choice, a date in the customer's language."""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """Everything a placed order keeps. ``total = Σ line totals + shipping + fees + tax (if exclusive)``.

    The caller chooses ``id``, so that stock can be reserved for the order before it is written.
    """

    id: UUID
    cart_id: UUID
    customer_id: UUID | None
    email: str
    locale: str
    currency: str
    prices_include_tax: bool
    shipping_address: Address
    billing_address: Address
    lines: tuple[OrderLineInput, ...]
    tax_lines: tuple[TaxLineInput, ...]
    fee_lines: tuple[FeeLineInput, ...]
    shipping_code: str
    shipping_label: str
    subtotal: Money
    discount: Money
    shipping: Money
    shipping_tax: Money
    fees: Money
    tax: Money
    total: Money
    payment_method: str
    provenance: tuple[Provenance, ...] = ()
    note: str = ""
    attributes: tuple[OrderAttribute, ...] = ()
    stored: tuple[StoredPayment, ...] = ()
    market: str = ""

    @property
    def due(self) -> Money:
        """What is left for ``payment_method``."""
        return self.total - sum((part.amount for part in self.stored), Money.zero(self.currency))


class AlreadyPlaced(Conflict):
    """The cart has become an order already."""

    code: ClassVar[str] = "already_placed"
    title: ClassVar[str] = "This cart has been ordered already"


@dataclass(frozen=True, slots=True)
class CreatedOrder:
    """A new order in status ``pending`` with its payment row in status ``pending``."""

    id: UUID
    number: str
    payment_id: UUID
    access_token: str
    """Secret that lets a guest see this order: part of the confirmation page's address."""
    payment_key: str
    """Idempotency key for the provider, made with the payment row: a restarted process uses the same."""


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a provider is asked to do. ``idempotency_key`` must reach the provider unchanged."""

    order_id: UUID
    order_number: str
    payment_id: UUID
    amount: Money
    email: str
    idempotency_key: str
    return_url: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """What came of it. ``unknown`` is an answer: the outcome is resolved later by ``fetch``."""

    status: Literal["authorized", "paid", "declined", "unknown", "offline"]
    reference: str = ""
    """The provider's id of the payment; unique per provider and store."""
    message: str = ""
    """For the customer, when declined."""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PaymentField:
    """Something a way to pay asks the customer: one of ``choices`` as (value, label), or free text when empty."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()


class PaymentMethod(Protocol):
    """A way to pay, registered by ``payment_providers``. Network calls happen outside any transaction.

    ``authorize`` may raise anything or time out: the payment is then ``unknown`` until ``fetch`` tells.
    """

    code: str
    """``<plugin>.<name>``."""

    def label(self, ctx: Context) -> str: ...

    def description(self, ctx: Context) -> str: ...

    def fields(self, ctx: Context) -> Sequence[PaymentField]: ...

    async def is_available(self, ctx: Context, amount: Money) -> bool: ...

    async def authorize(self, ctx: Context, request: PaymentRequest) -> PaymentResult: ...

    async def fetch(self, ctx: Context, request: PaymentRequest) -> PaymentResult:
        """Ask the provider what became of a payment, by its idempotency key or reference."""
        ...


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """An order in a list."""

    id: UUID
    number: str
    placed_at: datetime
    email: str
    status: OrderStatus
    payment_status: PaymentStatus
    total: Money


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with everything its pages show; ``due`` was or is paid by ``payment_method``."""

    id: UUID
    number: str
    placed_at: datetime
    status: OrderStatus
    payment_status: PaymentStatus
    email: str
    customer_id: UUID | None
    locale: str
    prices_include_tax: bool
    shipping_address: Address
    billing_address: Address
    lines: tuple[OrderLineInput, ...]
    tax_lines: tuple[TaxLineInput, ...]
    fee_lines: tuple[FeeLineInput, ...]
    shipping_label: str
    subtotal: Money
    discount: Money
    shipping: Money
    fees: Money
    tax: Money
    total: Money
    payment_method: str
    payment_message: str
    provenance: tuple[Provenance, ...]
    history: tuple["HistoryEntry", ...]
    version: int
    note: str = ""
    attributes: tuple[OrderAttribute, ...] = ()
    stored: tuple[StoredPayment, ...] = ()
    due: Money | None = None
    market: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step in an order's life."""

    at: datetime
    kind: str
    text: str
    actor: str
    plugin: str


async def create_order(ctx: Context, session: AsyncSession, order: NewOrder) -> CreatedOrder:
    """Write an order ``pending`` with lines, taxes, number and a payment row, in the caller's transaction.

    Raises:
        AlreadyPlaced: the cart has an order already (unique per store and cart).
    """
    from shopwright_orders.services import create_order as service

    return await service.create(ctx, session, order)


async def record_payment(
    ctx: Context, session: AsyncSession, *, payment_id: UUID, result: PaymentResult
) -> Literal["confirmed", "cancelled", "waiting"]:
    """Record a provider's answer under row locks and move the order on; repeating an answer changes nothing.

    ``authorized``, ``paid``, ``offline`` confirm the order, ``declined`` cancels it, ``unknown`` leaves it waiting.
    """
    from shopwright_orders.services import record_payment as service

    return await service.record(ctx, session, payment_id=payment_id, result=result)


async def refund_stored(
    ctx: Context, session: AsyncSession, *, order_id: UUID, method: str, amount: int, note: str = ""
) -> None:
    """Record under a row lock that a part paid with stored value is given back; its plugin gives the value itself.

    Raises:
        NotFound: nothing was paid with that method.
        Invalid: more than was captured and is not refunded yet.
    """
    from shopwright_orders.services import stored_payments

    await stored_payments.refund_stored(ctx, session, order_id, method, amount, note)


async def unresolved_payments(ctx: Context, *, older_than: datetime, limit: int = 100) -> Sequence[UUID]:
    """Give order ids whose payment is ``pending`` or ``unknown`` since before a moment."""
    from shopwright_orders.services import read_orders

    return await read_orders.unresolved(ctx, older_than=older_than, limit=limit)


@dataclass(frozen=True, slots=True)
class PendingPayment:
    """What is needed to go on with a payment after a crash or an unknown outcome."""

    order_id: UUID
    order_number: str
    payment_id: UUID
    method: str
    status: PaymentStatus
    amount: Money
    email: str
    idempotency_key: str


async def pending_payment(ctx: Context, order_id: UUID) -> PendingPayment | None:
    """Give an order's unresolved payment, or None when it is settled."""
    from shopwright_orders.services import read_orders

    return await read_orders.pending_payment(ctx, order_id)


async def order_of_cart(ctx: Context, cart_id: UUID) -> "PlacedOrder | None":
    """Give the order a cart became, if it did."""
    from shopwright_orders.services import read_orders

    return await read_orders.of_cart(ctx, cart_id)


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order by what a client needs to show it."""

    id: UUID
    number: str
    status: OrderStatus
    payment_status: PaymentStatus
    payment_message: str
    access_token: str
    total: Money


async def order(ctx: Context, order_id: UUID) -> OrderView | None:
    """Give one order of this store."""
    from shopwright_orders.services import read_orders

    return await read_orders.view(ctx, order_id)


async def order_for_guest(ctx: Context, order_id: UUID, access_token: str) -> OrderView | None:
    """Give one order to whoever holds its access token; None when the token is wrong."""
    from shopwright_orders.services import read_orders

    return await read_orders.view_for_guest(ctx, order_id, access_token)


async def has_ordered(ctx: Context, customer_id: UUID | None, email: str) -> bool:
    """Tell whether an account or an e-mail address has an order that was not cancelled."""
    from shopwright_orders.services import read_orders

    return await read_orders.has_ordered(ctx, customer_id, email)


async def orders_of_customer(ctx: Context, customer_id: UUID, *, limit: int = 50) -> Sequence[OrderSummary]:
    """Give a customer's orders, newest first."""
    from shopwright_orders.services import read_orders

    return await read_orders.of_customer(ctx, customer_id, limit=limit)
