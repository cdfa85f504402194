# SPDX-License-Identifier: Apache-2.0
"""Changing what a staff user signs in with: a forgotten password, a new password, a new e-mail."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from shopwright.auth.accounts import (
    STAFF,
    binding_in,
    by_email,
    by_id,
    own_account,
    own_id,
    redeemed,
)
from shopwright.auth.email import clean_email, searchable_email
from shopwright.auth.ending import end_access
from shopwright.auth.models import StaffUserRow
from shopwright.auth.passwords import require_acceptable
from shopwright.cache import Limit
from shopwright.errors import Conflict, FieldError, Invalid, TooManyRequests
from shopwright.i18n import translatable

if TYPE_CHECKING:
    from shopwright.auth import Auth
    from shopwright.context import Context
    from shopwright.http.visit import WebSession

MAILS = Limit("auth.mails", 5, 3600)


@dataclass(frozen=True, slots=True)
class Mail:
    """A token on its way: goes by mail to ``email`` and is shown to nobody."""

    staff_user_id: UUID
    email: str
    token: str


async def request_reset(auth: "Auth", ctx: "Context", email: str) -> Mail | None:
    """Make a link for a forgotten password; None when there is nobody to send it to, which must not show.

    At most five an hour for one address.
    """
    typed = searchable_email(email).casefold()
    if not (await auth.limiter.hit(MAILS, f"{ctx.store.id}:{typed}")).allowed:
        return None
    account = await by_email(auth.roles, ctx, email)
    if account is None or not account.user.may_enter or account.password_hash is None:
        return None
    user = account.user
    async with ctx.transaction() as session:
        binding = await binding_in(session)(user.id)
        if binding is None:
            return None
        token = await auth.one_time.issue(session, "reset", (STAFF, user.id), binding=binding)
        await ctx.audit(session, "kernel.password_reset_requested", subject=("kernel.staff_user", user.id))
    return Mail(user.id, user.email, token)


async def reset_password(auth: "Auth", ctx: "Context", token: str, password: str) -> UUID:
    """Set a new password with a link; ends what is open anywhere, and the lock after failures.

    Raises:
        Invalid: the password is not acceptable; the link stays good.
        Conflict: the link was used, has expired, or was outlived by a change.
    """
    require_acceptable(password)
    password_hash = await auth.passwords.hash(password)
    async with ctx.transaction() as session:
        found = await auth.one_time.redeem(session, token, "reset", STAFF, binding_of=binding_in(session))
        user = await redeemed(session, found)
        require_acceptable(password, email=user.email)
        user.password_hash = password_hash
        await ctx.audit(session, "kernel.password_reset", subject=("kernel.staff_user", user.id))
    await end_access(auth.db, user.id, ctx.clock.now())
    await auth.throttle.succeeded(STAFF, user.email)
    if ctx.visit is not None and ctx.visit.session.staff_user_id == user.id:
        _begin_anew(ctx.visit.session)
        ctx.visit.session.staff_user_id = None
    return user.id


async def look(
    auth: "Auth", ctx: "Context", token: str, purpose: Literal["reset", "email_change"]
) -> str | None:
    """Give the address a link is about, without using it up; None when it is not good any more.

    That is the address of the account, or the new one; a link to a new address is for whoever asked for it.
    """
    async with ctx.transaction(readonly=True) as session:
        binding_of = binding_in(session, lock=False)
        found = await auth.one_time.look(session, token, purpose, STAFF, binding_of=binding_of)
        if found is None:
            return None
        if purpose == "email_change":
            return str(found.data["email"]) if found.subject_id == own_id(ctx) else None
        user = await session.get(StaffUserRow, found.subject_id)
        return user.email if user else None


async def change_password(auth: "Auth", ctx: "Context", current: str, new: str) -> None:
    """Change the own password; other browsers and programs are signed out.

    Raises:
        Invalid: the current password is wrong, or the new one is not acceptable; names the field.
    """
    await require_own_password(auth, ctx, current, pointer="/current_password")
    require_acceptable(new, pointer="/new_password")
    password_hash = await auth.passwords.hash(new)
    async with ctx.transaction() as session:
        user = await own_account(session, ctx)
        require_acceptable(new, email=user.email, pointer="/new_password")
        user.password_hash = password_hash
        await ctx.audit(session, "kernel.password_changed", subject=("kernel.staff_user", user.id))
    await end_access(auth.db, user.id, ctx.clock.now())
    if ctx.visit is not None:
        _begin_anew(ctx.visit.session)


def _begin_anew(session: "WebSession") -> None:
    """Let this browser go on as a new session: the row of its old one is gone with all others."""
    session.id = None
    session.rotate = session.changed = True


async def require_own_password(
    auth: "Auth", ctx: "Context", password: str, *, pointer: str = "/password"
) -> None:
    """Have the staff user who acts prove who they are once more.

    Raises:
        Invalid: the password is wrong; names the field.
        TooManyRequests: it was wrong too often.
    """
    account = await by_id(auth.roles, ctx, own_id(ctx))
    email = account.user.email if account else ""
    attempt = await auth.throttle.attempt(STAFF, email)
    if not attempt.allowed:
        raise TooManyRequests(headers={"Retry-After": str(int(attempt.retry_after) + 1)})
    if not await auth.passwords.verify(password, account.password_hash if account else None):
        message = translatable("This is not your password.")
        raise Invalid(message, errors=[FieldError(pointer, "wrong_password", message)])
    await auth.throttle.succeeded(STAFF, email)


async def request_email_change(auth: "Auth", ctx: "Context", email: str, password: str) -> Mail:
    """Make a link that goes to the new address; the old one holds until it is followed.

    Raises:
        Invalid: the password is wrong, or this is no e-mail address; names the field.
    """
    await require_own_password(auth, ctx, password)
    address = clean_email(email)
    async with ctx.transaction() as session:
        user = await own_account(session, ctx)
        token = await auth.one_time.issue(
            session, "email_change", (STAFF, user.id), binding=user.binding, data={"email": address}
        )
        await ctx.audit(session, "kernel.email_change_requested", subject=("kernel.staff_user", user.id))
    return Mail(user.id, address, token)


async def confirm_email_change(auth: "Auth", ctx: "Context", token: str) -> UUID:
    """Make the new address the one to sign in with; links sent to the old one die.

    Raises:
        Conflict: the link is not good any more, or somebody else has the address by now.
    """
    try:
        async with ctx.transaction() as session:
            found = await auth.one_time.redeem(
                session, token, "email_change", STAFF, binding_of=binding_in(session)
            )
            user = await redeemed(session, found)
            user.email = str(found.data["email"]) if found else user.email
            await session.flush()
            await ctx.audit(session, "kernel.email_changed", subject=("kernel.staff_user", user.id))
    except IntegrityError:
        raise Conflict(
            translatable("Another staff user has this e-mail address."), code="email_taken"
        ) from None
    return user.id
