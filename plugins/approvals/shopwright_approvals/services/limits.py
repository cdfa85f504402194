# SPDX-License-Identifier: Apache-2.0
"""What a buyer may order alone, and what a cart is, so that an approval is for this cart and no other."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Protocol
from uuid import UUID

from shopwright.context import Context
from shopwright.jsontext import dump
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_checkout.api import Cart
from shopwright_customers import api as customers
from shopwright_customers.api import BuyerInfo, CompanyInfo
from shopwright_orders.api import Address


class _Line(Protocol):
    @property
    def variant_id(self) -> UUID: ...

    @property
    def quantity(self) -> int: ...


class Content(Protocol):
    """A cart, or a cart with its amounts."""

    @property
    def currency(self) -> str: ...

    @property
    def lines(self) -> Sequence[_Line]: ...

    @property
    def shipping_address(self) -> Address | None: ...

    @property
    def billing_address(self) -> Address | None: ...

    @property
    def shipping_code(self) -> str: ...


def fingerprint(content: Content) -> str:
    """Give what changes with anything an approver agrees to; how it is paid is not part of it."""
    lines = sorted((str(line.variant_id), line.quantity) for line in content.lines)
    addresses = [x and asdict(x) for x in (content.shipping_address, content.billing_address)]
    parts = {
        "currency": content.currency, "lines": lines, "addresses": addresses, "ship": content.shipping_code,
    }  # fmt: skip
    return hashlib.sha256(dump(parts).encode()).hexdigest()


def buyers_of(ctx: Context, cart: Cart) -> list[UUID]:
    """Give whose cart it is: whoever made it, and who is signed in; nobody for guests."""
    signed_in = ctx.actor.id if ctx.actor.kind == "customer" else None
    return [x for x in dict.fromkeys((cart.customer_id, signed_in)) if x is not None]


async def is_above(ctx: Context, limit: int | None, total: Money) -> bool:
    """Tell whether a total is above a limit, which is in the store's currency."""
    return limit is not None and (await catalog.convert(ctx, total, ctx.store.currency)).amount > limit


async def may_decide(ctx: Context, company: CompanyInfo | BuyerInfo, total: Money) -> bool:
    """Tell whether somebody with this role and limit may approve such a total."""
    return company.role in {"approver", "manager"} and not await is_above(ctx, company.approval_limit, total)


async def approvers(ctx: Context, company_id: UUID, total: Money, *, buyer: UUID) -> list[BuyerInfo]:
    """Give who of a company may approve such a total of a buyer: others than themselves."""
    found = await customers.buyers_of(ctx, company_id)
    return [x for x in found if x.customer_id != buyer and await may_decide(ctx, x, total)]
