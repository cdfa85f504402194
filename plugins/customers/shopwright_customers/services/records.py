# SPDX-License-Identifier: Apache-2.0
"""Customers as the services of this plugin see them: with what must not leave it, and locked for a change."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.auth.email import searchable_email
from shopwright.auth.ending import end_customer_sessions
from shopwright.auth.one_time import BindingOf
from shopwright.context import Context
from shopwright.errors import NotFound, Unauthorized
from shopwright.i18n import translatable

REALM = "customers"
"""Of the throttle."""
SUBJECT = "customers.customer"
"""The kind of subject of one-time tokens and of the audit log."""
EDIT = "customers.customer.edit"
"""What staff need to change a customer."""
_COLUMNS = "id, email::text AS email, name, password_hash, disabled_at IS NOT NULL AS is_disabled"
_BY_EMAIL = f"SELECT {_COLUMNS} FROM customers_customer WHERE email = $1::text::citext"
_BY_ID = f"SELECT {_COLUMNS} FROM customers_customer WHERE id = $1"
_READ = f"SELECT {_COLUMNS} FROM customers_customer WHERE id = :id"
_LOCK = text(f"{_READ} FOR UPDATE")
_LOOK = text(_READ)


@dataclass(frozen=True, slots=True)
class Record:
    """A customer with the password's hash."""

    id: UUID
    email: str
    name: str
    password_hash: str
    is_disabled: bool

    @property
    def binding(self) -> str:
        """What links sent to this customer are bound to: they die when e-mail or password change."""
        return f"{self.email.casefold()}\0{self.password_hash}"


async def by_email(ctx: Context, email: str) -> Record | None:
    """Find a customer by whatever was typed as the e-mail address."""
    rows = await ctx.fetch_rows(_BY_EMAIL, searchable_email(email))
    return _record(rows[0]) if rows else None


async def own(ctx: Context) -> Record:
    """Give the customer who acts.

    Raises:
        Unauthorized: nobody is signed in as a customer, or the account was disabled.
    """
    if ctx.actor.kind == "customer" and ctx.actor.id is not None:
        rows = await ctx.fetch_rows(_BY_ID, ctx.actor.id)
        if rows and not rows[0]["is_disabled"]:
            return _record(rows[0])
    raise Unauthorized


async def locked(session: AsyncSession, customer_id: UUID) -> Record | None:
    """Load a customer for a change, locked."""
    row = (await session.execute(_LOCK, {"id": customer_id})).mappings().one_or_none()
    return _record(row) if row else None


async def require(session: AsyncSession, customer_id: UUID) -> Record:
    """Load a customer for a change, locked.

    Raises:
        NotFound: there is no such customer in this store.
    """
    record = await locked(session, customer_id)
    if record is None:
        raise NotFound(translatable("There is no such customer."))
    return record


async def locked_own(ctx: Context, session: AsyncSession, seen: Record) -> Record:
    """Lock the customer who acts, whose password was checked a moment ago.

    Raises:
        Unauthorized: the account was disabled or got another password meanwhile.
    """
    record = await locked(session, seen.id)
    if record is None or record.is_disabled or record.password_hash != seen.password_hash:
        raise Unauthorized
    return record


def binding_in(session: AsyncSession, *, lock: bool = True) -> BindingOf:
    """Give what looks up what links sent to a customer are bound to, and locks the customer for a change."""

    async def binding_of(customer_id: UUID) -> str | None:
        row = (await session.execute(_LOCK if lock else _LOOK, {"id": customer_id})).mappings().one_or_none()
        return _record(row).binding if row and not row["is_disabled"] else None

    return binding_of


async def end_other_sessions(ctx: Context, session: AsyncSession, customer_id: UUID) -> None:
    """End what the customer has open, but for this browser, which goes on under another session id."""
    own_session = ctx.visit.session if ctx.visit is not None else None
    is_own = own_session is not None and own_session.customer_id == customer_id
    keep = own_session.id if own_session is not None and is_own else None
    await end_customer_sessions(session, ctx.store.id, customer_id, keep=keep)
    if own_session is not None and is_own:
        own_session.rotate = own_session.changed = True


def _record(row: Any) -> Record:
    return Record(row["id"], row["email"], row["name"], row["password_hash"], row["is_disabled"])
