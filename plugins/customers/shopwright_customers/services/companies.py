# SPDX-License-Identifier: Apache-2.0
"""Companies: their tax id, and the customers who buy for them, each with a role and an approval limit."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.auth.email import searchable_email
from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright_customers.api import BuyerInfo, BuyerRole, CompanyInfo
from shopwright_customers.services import tax_ids

VIEW, EDIT = "customers.company.view", "customers.company.edit"
KIND = "customers.company"
"""The kind of subject of the audit log."""
_ALL = """
SELECT c.id, c.name, c.country, c.tax_id, c.version, (SELECT count(*) FROM customers_buyer b
    WHERE b.store_id = c.store_id AND b.company_id = c.id) AS buyers
FROM customers_company c WHERE ($1::uuid IS NULL OR c.id = $1) ORDER BY c.name, c.id LIMIT 1000
"""
_BUYERS = """
SELECT c.id, c.email::text, c.name, b.role, b.approval_limit FROM customers_buyer b
JOIN customers_customer c ON c.store_id = b.store_id AND c.id = b.customer_id
WHERE b.company_id = $1 ORDER BY c.email
"""
_ACTIVE = """
SELECT c.id, c.email::text, c.name, c.locale, b.role, b.approval_limit FROM customers_buyer b
JOIN customers_customer c ON c.store_id = b.store_id AND c.id = b.customer_id
WHERE b.company_id = $1 AND c.disabled_at IS NULL ORDER BY c.email
"""
_OF = """
SELECT c.id, c.name, c.country, c.tax_id, b.role, b.approval_limit FROM customers_buyer b
JOIN customers_company c ON c.store_id = b.store_id AND c.id = b.company_id WHERE b.customer_id = $1
"""
_INSERT = text("""
INSERT INTO customers_company (store_id, id, name, country, tax_id) VALUES (:store_id, :id, :name, :country, :tax_id)
""")
_LOCK = text("SELECT version FROM customers_company WHERE id = :id FOR UPDATE")
_UPDATE = text("""
UPDATE customers_company SET name = :name, country = :country, tax_id = :tax_id, version = version + 1 WHERE id = :id
""")
_DELETE = text("DELETE FROM customers_company WHERE id = :id")
_BY_EMAIL = text("SELECT id FROM customers_customer WHERE email = CAST(:email AS citext)")
PUT_BUYER = text("""
INSERT INTO customers_buyer AS b (store_id, customer_id, company_id, role, approval_limit)
VALUES (:store_id, :customer_id, :company_id, :role, :approval_limit)
ON CONFLICT (store_id, customer_id) DO UPDATE SET role = excluded.role, approval_limit = excluded.approval_limit
WHERE b.company_id = excluded.company_id RETURNING customer_id
""")
_DROP = text(
    "DELETE FROM customers_buyer WHERE company_id = :company_id AND customer_id = :id RETURNING customer_id"
)


@dataclass(frozen=True, slots=True)
class SavedCompany:
    """A company with the version to change it by, and how many buy for it."""

    id: UUID
    name: str
    country: str
    tax_id: str
    version: int
    buyers: int


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer who buys for a company; without a limit nobody need approve."""

    customer_id: UUID
    email: str
    name: str
    role: BuyerRole
    approval_limit: int | None


async def saved(ctx: Context) -> list[SavedCompany]:
    """Give the companies by name, the first 1,000."""
    return [SavedCompany(*row) for row in await ctx.fetch_rows(_ALL, None)]


async def get(ctx: Context, company_id: UUID) -> SavedCompany:
    """Give one company.

    Raises:
        NotFound: there is no such company in this store.
    """
    rows = await ctx.fetch_rows(_ALL, company_id)
    if not rows:
        raise _missing()
    return SavedCompany(*rows[0])


async def buyers(ctx: Context, company_id: UUID) -> list[Buyer]:
    return [Buyer(*row) for row in await ctx.fetch_rows(_BUYERS, company_id)]


async def active_buyers(ctx: Context, company_id: UUID) -> tuple[BuyerInfo, ...]:
    return tuple(BuyerInfo(*row) for row in await ctx.fetch_rows(_ACTIVE, company_id))


