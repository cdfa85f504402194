# SPDX-License-Identifier: Apache-2.0
"""A copy of all a store knows of a person, and forgetting them; every plugin answers for its own data."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright import jsontext
from shopwright.auth.email import searchable_email
from shopwright.auth.ending import end_customer_sessions
from shopwright.cache import Limit
from shopwright.context import Context
from shopwright.errors import NotFound, TooManyRequests
from shopwright.i18n import translatable
from shopwright_customers.api import ErasureOutcome, Outcome, Section, Subject
from shopwright_customers.hookspecs import data_erase, data_export
from shopwright_customers.services import accounts, credentials, records
from shopwright_customers.services.records import SUBJECT

EDIT = "customers.privacy.edit"
EXPORTS = Limit("customers.exports", 5, 3600)
"""Copies one customer may take."""
_ACCOUNT = """
SELECT id, email::text, name, locale, created_at, disabled_at, email_confirmed_at, erasure_asked_at
FROM customers_customer WHERE id = $1
"""
_ADDRESSES = """
SELECT name, line1, line2, postal_code, city, region, country, phone FROM customers_address
WHERE customer_id = $1 ORDER BY id
"""
_GROUPS = """
SELECT g.code, g.title FROM customers_membership m
JOIN customers_group g ON g.store_id = m.store_id AND g.id = m.group_id WHERE m.customer_id = $1 ORDER BY g.code
"""
_TAGS = "SELECT t.tag::text AS tag FROM customers_tag t WHERE customer_id = $1 ORDER BY t.tag"
_NOTES = "SELECT at, text FROM customers_note WHERE customer_id = $1 ORDER BY id"
_COMPANY = """
SELECT c.name, c.country, c.tax_id, b.role, b.approval_limit FROM customers_buyer b
JOIN customers_company c ON c.store_id = b.store_id AND c.id = b.company_id WHERE b.customer_id = $1
"""
_CONSENTS = """
SELECT at, given, words, source, remote, actor FROM customers_consent WHERE customer_id = $1 ORDER BY id
"""
_INVITATIONS = """
SELECT c.name AS company, i.role, i.approval_limit, i.expires_at FROM customers_invitation i
JOIN customers_company c ON c.store_id = i.store_id AND c.id = i.company_id
WHERE i.email = $1::text::citext AND $1 <> '' ORDER BY i.id
"""
_UNINVITE = text(
    "DELETE FROM customers_invitation WHERE email = CAST(:email AS citext) AND :email <> '' RETURNING id"
)
_BY_EMAIL = "SELECT id FROM customers_customer WHERE email = $1::text::citext"
_FORGET = text("DELETE FROM customers_customer WHERE id = :id RETURNING id")
_ASK = text("UPDATE customers_customer SET erasure_asked_at = CAST(:at AS timestamptz) WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a person's data as JSON, and a name for the file."""

    text: str
    filename: str


async def subject_of(ctx: Context, customer_id: UUID) -> Subject:
    """Give the person behind an account; the address counts only when it was confirmed.

    Raises:
        NotFound: there is no such customer in this store.
    """
    found = await accounts.by_id(ctx, customer_id)
    if found is None:
        raise NotFound(translatable("There is no such customer."))
    return Subject(found.id, found.email if found.email_confirmed_at else "")


async def subject_by_email(ctx: Context, email: str) -> Subject:
    """Give the person behind an address, with an account or without; who asks has made sure whose it is."""
    address = searchable_email(email)
    return Subject(await ctx.fetch_value(_BY_EMAIL, address), address)


async def export(ctx: Context, subject: Subject) -> Copy:
    """Make a copy of all that is known of a person. Staff need the permission; others ask for their own.

    A plugin that fails fails the copy: nothing is left out in silence.
    """
    if ctx.actor.kind != "customer" or ctx.actor.id != subject.customer_id:
        ctx.require(EDIT)
    sections = await ctx.hooks.collect(data_export, subject=subject)
    now = ctx.clock.now()
    data = {
        "store": ctx.store.name,
        "made_at": now,
        "email": subject.email,
        "sections": [
            {"code": s.code, "title": s.title, "rows": [dict(row) for row in s.rows]} for s in sections
        ],
    }
    text_ = jsontext.dump(data)

    async def work(session: AsyncSession) -> None:
        told = {"sections": {s.code: len(s.rows) for s in sections}}
        await ctx.audit(session, "customers.data_exported", subject=_named(subject), data=told)

    await ctx.run(work)
    return Copy(text_, f"data-{now:%Y-%m-%d}.json")


