# SPDX-License-Identifier: Apache-2.0
"""Signing staff in and out: the same answer and the same work, whether an account exists or not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from shopwright.actor import Actor
from shopwright.auth.accounts import STAFF, Account, by_email, by_id, locked
from shopwright.auth.digests import digest

if TYPE_CHECKING:
    from shopwright.auth import Auth
    from shopwright.context import Context
    from shopwright.http.visit import WebSession

PENDING = "kernel.totp_pending"
PENDING_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignIn:
    """How an attempt ended."""

    status: Literal["ok", "needs_totp", "refused", "throttled"]
    staff_user_id: UUID | None = None
    retry_after: float = 0.0
    """Seconds to wait after ``throttled``."""


REFUSED = SignIn("refused")


async def authenticate(
    auth: "Auth", ctx: "Context", email: str, password: str, totp_code: str = ""
) -> SignIn:
    """Check credentials for this store; nobody is signed in by it."""
    attempt = await auth.throttle.attempt(STAFF, email, address=_address(ctx))
    if not attempt.allowed:
        return SignIn("throttled", retry_after=attempt.retry_after)
    account = await by_email(auth.roles, ctx, email)
    matches = await auth.passwords.verify(password, account.password_hash if account else None)
    if account is None or not matches or not account.user.may_enter:
        return await _refuse(ctx, account, "credentials", locks=attempt.locks)
    if account.user.totp_enabled and not totp_code.strip():
        await auth.throttle.take_back(STAFF, email)
        return SignIn("needs_totp", account.user.id)
    return await _finish(auth, ctx, account, totp_code, password=password, locks=attempt.locks)


async def sign_in(auth: "Auth", ctx: "Context", email: str, password: str, totp_code: str = "") -> SignIn:
    """Check credentials and, when they are right, put the staff user into the browser's session.

    After ``needs_totp`` the session remembers for five minutes that the password was right:
    ``confirm_totp`` takes the code alone.
    """
    session = _session(ctx)
    result = await authenticate(auth, ctx, email, password, totp_code)
    if result.status == "ok":
        _enter(session, result.staff_user_id)
    elif result.status == "needs_totp" and result.staff_user_id is not None:
        account = await by_id(auth.roles, ctx, result.staff_user_id)
        if account is not None:
            until = (ctx.clock.now() + PENDING_FOR).isoformat()
            session.set(PENDING, {"id": str(account.user.id), "until": until, "check": _check(account)})
    return result


async def confirm_totp(auth: "Auth", ctx: "Context", code: str) -> SignIn:
    """Finish a sign-in that answered ``needs_totp``; ``refused`` also when it was too long ago."""
    session = _session(ctx)
    account = await _pending(auth, ctx, session.get(PENDING))
    if account is None:
        session.remove(PENDING)
        return REFUSED
    attempt = await auth.throttle.attempt(STAFF, account.user.email, address=_address(ctx))
    if not attempt.allowed:
        return SignIn("throttled", retry_after=attempt.retry_after)
    result = await _finish(auth, ctx, account, code, locks=attempt.locks)
    if result.status == "ok":
        _enter(session, result.staff_user_id)
    return result


async def sign_out(ctx: "Context") -> None:
    """Take the staff user out of the browser's session."""
    session = _session(ctx)
    if session.staff_user_id is None:
        return
    async with ctx.transaction() as work:
        await ctx.audit(work, "kernel.signed_out", subject=("kernel.staff_user", session.staff_user_id))
    session.staff_user_id = None
    session.rotate = session.changed = True


async def _finish(
    auth: "Auth", ctx: "Context", account: Account, totp_code: str, *, locks: bool, password: str = ""
) -> SignIn:
    """Check the second factor where there is one, and record the outcome."""
    user = account.user
    stored = account.password_hash
    renewed = stored
    if password and stored is not None and auth.passwords.needs_rehash(stored):
        renewed = await auth.passwords.hash(password)
    async with ctx.transaction() as session:
        row = await locked(session, user.id)
        if row is None or row.disabled_at is not None or row.password_hash != stored:
            return REFUSED
        right = not row.totp_enabled or auth.totp.accept(row, totp_code)
        if right:
            row.signed_in_at = ctx.clock.now()
            row.password_hash = renewed
            actor = Actor("staff", user.id, user.label, user.permissions)
            subject = ("kernel.staff_user", user.id)
            data = {"address": _address(ctx), "second_factor": row.totp_enabled}
            await ctx.as_actor(actor).audit(session, "kernel.signed_in", subject=subject, data=data)
    if not right:
        return await _refuse(ctx, account, "second_factor", locks=locks)
    await auth.throttle.succeeded(STAFF, user.email)
    return SignIn("ok", user.id)


async def _refuse(ctx: "Context", account: Account | None, reason: str, *, locks: bool) -> SignIn:
    """Record a refusal. Who tried an unknown address is not kept: it may be a typing error of anybody."""
    subject = ("kernel.staff_user", account.user.id if account else "unknown")
    data = {"reason": reason, "address": _address(ctx), "locked": locks}
    async with ctx.transaction() as session:
        await ctx.audit(session, "kernel.sign_in_refused", subject=subject, data=data)
    return REFUSED


async def _pending(auth: "Auth", ctx: "Context", pending: Any) -> Account | None:
    if not pending or datetime.fromisoformat(pending["until"]) <= ctx.clock.now():
        return None
    account = await by_id(auth.roles, ctx, UUID(pending["id"]))
    if account is None or not account.user.may_enter or _check(account) != pending["check"]:
        return None
    return account


def _check(account: Account) -> str:
    """Give what tells that the password is still the one that was right."""
    return digest(account.password_hash or "").hex()


def _enter(session: "WebSession", staff_user_id: UUID | None) -> None:
    session.remove(PENDING)
    session.staff_user_id = staff_user_id
    session.rotate = session.changed = True


def _session(ctx: "Context") -> "WebSession":
    if ctx.visit is None:
        raise RuntimeError("Signing in needs a browser's visit; programs use authenticate or an API key.")
    return ctx.visit.session


def _address(ctx: "Context") -> str:
    return ctx.visit.remote if ctx.visit else ""