async def of_customer(ctx: Context, customer_id: UUID) -> CompanyInfo | None:
    rows = await ctx.fetch_rows(_OF, customer_id)
    return CompanyInfo(*rows[0]) if rows else None


async def create(ctx: Context, *, name: str, country: str, tax_id: str) -> UUID:
    """Add a company.

    Raises:
        Invalid: the tax id does not fit the country.
    """
    ctx.require(EDIT)
    company_id = new_id()
    values = {"id": company_id, "name": name, "country": country, "tax_id": tax_ids.clean(tax_id, country)}

    async def work(session: AsyncSession) -> None:
        await session.execute(_INSERT, {**values, "store_id": ctx.store.id})
        await ctx.audit(session, "customers.company_created", subject=(KIND, company_id))

    await ctx.run(work)
    return company_id


async def update(
    ctx: Context, company_id: UUID, version: int, *, name: str, country: str, tax_id: str
) -> None:
    """Change a company.

    Raises:
        Invalid: the tax id does not fit the country.
        NotFound, Conflict: it is gone, or somebody else changed it meanwhile.
    """
    ctx.require(EDIT)
    values = {"id": company_id, "name": name, "country": country, "tax_id": tax_ids.clean(tax_id, country)}

    async def work(session: AsyncSession) -> None:
        await _lock(session, company_id, version)
        await session.execute(_UPDATE, values)
        await ctx.audit(session, "customers.company_changed", subject=(KIND, company_id))

    await ctx.run(work)


async def delete(ctx: Context, company_id: UUID, version: int) -> None:
    """Remove a company; its buyers stay customers.

    Raises:
        NotFound, Conflict: it is gone, or somebody else changed it meanwhile.
    """
    ctx.require(EDIT)

    async def work(session: AsyncSession) -> None:
        await _lock(session, company_id, version)
        await session.execute(_DELETE, {"id": company_id})
        await ctx.audit(session, "customers.company_removed", subject=(KIND, company_id))

    await ctx.run(work)


async def put_buyer(
    ctx: Context, company_id: UUID, *, email: str, role: BuyerRole, approval_limit: int | None
) -> None:
    """Let a customer buy for a company, or change their role and limit (minor units of the store's currency).

    Raises:
        NotFound: there is no such company in this store.
        Invalid: nobody has an account with this address, or they buy for another company.
    """
    ctx.require(EDIT)

    async def work(session: AsyncSession) -> None:
        await _lock(session, company_id, None)
        customer_id = await session.scalar(_BY_EMAIL, {"email": searchable_email(email)})
        if customer_id is None:
            raise _refused("no_account", translatable("Nobody has an account with this address."))
        values = {
            "store_id": ctx.store.id, "customer_id": customer_id, "company_id": company_id, "role": role,
            "approval_limit": approval_limit,
        }  # fmt: skip
        if (await session.execute(PUT_BUYER, values)).one_or_none() is None:
            raise _refused("other_company", translatable("This customer buys for another company."))
        data = {"customer": str(customer_id), "role": role}
        await ctx.audit(session, "customers.buyer_set", subject=(KIND, company_id), data=data)

    await ctx.run(work)


async def drop_buyer(ctx: Context, company_id: UUID, customer_id: UUID) -> None:
    """Let a customer buy for a company no more.

    Raises:
        NotFound: they do not buy for it.
    """
    ctx.require(EDIT)

    async def work(session: AsyncSession) -> None:
        values = {"company_id": company_id, "id": customer_id}
        if (await session.execute(_DROP, values)).one_or_none() is None:
            raise NotFound(translatable("This customer does not buy for this company."))
        data = {"customer": str(customer_id)}
        await ctx.audit(session, "customers.buyer_removed", subject=(KIND, company_id), data=data)

    await ctx.run(work)


async def _lock(session: AsyncSession, company_id: UUID, version: int | None) -> None:
    row = (await session.execute(_LOCK, {"id": company_id})).one_or_none()
    if row is None:
        raise _missing()
    if version is not None and row.version != version:
        message = translatable("Somebody else changed this meanwhile. Look at it again, then save.")
        raise Conflict(message, code="version_conflict", extra={"version": row.version})


def _refused(code: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError("/email", code, message)])


def _missing() -> NotFound:
    return NotFound(translatable("There is no such company."))
