# SPDX-License-Identifier: Apache-2.0
"""The people of a company as its managers keep them: who buys, up to what limit, and who is let go."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Forbidden, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright_customers.api import BuyerRole, CompanyInfo
from shopwright_customers.services import companies, records
from shopwright_customers.services.companies import KIND, Buyer

T = TypeVar("T")
_LOCK = text("SELECT 1 FROM customers_company WHERE id = :id FOR UPDATE")
_ONE = text(
    "SELECT role, approval_limit FROM customers_buyer WHERE company_id = :company_id AND customer_id = :id"
)
_SET = text("""
UPDATE customers_buyer SET role = :role, approval_limit = :approval_limit
WHERE company_id = :company_id AND customer_id = :id
""")
_DROP = text("DELETE FROM customers_buyer WHERE company_id = :company_id AND customer_id = :id")
_INVITED = """
SELECT id, email::text, role, approval_limit, expires_at FROM customers_invitation
WHERE company_id = $1 AND expires_at > $2 ORDER BY email
"""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody who was asked to buy for a company and has not answered."""

    id: UUID
    email: str
    role: BuyerRole
    approval_limit: int | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Team:
    """A company as one of its people sees it; only managers see who else buys for it."""

    company: CompanyInfo
    buyers: Sequence[Buyer] = ()
    invitations: Sequence[Invitation] = ()

    @property
    def is_managed(self) -> bool:
        """Tell whether who looks at it manages it."""
        return self.company.role == "manager"


@dataclass(frozen=True, slots=True)
class Manager:
    """Who changes the people of a company, with the company locked."""

    id: UUID
    company: CompanyInfo

    def require_cover(self, *limits: int | None) -> None:
        """Refuse to give or change what is above the manager's own limit.

        Raises:
            Invalid: one of the limits is; names the field.
        """
        own = self.company.approval_limit
        if own is not None and any(limit is None or limit > own for limit in limits):
            message = translatable("Nobody gives or changes a limit above their own.")
            raise Invalid(message, errors=[FieldError("/approval_limit", "above_own", message)])


async def own(ctx: Context) -> Team:
    """Give the company of the customer who acts.

    Raises:
        NotFound: they buy for none.
    """
    company = await _company(ctx, (await records.own(ctx)).id)
    if company.role != "manager":
        return Team(company)
    invited = await ctx.fetch_rows(_INVITED, company.id, ctx.clock.now())
    return Team(company, await companies.buyers(ctx, company.id), [Invitation(*row) for row in invited])


async def change(ctx: Context, customer_id: UUID, role: BuyerRole, approval_limit: int | None) -> None:
    """Give somebody of the own company another role or limit (minor units of the store's currency).

    Raises:
        NotFound, Forbidden: who acts manages no company, or nobody of this id buys for it.
        Invalid: a limit is above their own, or it is about themselves.
    """

    async def work(session: AsyncSession, manager: Manager) -> None:
        before = await _other(session, manager, customer_id)
        manager.require_cover(before, approval_limit)
        values = {"id": customer_id, "company_id": manager.company.id, "role": role}
        await session.execute(_SET, values | {"approval_limit": approval_limit})
        data = {"customer": str(customer_id), "role": role}
        await ctx.audit(session, "customers.buyer_set", subject=(KIND, manager.company.id), data=data)

    await as_manager(ctx, work)


async def let_go(ctx: Context, customer_id: UUID) -> None:
    """Let somebody buy for the own company no more; they stay a customer.

    Raises:
        NotFound, Forbidden: who acts manages no company, or nobody of this id buys for it.
        Invalid: their limit is above the manager's own, or it is about themselves.
    """

    async def work(session: AsyncSession, manager: Manager) -> None:
        manager.require_cover(await _other(session, manager, customer_id))
        await session.execute(_DROP, {"id": customer_id, "company_id": manager.company.id})
        data = {"customer": str(customer_id)}
        await ctx.audit(session, "customers.buyer_removed", subject=(KIND, manager.company.id), data=data)

    await as_manager(ctx, work)


async def as_manager(ctx: Context, work: Callable[[AsyncSession, Manager], Awaitable[T]]) -> T:
    """Run work on the own company in a transaction; its people are changed by one manager at a time.

    Raises:
        NotFound, Forbidden: who acts buys for no company, or does not manage it.
    """
    person = await records.own(ctx)
    company = await _company(ctx, person.id)

    async def locked(session: AsyncSession) -> T:
        await session.execute(_LOCK, {"id": company.id})
        row = (await session.execute(_ONE, {"id": person.id, "company_id": company.id})).one_or_none()
        if row is None or row.role != "manager":
            raise Forbidden(translatable("Only who manages the company may do this."), code="not_a_manager")
        info = CompanyInfo(
            company.id, company.name, company.country, company.tax_id, row.role, row.approval_limit
        )
        return await work(session, Manager(person.id, info))

    return await ctx.run(locked)


async def _other(session: AsyncSession, manager: Manager, customer_id: UUID) -> int | None:
    """Give the limit of somebody else of the company."""
    if customer_id == manager.id:
        message = translatable("Your own role and limit are changed by another manager.")
        raise Invalid(message, code="own_role", errors=[FieldError("/customer_id", "own_role", message)])
    values = {"id": customer_id, "company_id": manager.company.id}
    row = (await session.execute(_ONE, values)).one_or_none()
    if row is None:
        raise NotFound(translatable("This customer does not buy for this company."))
    limit: int | None = row.approval_limit
    return limit


async def _company(ctx: Context, customer_id: UUID) -> CompanyInfo:
    found = await companies.of_customer(ctx, customer_id)
    if found is None:
        raise NotFound(translatable("You buy for no company."), code="no_company")
    return found
