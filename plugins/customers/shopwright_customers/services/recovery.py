# SPDX-License-Identifier: Apache-2.0
"""A forgotten password: a link by mail, and a new password with it."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.auth.email import searchable_email
from shopwright.auth.passwords import require_acceptable
from shopwright.cache import Limit
from shopwright.context import Context
from shopwright.errors import Conflict
from shopwright.i18n import translatable
from shopwright_customers import jobs
from shopwright_customers.hookspecs import CustomerEmailConfirmed, customer_email_confirmed
from shopwright_customers.services import records
from shopwright_customers.services.records import REALM, SUBJECT

MAILS = Limit("customers.mails", 5, 3600)
"""Links for one address."""
SET_PASSWORD = text("""
UPDATE customers_customer SET password_hash = :hash, version = version + 1, updated_at = :now WHERE id = :id
""")
CONFIRM = text("""
UPDATE customers_customer SET email_confirmed_at = coalesce(email_confirmed_at, :now) WHERE id = :id
""")
"""Whoever follows a link sent to an address reads its mail."""


async def request_reset(ctx: Context, email: str) -> None:
    """Have a link sent, if there is such an account; whoever asks learns nothing, not even by the time it takes.

    At most five an hour for one address.
    """
    assert ctx.visit is not None
    typed = searchable_email(email).casefold()
    if not (await ctx.kernel.backend.limiter.hit(MAILS, f"{ctx.store.id}:{typed}")).allowed:
        return
    found = await records.by_email(ctx, email)
    wanted = found.id if found is not None and not found.is_disabled else None
    payload = jobs.LinkWanted(wanted, ctx.visit.host, ctx.locale)

    async def work(session: AsyncSession) -> None:
        await ctx.enqueue(session, jobs.send_reset_link, payload)

    await ctx.run(work)


async def look(ctx: Context, token: str) -> str | None:
    """Give the address of the account a link is for, without using it up; None when it is not good any more."""
    async with ctx.transaction(readonly=True) as session:
        binding_of = records.binding_in(session, lock=False)
        found = await ctx.kernel.auth.one_time.look(session, token, "reset", SUBJECT, binding_of=binding_of)
        return await session.scalar(_EMAIL, {"id": found.subject_id}) if found else None


async def reset_password(ctx: Context, token: str, password: str) -> UUID:
    """Set a new password with a link; ends what is open anywhere, and the lock after failures.

    Raises:
        Invalid: the password is not acceptable; the link stays good.
        Conflict: the link was used, has expired, or was outlived by a change.
    """
    email = await look(ctx, token)
    if email is None:
        raise _dead()
    require_acceptable(password, email=email)
    password_hash = await ctx.kernel.auth.passwords.hash(password)
    async with ctx.transaction() as session:
        found = await ctx.kernel.auth.one_time.redeem(
            session, token, "reset", SUBJECT, binding_of=records.binding_in(session)
        )
        if found is None:
            raise _dead()
        values = {"hash": password_hash, "id": found.subject_id, "now": ctx.clock.now()}
        await session.execute(SET_PASSWORD, values)
        await session.execute(CONFIRM, values)
        event = CustomerEmailConfirmed(found.subject_id, email)
        await ctx.hooks.emit(session, customer_email_confirmed, event, aggregate=(SUBJECT, found.subject_id))
        await records.end_other_sessions(ctx, session, found.subject_id)
        await ctx.audit(session, "customers.password_reset", subject=(SUBJECT, found.subject_id))
    await ctx.kernel.auth.throttle.succeeded(REALM, email, store_id=ctx.store.id)
    if ctx.visit is not None and ctx.visit.session.customer_id == found.subject_id:
        ctx.visit.session.customer_id = None
    return found.subject_id


_EMAIL = text("SELECT email::text FROM customers_customer WHERE id = :id")


def _dead() -> Conflict:
    message = translatable("This link was used already or is too old: ask for a new one.")
    return Conflict(message, code="link_outlived")
