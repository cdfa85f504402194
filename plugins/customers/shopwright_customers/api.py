# SPDX-License-Identifier: Apache-2.0
"""Customers as other plugins see them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

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
