# SPDX-License-Identifier: Apache-2.0
"""Accounts: making one, signing in and out. The answers for known and unknown addresses are the same."""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.auth.email import clean_email
from shopwright.auth.passwords import require_acceptable
from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.ids import new_id
from shopwright_customers.api import CustomerInfo
from shopwright_customers.hookspecs import CustomerRegistered, customer_registered, customer_validate

REALM = "customers"
_COLUMNS = "id, email::text AS email, name, locale, created_at, disabled_at"
_BY_EMAIL = f"SELECT {_COLUMNS}, password_hash FROM customers_customer WHERE email = $1::text::citext"
_BY_ID = f"SELECT {_COLUMNS} FROM customers_customer WHERE id = $1"
_LIST = f"""
SELECT {_COLUMNS} FROM customers_customer
WHERE $1 = '' OR email::text ILIKE '%' || $1 || '%' OR name ILIKE '%' || $1 || '%'
ORDER BY created_at DESC, id DESC LIMIT 100
"""
_INSERT = text("""
INSERT INTO customers_customer (store_id, id, email, name, password_hash, locale, created_at, updated_at)
VALUES (:store_id, :id, :email, :name, :password_hash, :locale, :now, :now)
""")


async def register(ctx: Context, email: str, password: str, name: str) -> CustomerInfo:
    """Make an account and sign its owner in.

    Raises:
        Invalid: names the field; an address that has an account is told so only here, where its owner types it.
        Rejected: a plugin objects.
    """
    cleaned = clean_email(email, pointer="/email")
    require_acceptable(password, email=cleaned, pointer="/password")
    await ctx.hooks.veto(customer_validate, email=cleaned, name=name)
    customer_id = new_id()
    values = {
        "store_id": ctx.store.id, "id": customer_id, "email": cleaned, "name": name.strip(), "locale": ctx.locale,
        "password_hash": await ctx.kernel.auth.passwords.hash(password), "now": ctx.clock.now(),
    }  # fmt: skip

    async def work(session: AsyncSession) -> None:
        await session.execute(_INSERT, values)
        event = CustomerRegistered(customer_id)
        await ctx.hooks.emit(
            session, customer_registered, event, aggregate=("customers.customer", customer_id)
        )

    try:
        await ctx.run(work)
    except IntegrityError:
        message = ctx.gettext("This address has an account already. Please sign in.")
        raise Invalid(message, errors=[FieldError("/email", "taken", message)]) from None
    _enter(ctx, customer_id)
    found = await by_id(ctx, customer_id)
    assert found is not None
    return found


async def sign_in(ctx: Context, email: str, password: str) -> Literal["ok", "refused", "throttled"]:
    """Sign a customer in; wrong and unknown take the same work and give the same answer."""
    address = ctx.visit.remote if ctx.visit else ""
    throttle = ctx.kernel.auth.throttle
    attempt = await throttle.attempt(REALM, email, address=address, store_id=ctx.store.id)
    if not attempt.allowed:
        return "throttled"
    rows = await ctx.fetch_rows(_BY_EMAIL, email.strip())
    row: Any = rows[0] if rows else None
    matches = await ctx.kernel.auth.passwords.verify(password, row["password_hash"] if row else None)
    if not matches or row is None or row["disabled_at"] is not None:
        return "refused"
    await throttle.succeeded(REALM, email, store_id=ctx.store.id)
    _enter(ctx, row["id"])
    return "ok"


def sign_out(ctx: Context) -> None:
    assert ctx.visit is not None
    ctx.visit.session.customer_id = None
    ctx.visit.session.changed = True
    ctx.visit.session.rotate = True


async def by_id(ctx: Context, customer_id: UUID) -> CustomerInfo | None:
    rows = await ctx.fetch_rows(_BY_ID, customer_id)
    return _info(rows[0]) if rows else None


async def search(ctx: Context, words: str) -> list[CustomerInfo]:
    """Give up to a hundred customers, newest first."""
    return [_info(row) for row in await ctx.fetch_rows(_LIST, words.strip())]


def _enter(ctx: Context, customer_id: UUID) -> None:
    assert ctx.visit is not None
    ctx.visit.session.customer_id = customer_id
    ctx.visit.session.changed = True
    ctx.visit.session.rotate = True


def _info(row: Any) -> CustomerInfo:
    return CustomerInfo(
        row["id"], row["email"], row["name"], row["locale"], row["created_at"], row["disabled_at"]
    )
