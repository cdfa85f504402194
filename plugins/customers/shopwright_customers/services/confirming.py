# SPDX-License-Identifier: Apache-2.0
"""Confirming that an account's e-mail address is its owner's: it takes the link and the account, both."""

from shopwright.context import Context
from shopwright.errors import Conflict, TooManyRequests
from shopwright.i18n import translatable
from shopwright_customers.hookspecs import CustomerEmailConfirmed, customer_email_confirmed
from shopwright_customers.services import mails, records
from shopwright_customers.services.records import SUBJECT
from shopwright_customers.services.recovery import CONFIRM, MAILS


async def send_link(ctx: Context) -> str:
    """Send a link to the own address; gives the address.

    Raises:
        TooManyRequests: several were asked for within the hour.
    """
    assert ctx.visit is not None
    own = await records.own(ctx)
    verdict = await ctx.kernel.backend.limiter.hit(MAILS, f"{ctx.store.id}:{own.email.casefold()}")
    if not verdict.allowed:
        raise TooManyRequests(headers={"Retry-After": str(int(verdict.retry_after) + 1)})
    async with ctx.transaction() as session:
        record = await records.locked_own(ctx, session, own)
        token = await ctx.kernel.auth.one_time.issue(
            session, "confirm_email", (SUBJECT, own.id), binding=record.binding
        )
    await mails.send_confirm_link(ctx, ctx.visit.host, own.email, token)
    return own.email


async def confirm(ctx: Context, token: str) -> None:
    """Confirm the own address with a link: earlier orders with it, placed without an account, become its own.

    Raises:
        Conflict: the link is not good any more, or for another account.
    """
    own = await records.own(ctx)
    async with ctx.transaction() as session:
        found = await ctx.kernel.auth.one_time.redeem(
            session, token, "confirm_email", SUBJECT, binding_of=records.binding_in(session)
        )
        if found is None or found.subject_id != own.id:
            message = translatable("This link was used already or is too old: ask for a new one.")
            raise Conflict(message, code="link_outlived")
        await session.execute(CONFIRM, {"id": own.id, "now": ctx.clock.now()})
        event = CustomerEmailConfirmed(own.id, own.email)
        await ctx.hooks.emit(session, customer_email_confirmed, event, aggregate=(SUBJECT, own.id))
        await ctx.audit(session, "customers.email_confirmed", subject=(SUBJECT, own.id))
