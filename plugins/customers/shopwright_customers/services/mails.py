# SPDX-License-Identifier: Apache-2.0
"""The mails customers get about their accounts."""

import logging

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright.mail import Message

log = logging.getLogger(__name__)


async def send_reset_link(ctx: Context, host: str, email: str, token: str) -> None:
    """Send the link for a forgotten password."""
    text = ctx.gettext(
        "Somebody asked for a new password for your account at %(store)s. Choose one within the next hour:\n\n"
        "%(link)s\n\nIf it was not you, leave this mail alone: your password stays as it is.",
        store=ctx.store.name,
        link=ctx.kernel.config.url_of(host, url(ctx, "customers.reset", token=token)),
    )
    subject = ctx.gettext("A new password for %(store)s", store=ctx.store.name)
    await ctx.kernel.mailer.send(Message(email, subject, text))


async def send_new_email_link(ctx: Context, host: str, email: str, token: str) -> None:
    """Send the link that makes a new address the account's."""
    text = ctx.gettext(
        "You want to use this address for your account at %(store)s. Confirm it within the next day:\n\n"
        "%(link)s\n\nIf it was not you, leave this mail alone: nothing changes.",
        store=ctx.store.name,
        link=ctx.kernel.config.url_of(host, url(ctx, "customers.new_email", token=token)),
    )
    subject = ctx.gettext("Your new e-mail address at %(store)s", store=ctx.store.name)
    await ctx.kernel.mailer.send(Message(email, subject, text))


async def send_confirm_link(ctx: Context, host: str, email: str, token: str) -> None:
    """Send the link that confirms the account's address."""
    text = ctx.gettext(
        "Confirm that this is the address of your account at %(store)s, within the next week:\n\n"
        "%(link)s\n\nIf it was not you, leave this mail alone: nothing changes.",
        store=ctx.store.name,
        link=ctx.kernel.config.url_of(host, url(ctx, "customers.confirm_email", token=token)),
    )
    subject = ctx.gettext("Your e-mail address at %(store)s", store=ctx.store.name)
    await ctx.kernel.mailer.send(Message(email, subject, text))


async def tell_old_email(ctx: Context, old: str, new: str) -> None:
    """Tell the old address that it is the account's no more; the change stands even if this mail is lost."""
    text = ctx.gettext(
        "The e-mail address of your account at %(store)s is %(email)s from now on. If it was not you who changed "
        "it, write to the store at once.",
        store=ctx.store.name,
        email=new,
    )
    subject = ctx.gettext("Your e-mail address at %(store)s has changed", store=ctx.store.name)
    try:
        await ctx.kernel.mailer.send(Message(old, subject, text))
    except Exception:
        log.exception("the mail that tells of a changed e-mail address could not be sent")


async def send_invitation(ctx: Context, host: str, email: str, company: str, token: str) -> None:
    """Send the link with which somebody joins a company."""
    text = ctx.gettext(
        "%(company)s invites you to buy for it at %(store)s. Accept within 14 days, with an account of this "
        "address:\n\n%(link)s\n\nIf you do not know them, leave this mail alone: nothing changes.",
        company=company,
        store=ctx.store.name,
        link=ctx.kernel.config.url_of(host, url(ctx, "customers.join_company", token=token)),
    )
    subject = ctx.gettext("Buy for %(company)s at %(store)s", company=company, store=ctx.store.name)
    await ctx.kernel.mailer.send(Message(email, subject, text))
