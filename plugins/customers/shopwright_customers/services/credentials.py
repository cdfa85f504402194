# SPDX-License-Identifier: Apache-2.0
"""What signed-in customers change of their own account: name, password, e-mail address."""

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shopwright.auth.email import clean_email
from shopwright.auth.passwords import require_acceptable
from shopwright.cache import Limit
from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, TooManyRequests
from shopwright.i18n import translatable
from shopwright_customers.hookspecs import (
    CustomerEmailConfirmed,
    customer_email_confirmed,
    customer_validate,
)
from shopwright_customers.services import mails, records
from shopwright_customers.services.records import REALM, SUBJECT
from shopwright_customers.services.recovery import MAILS, SET_PASSWORD

CHANGES = Limit("customers.email_changes", 5, 3600)
"""Links to new addresses that one customer may have sent."""
_SET_NAME = text("""
UPDATE customers_customer SET name = :name, version = version + 1, updated_at = :now WHERE id = :id
""")
_SET_EMAIL = text("""
UPDATE customers_customer SET email = :email, email_confirmed_at = :now, version = version + 1, updated_at = :now
WHERE id = :id
""")


async def rename(ctx: Context, name: str) -> None:
    """Change the own name.

    Raises:
        Rejected: a plugin objects.
    """
    own = await records.own(ctx)
    await ctx.hooks.veto(customer_validate, email=own.email, name=name)
    async with ctx.transaction() as session:
        values = {"name": name.strip(), "id": own.id, "now": ctx.clock.now()}
        await session.execute(_SET_NAME, values)


async def change_password(ctx: Context, current: str, new: str) -> None:
    """Change the own password; other browsers are signed out.

    Raises:
        Invalid: the current password is wrong, or the new one is not acceptable; names the field.
        TooManyRequests: it was wrong too often.
    """
    own = await proven(ctx, current, pointer="/current_password")
    require_acceptable(new, email=own.email, pointer="/new_password")
    password_hash = await ctx.kernel.auth.passwords.hash(new)
    async with ctx.transaction() as session:
        await records.locked_own(ctx, session, own)
        values = {"hash": password_hash, "id": own.id, "now": ctx.clock.now()}
        await session.execute(SET_PASSWORD, values)
        await records.end_other_sessions(ctx, session, own.id)
        await ctx.audit(session, "customers.password_changed", subject=(SUBJECT, own.id))


async def request_email_change(ctx: Context, email: str, password: str) -> str:
    """Send a link to the new address; the old one holds until it is followed. Gives the address as it is stored.

    Whether another customer has the address does not show: only who reads its mail learns it.

    Raises:
        Invalid: the password is wrong, or this is no new e-mail address; names the field.
        Rejected: a plugin objects.
        TooManyRequests: the password was wrong too often, or too many links were asked for.
    """
    assert ctx.visit is not None
    own = await proven(ctx, password, pointer="/password")
    address = clean_email(email)
    if address.casefold() == own.email.casefold():
        message = translatable("This is your e-mail address already.")
        raise Invalid(message, errors=[FieldError("/email", "same", message)])
    await ctx.hooks.veto(customer_validate, email=address, name=own.name)
    limiter = ctx.kernel.backend.limiter
    for limit, key in ((CHANGES, f"{own.id}"), (MAILS, address.casefold())):
        verdict = await limiter.hit(limit, f"{ctx.store.id}:{key}")
        if not verdict.allowed:
            raise TooManyRequests(headers={"Retry-After": str(int(verdict.retry_after) + 1)})
    async with ctx.transaction() as session:
        record = await records.locked_own(ctx, session, own)
        token = await ctx.kernel.auth.one_time.issue(
            session, "email_change", (SUBJECT, own.id), binding=record.binding, data={"email": address}
        )
    await mails.send_new_email_link(ctx, ctx.visit.host, address, token)
    return address


async def look_at_email_change(ctx: Context, token: str) -> str | None:
    """Give the new address a link is about, without using it up; None when it is not good for who acts."""
    own = await records.own(ctx)
    async with ctx.transaction(readonly=True) as session:
        binding_of = records.binding_in(session, lock=False)
        found = await ctx.kernel.auth.one_time.look(
            session, token, "email_change", SUBJECT, binding_of=binding_of
        )
    return str(found.data["email"]) if found is not None and found.subject_id == own.id else None


async def confirm_email_change(ctx: Context, token: str) -> str:
    """Make the new address the one to sign in with, and tell the old one; gives the new one.

    It takes the link and the account: who got the link by a typing error cannot use it.

    Raises:
        Conflict: the link is not good any more or for another account, or somebody else has the address by now.
    """
    own = await records.own(ctx)
    try:
        async with ctx.transaction() as session:
            found = await ctx.kernel.auth.one_time.redeem(
                session, token, "email_change", SUBJECT, binding_of=records.binding_in(session)
            )
            if found is None or found.subject_id != own.id:
                message = translatable("This link was used already or is too old: ask for a new one.")
                raise Conflict(message, code="link_outlived")
            new = str(found.data["email"])
            await session.execute(_SET_EMAIL, {"email": new, "id": own.id, "now": ctx.clock.now()})
            event = CustomerEmailConfirmed(own.id, new)
            await ctx.hooks.emit(session, customer_email_confirmed, event, aggregate=(SUBJECT, own.id))
            await ctx.audit(session, "customers.email_changed", subject=(SUBJECT, own.id))
    except IntegrityError:
        message = translatable("Another account of this store has this e-mail address.")
        raise Conflict(message, code="email_taken") from None
    await mails.tell_old_email(ctx, own.email, new)
    return new


async def proven(ctx: Context, password: str, *, pointer: str) -> records.Record:
    """Have the customer who acts prove who they are once more; gives the account.

    Raises:
        Invalid: the password is wrong; names the field.
        TooManyRequests: it was wrong too often.
    """
    own = await records.own(ctx)
    auth = ctx.kernel.auth
    attempt = await auth.throttle.attempt(REALM, own.email, store_id=ctx.store.id)
    if not attempt.allowed:
        raise TooManyRequests(headers={"Retry-After": str(int(attempt.retry_after) + 1)})
    if not await auth.passwords.verify(password, own.password_hash):
        message = translatable("This is not your password.")
        raise Invalid(message, errors=[FieldError(pointer, "wrong_password", message)])
    await auth.throttle.succeeded(REALM, own.email, store_id=ctx.store.id)
    return own