async def export_own(ctx: Context) -> Copy:
    """Make a copy of all that is known of the customer who acts.

    Raises:
        TooManyRequests: there were several within the hour.
    """
    own = await records.own(ctx)
    verdict = await ctx.kernel.backend.limiter.hit(EXPORTS, f"{ctx.store.id}:{own.id}")
    if not verdict.allowed:
        raise TooManyRequests(headers={"Retry-After": str(int(verdict.retry_after) + 1)})
    return await export(ctx, await subject_of(ctx, own.id))


async def erase(ctx: Context, subject: Subject) -> list[ErasureOutcome]:
    """Forget a person: every plugin erases what it may, all in one transaction, and says what it keeps and why."""
    ctx.require(EDIT)

    async def work(session: AsyncSession) -> list[ErasureOutcome]:
        outcomes = await ctx.hooks.collect(data_erase, session=session, subject=subject)
        told = {"outcomes": [{"code": o.code, "action": o.action, "number": o.number} for o in outcomes]}
        await ctx.audit(session, "customers.data_erased", subject=_named(subject), data=told)
        return outcomes

    return await ctx.run(work)


async def ask_erasure(ctx: Context, password: str) -> None:
    """Ask the store to forget the customer who acts; staff carry it out.

    Raises:
        Invalid: the password is wrong; names the field.
        TooManyRequests: it was wrong too often.
    """
    own = await credentials.proven(ctx, password, pointer="/password")
    await _set_asked(ctx, own.id, ctx.clock.now())


async def withdraw_erasure(ctx: Context) -> None:
    """Take the wish to be forgotten back."""
    await _set_asked(ctx, (await records.own(ctx)).id, None)


async def _set_asked(ctx: Context, customer_id: UUID, at: object) -> None:
    async def work(session: AsyncSession) -> None:
        await session.execute(_ASK, {"at": at, "id": customer_id})
        action = "customers.erasure_asked" if at else "customers.erasure_withdrawn"
        await ctx.audit(session, action, subject=(SUBJECT, customer_id))

    await ctx.run(work)


async def sections(ctx: Context, subject: Subject) -> list[Section]:
    """Give what this plugin knows of a person."""
    invited = Section(
        "customers.invitations",
        ctx.gettext("Invitations"),
        [dict(row) for row in await ctx.fetch_rows(_INVITATIONS, subject.email)],
    )
    if subject.customer_id is None:
        return [invited] if invited.rows else []
    parts = (
        ("account", translatable("Account"), _ACCOUNT), ("addresses", translatable("Addresses"), _ADDRESSES),
        ("groups", translatable("Groups"), _GROUPS), ("tags", translatable("Tags"), _TAGS),
        ("notes", translatable("Notes"), _NOTES), ("consents", translatable("News and offers"), _CONSENTS),
        ("company", translatable("Company"), _COMPANY),
    )  # fmt: skip
    found = [
        Section(f"customers.{name}", ctx.gettext(title), await _rows(ctx, sql, subject.customer_id))
        for name, title, sql in parts
    ]
    return [*found, invited] if invited.rows else found


async def forget(ctx: Context, session: AsyncSession, subject: Subject) -> list[Outcome]:
    """Remove the account with all that hangs on it; whoever is signed in to it is signed out."""
    uninvited = (await session.execute(_UNINVITE, {"email": subject.email})).all()
    words = ctx.gettext("Invitations")
    outcomes = [Outcome("customers.invitations", words, "erased", len(uninvited))] if uninvited else []
    if subject.customer_id is None:
        return outcomes
    await end_customer_sessions(session, ctx.store.id, subject.customer_id)
    gone = (await session.execute(_FORGET, {"id": subject.customer_id})).all()
    title = ctx.gettext("Account with addresses, groups, tags and notes")
    return [Outcome("customers.account", title, "erased", len(gone)), *outcomes]


async def _rows(ctx: Context, sql: str, customer_id: UUID) -> list[dict[str, Any]]:
    return [dict(row) for row in await ctx.fetch_rows(sql, customer_id)]


def _named(subject: Subject) -> tuple[str, UUID | str]:
    """Name a person in the audit log, which is never erased: by the account's id, never by the address."""
    return (SUBJECT, subject.customer_id) if subject.customer_id else ("customers.guest", "")
