# SPDX-License-Identifier: Apache-2.0
"""Accounts: making one, signing in and out. The answers for known and unknown addresses are the same."""

from collections.abc import Sequence
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
from shopwright_customers.services import consent, records
from shopwright_customers.services.records import REALM

_COLUMNS = (
    "id, email::text AS email, name, locale, created_at, disabled_at, email_confirmed_at, erasure_asked_at"
)
_BY_ID = f"SELECT {_COLUMNS} FROM customers_customer WHERE id = $1"
_BY_IDS = f"SELECT {_COLUMNS} FROM customers_customer WHERE id = ANY($1) ORDER BY id DESC"
_PAGE = f"""
SELECT {_COLUMNS} FROM customers_customer c
WHERE ($1 = '' OR email::text ILIKE $1 OR name ILIKE $1)
    AND CASE $2 WHEN 'disabled' THEN disabled_at IS NOT NULL WHEN 'active' THEN disabled_at IS NULL
        WHEN 'erasure' THEN erasure_asked_at IS NOT NULL ELSE true END
    AND ($3::uuid IS NULL OR id < $3)
    AND ($5 = '' OR EXISTS (SELECT 1 FROM customers_membership m
        JOIN customers_group g ON g.store_id = m.store_id AND g.id = m.group_id
        WHERE m.store_id = c.store_id AND m.customer_id = c.id AND g.code = $5))
    AND ($6::text = '' OR EXISTS (SELECT 1 FROM customers_tag t
        WHERE t.store_id = c.store_id AND t.customer_id = c.id AND t.tag = $6::text::citext))
ORDER BY id DESC LIMIT $4
"""
_INSERT = text("""
INSERT INTO customers_customer (store_id, id, email, name, password_hash, locale, created_at, updated_at)
VALUES (:store_id, :id, :email, :name, :password_hash, :locale, :now, :now)
""")
_REHASH = text("UPDATE customers_customer SET password_hash = :hash WHERE id = :id")

Status = Literal["", "active", "disabled", "erasure"]


async def register(
    ctx: Context, email: str, password: str, name: str, *, marketing: bool = False
) -> CustomerInfo:
    """Make an account and sign its owner in; ``marketing`` is whether they want news and offers.

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
        if marketing:
            await consent.record(ctx, session, customer_id, given=True, source="sign-up")
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
    auth = ctx.kernel.auth
    attempt = await auth.throttle.attempt(REALM, email, address=address, store_id=ctx.store.id)
    if not attempt.allowed:
        return "throttled"
    found = await records.by_email(ctx, email)
    matches = await auth.passwords.verify(password, found.password_hash if found else None)
    if found is None or not matches or not await _is_still_good(ctx, found, password):
        return "refused"
    await auth.throttle.succeeded(REALM, email, store_id=ctx.store.id)
    _enter(ctx, found.id)
    return "ok"


def sign_out(ctx: Context) -> None:
    assert ctx.visit is not None
    ctx.visit.session.customer_id = None
    ctx.visit.session.changed = True
    ctx.visit.session.rotate = True


async def by_id(ctx: Context, customer_id: UUID) -> CustomerInfo | None:
    rows = await ctx.fetch_rows(_BY_ID, customer_id)
    return _info(rows[0]) if rows else None


async def by_ids(ctx: Context, customer_ids: Sequence[UUID]) -> list[CustomerInfo]:
    """Give customers by their ids, newest first."""
    return [_info(row) for row in await ctx.fetch_rows(_BY_IDS, list(customer_ids))] if customer_ids else []


async def page(
    ctx: Context,
    *,
    search: str = "",
    status: Status = "",
    group: str = "",
    tag: str = "",
    after: UUID | None = None,
    limit: int = 50,
) -> tuple[list[CustomerInfo], UUID | None]:
    """Give a page of customers, newest first, and where the next one begins.

    Args:
        ctx: of the store.
        search: part of an e-mail address or name.
        status: only those who can sign in, those who cannot, or those who asked to be forgotten.
        group: only those in the group with this code.
        tag: only those with this tag.
        after: the last customer of the page before.
        limit: how many.
    """
    plain = search.replace("\0", "").strip()
    for special in "\\%_":
        plain = plain.replace(special, f"\\{special}")
    pattern = f"%{plain}%" if plain else ""
    rows = await ctx.fetch_rows(_PAGE, pattern, status, after, limit + 1, group, tag)
    found = [_info(row) for row in rows[:limit]]
    return found, found[-1].id if len(rows) > limit else None


async def _is_still_good(ctx: Context, found: records.Record, password: str) -> bool:
    """Look once more, locked, whether the account opens: it may be disabled or change its password just now."""
    passwords = ctx.kernel.auth.passwords
    renewed = await passwords.hash(password) if passwords.needs_rehash(found.password_hash) else ""
    async with ctx.transaction() as session:
        record = await records.locked(session, found.id)
        if record is None or record.is_disabled or record.password_hash != found.password_hash:
            return False
        if renewed:
            await session.execute(_REHASH, {"hash": renewed, "id": found.id})
    return True


def _enter(ctx: Context, customer_id: UUID) -> None:
    assert ctx.visit is not None
    ctx.visit.session.customer_id = customer_id
    ctx.visit.session.changed = True
    ctx.visit.session.rotate = True


def _info(row: Any) -> CustomerInfo:
    return CustomerInfo(*row)
