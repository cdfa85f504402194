# SPDX-License-Identifier: Apache-2.0
"""Requests for approval as they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.i18n import translatable
from shopwright.money import Money
from shopwright_approvals.services import limits
from shopwright_customers import api as customers

VIEW = "approvals.request.view"
Status = Literal["pending", "approved", "declined", "lapsed", "withdrawn", "ordered"]
_COLUMNS = """
id, company_id, company, cart_id, customer_id, buyer, note, status, decided_by, decider, reason, order_id,
created_at, decided_at, total, currency, lines::text AS lines
"""
_ONE = f"SELECT {_COLUMNS} FROM approvals_request WHERE id = $1"
_OF_CART = (
    f"SELECT {_COLUMNS}, fingerprint FROM approvals_request WHERE cart_id = $1 ORDER BY id DESC LIMIT 1"
)
_OWN = f"SELECT {_COLUMNS} FROM approvals_request WHERE customer_id = $1 ORDER BY id DESC LIMIT 100"
_OF_COMPANY = f"""
SELECT {_COLUMNS} FROM approvals_request
WHERE company_id = $1 AND customer_id <> $2 ORDER BY status <> 'pending', id DESC LIMIT 100
"""
_PAGE = f"""
SELECT {_COLUMNS} FROM approvals_request
WHERE ($1::uuid IS NULL OR id < $1) AND ($2::text = '' OR status = $2) ORDER BY id DESC LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A line of the cart as it was when approval was asked for."""

    title: str
    variant_title: str
    sku: str
    quantity: int
    total: Money


@dataclass(frozen=True, slots=True)
class Request:
    """A cart that somebody asks to be approved, and what came of it."""

    id: UUID
    company_id: UUID
    company: str
    cart_id: UUID
    customer_id: UUID
    buyer: str
    note: str
    status: Status
    decided_by: UUID | None
    decider: str
    reason: str
    order_id: UUID | None
    created_at: datetime
    decided_at: datetime | None
    total: Money
    lines: tuple[RequestLine, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """A request with what who looks at it may do."""

    request: Request
    is_own: bool
    may_decide: bool


async def by_id(ctx: Context, request_id: UUID) -> Request | None:
    rows = await ctx.fetch_rows(_ONE, request_id)
    return _request(rows[0]) if rows else None


async def of_cart(ctx: Context, cart_id: UUID) -> tuple[Request, str] | None:
    """Give the latest request for a cart, with the fingerprint of the cart it was made for."""
    rows = await ctx.fetch_rows(_OF_CART, cart_id)
    return (_request(rows[0]), rows[0]["fingerprint"]) if rows else None


async def own(ctx: Context, customer_id: UUID) -> list[Request]:
    """Give what a customer asked for, the latest first."""
    return [_request(row) for row in await ctx.fetch_rows(_OWN, customer_id)]


async def to_decide(ctx: Context, customer_id: UUID) -> list[Request]:
    """Give the requests of a customer's company that they may decide, those that wait first."""
    company = await customers.company_of(ctx, customer_id)
    if company is None or company.role == "buyer":
        return []
    found = [_request(row) for row in await ctx.fetch_rows(_OF_COMPANY, company.id, customer_id)]
    return [request for request in found if await limits.may_decide(ctx, company, request.total)]


async def access(ctx: Context, request_id: UUID) -> Access:
    """Give a request to whom it concerns: who made it, and who may decide it.

    Raises:
        NotFound: there is none, or it is none of theirs.
    """
    request = await by_id(ctx, request_id)
    if request is not None and ctx.actor.id is not None:
        if request.customer_id == ctx.actor.id:
            return Access(request, is_own=True, may_decide=False)
        company = await customers.company_of(ctx, ctx.actor.id)
        is_theirs = company is not None and company.id == request.company_id
        if is_theirs and company is not None and await limits.may_decide(ctx, company, request.total):
            return Access(request, is_own=False, may_decide=request.status == "pending")
    raise NotFound(translatable("There is no such request."), code="approval_request_not_found")


async def listing(
    ctx: Context, *, status: str = "", after: UUID | None = None, limit: int = 50
) -> Sequence[Request]:
    """Give the store's requests, the latest first."""
    return [_request(row) for row in await ctx.fetch_rows(_PAGE, after, status, limit)]


def _request(row: Any) -> Request:
    values = {name: row[name] for name in Request.__slots__ if name not in {"total", "lines"}}
    currency = row["currency"]
    lines = tuple(
        RequestLine(**{**line, "total": Money(line["total"], currency)})
        for line in orjson.loads(row["lines"])
    )
    return Request(**values, total=Money(row["total"], currency), lines=lines)
