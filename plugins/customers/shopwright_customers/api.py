# SPDX-License-Identifier: Apache-2.0
"""Customers as other plugins see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel

from shopwright.context import Context


@dataclass(frozen=True, slots=True)
class CustomerInfo:
    """A customer of one store; the same person may have an account in another."""

    id: UUID
    email: str
    name: str
    locale: str
    created_at: datetime
    disabled_at: datetime | None
    email_confirmed_at: datetime | None = None
    """When the owner of the address followed a link sent there; None when nobody has."""
    erasure_asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AddressInfo:
    """An address a customer keeps. ``country`` is ISO 3166-1 alpha-2."""

    id: UUID
    name: str
    line1: str
    line2: str
    postal_code: str
    city: str
    region: str
    country: str
    phone: str


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """A group of customers; the one with the highest priority comes first."""

    id: UUID
    code: str
    title: str
    priority: int


BuyerRole = Literal["buyer", "approver", "manager"]


@dataclass(frozen=True, slots=True)
class CompanyInfo:
    """The company a customer buys for, with their role in it."""

    id: UUID
    name: str
    country: str
    tax_id: str
    """Checked by the rules of the country where they are known; empty when there is none."""
    role: BuyerRole
    approval_limit: int | None
    """Minor units of the store's currency; None for no limit."""


@dataclass(frozen=True, slots=True)
class BuyerInfo:
    """A customer who buys for a company and may sign in."""

    customer_id: UUID
    email: str
    name: str
    locale: str
    role: BuyerRole
    approval_limit: int | None
    """Minor units of the store's currency; None for no limit."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a segment: the code of its kind, what the kind is given, and whether it must not hold."""

    code: str
    values: Mapping[str, Any]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """Customers by rule: those for whom all or any of the conditions hold; without conditions, nobody."""

    id: UUID
    code: str
    title: str
    match: Literal["all", "any"]
    conditions: tuple[Condition, ...]


class ConditionKind(Protocol):
    """A kind of condition of segments, registered by ``customer_conditions``."""

    code: str
    """``<plugin>.<name>``."""
    values: type[BaseModel]
    """What a condition of this kind is given; staff get a field for each, labelled by its ``title``.

    An amount is whole minor units of the store's currency, with ``json_schema_extra={"money": True}``.
    """

    def label(self, ctx: Context) -> str: ...

    async def choices(self, ctx: Context) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Give the values staff can choose from, as (value, label) by the name of a field."""
        ...

    async def matching(self, ctx: Context, values: Any, customer_ids: Sequence[UUID]) -> set[UUID]:
        """Give those of the customers for whom the condition holds; asked for many at once."""
        ...


@dataclass(frozen=True, slots=True)
class Subject:
    """A person whose data is exported or erased: an account, an e-mail address, or both.

    ``email`` is empty for an account whose address nobody has confirmed: what was left under that address
    without the account may be somebody else's.
    """

    customer_id: UUID | None
    email: str


class ExportSection(Protocol):
    """A part of what a store knows of a person; ``rows`` hold what JSON can, times, dates and ids."""

    @property
    def code(self) -> str:
        """``<plugin>.<name>``."""
        ...

    @property
    def title(self) -> str: ...

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]: ...


class ErasureOutcome(Protocol):
    """What became of one kind of data of a person."""

    @property
    def code(self) -> str:
        """``<plugin>.<name>``."""
        ...

    @property
    def title(self) -> str: ...

    @property
    def action(self) -> Literal["erased", "kept"]: ...

    @property
    def number(self) -> int:
        """How many rows."""
        ...

    @property
    def reason(self) -> str:
        """Why it is kept, in words for the person; empty when erased."""
        ...


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an export, for plugins that require customers."""

    code: str
    title: str
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one kind of data, for plugins that require customers."""

    code: str
    title: str
    action: Literal["erased", "kept"]
    number: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AccountPage:
    """A page of a customer's account, added to its menu."""

    label: str
    path: str
    priority: int = 100


async def customer(ctx: Context, customer_id: UUID) -> CustomerInfo | None:
    """Give a customer of this store."""
    from shopwright_customers.services import accounts

    return await accounts.by_id(ctx, customer_id)


async def addresses(ctx: Context, customer_id: UUID) -> list[AddressInfo]:
    """Give the addresses a customer keeps."""
    from shopwright_customers.services import addresses as service

    return await service.of_customer(ctx, customer_id)


async def groups(ctx: Context) -> tuple[GroupInfo, ...]:
    """Give the store's groups, the highest priority first."""
    from shopwright_customers.services import groups as service

    return await service.all_groups(ctx)


async def groups_of(ctx: Context, customer_id: UUID) -> tuple[str, ...]:
    """Give the codes of the groups a customer is in, the highest priority first: one statement."""
    from shopwright_customers.services import groups as service

    return await service.codes_of(ctx, customer_id)


async def segments(ctx: Context) -> tuple[SegmentInfo, ...]:
    """Give the store's segments, by code."""
    from shopwright_customers.services import segments as service

    return tuple(saved.info() for saved in await service.saved(ctx))


async def customers_in(ctx: Context, segment_code: str, customer_ids: Collection[UUID]) -> frozenset[UUID]:
    """Give those of the customers who are in a segment: a statement for it and one for each condition.

    Nobody is in a segment that does not exist. A condition whose plugin is off or fails holds for nobody,
    whether it is negated or not.
    """
    from shopwright_customers.services import matching

    return await matching.customers_in(ctx, segment_code, customer_ids)


async def accepts_marketing(ctx: Context, customer_ids: Collection[UUID]) -> frozenset[UUID]:
    """Give those of the customers who want news and offers by e-mail: one statement."""
    from shopwright_customers.services import consent

    return await consent.willing(ctx, customer_ids)


async def company_of(ctx: Context, customer_id: UUID) -> CompanyInfo | None:
    """Give the company a customer buys for, if any: one statement."""
    from shopwright_customers.services import companies

    return await companies.of_customer(ctx, customer_id)


async def buyers_of(ctx: Context, company_id: UUID) -> tuple[BuyerInfo, ...]:
    """Give who buys for a company, by e-mail address: one statement."""
    from shopwright_customers.services import companies

    return await companies.active_buyers(ctx, company_id)
