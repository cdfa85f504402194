# SPDX-License-Identifier: Apache-2.0
"""The second factor: six digits from an app (TOTP, RFC 6238), each good once, and recovery codes."""

import base64
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pyotp
import segno
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.auth.accounts import own_account, own_id, require_power_over
from shopwright.auth.digests import digest
from shopwright.auth.models import StaffUserRow
from shopwright.auth.roles import EDIT_STAFF
from shopwright.clock import Clock
from shopwright.errors import Conflict, FieldError, Forbidden, Invalid
from shopwright.i18n import translatable
from shopwright.secrets import SecretBox

if TYPE_CHECKING:
    from shopwright.auth import Auth
    from shopwright.context import Context

STEP_SECONDS = 30
RECOVERY_CODES = 10


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs, to scan or to type in."""

    secret: str
    uri: str
    qr_svg: str
    """As large as the page makes it, on whatever ground: it needs a light one."""


class Totp:
    """Switches the second factor of staff users on and off, and checks codes."""

    def __init__(self, auth: "Auth", clock: Clock, box: SecretBox) -> None:
        self._auth = auth
        self._clock = clock
        self._box = box

    async def begin(self, ctx: "Context", password: str) -> Enrolment:
        """Make a secret for whoever is signed in; it counts once ``confirm`` has seen a code made with it.

        Raises:
            Invalid: the password is wrong.
        """
        await self._auth.staff.require_own_password(ctx, password)
        secret = pyotp.random_base32()
        async with ctx.transaction() as session:
            user = await own_account(session, ctx)
            user.totp_pending = self._box.encrypt(secret)
            return _enrolment(secret, user.email, ctx.store.name)

    async def pending(self, ctx: "Context") -> Enrolment | None:
        """Show again what ``begin`` made and ``confirm`` still waits for, to whom the password was asked before."""
        async with ctx.transaction(readonly=True) as session:
            user = await session.get(StaffUserRow, own_id(ctx))
            if user is None or user.totp_pending is None:
                return None
            return _enrolment(self._box.decrypt(user.totp_pending), user.email, ctx.store.name)

    async def confirm(self, ctx: "Context", code: str) -> list[str]:
        """Switch the second factor on, or to a new device, and give recovery codes, shown this one time.

        Raises:
            Conflict: ``begin`` comes first.
            Invalid: the code is wrong.
        """
        async with ctx.transaction() as session:
            user = await own_account(session, ctx)
            if user.totp_pending is None:
                raise Conflict("Scan the QR code first.")
            step = self._matching_step(self._box.decrypt(user.totp_pending), code)
            if step is None:
                message = translatable("This code is not right. Enter the six digits that the app shows now.")
                raise Invalid(message, errors=[FieldError("/code", "totp", message)])
            user.totp_secret, user.totp_pending = user.totp_pending, None
            user.totp_enabled, user.totp_last_step = True, step
            codes = _fresh_codes(user)
            await ctx.audit(session, "kernel.totp_enabled", subject=("kernel.staff_user", user.id))
        return codes

    async def renew_recovery_codes(self, ctx: "Context", password: str) -> list[str]:
        """Give new recovery codes, shown this one time; the old ones are void.

        Raises:
            Conflict: the second factor is off.
            Invalid: the password is wrong.
        """
        await self._auth.staff.require_own_password(ctx, password)
        async with ctx.transaction() as session:
            user = await own_account(session, ctx)
            if not user.totp_enabled:
                raise Conflict(translatable("Switch the second factor on first."))
            codes = _fresh_codes(user)
            await ctx.audit(session, "kernel.recovery_codes_renewed", subject=("kernel.staff_user", user.id))
        return codes

    async def disable_own(self, ctx: "Context", password: str) -> None:
        """Switch the own second factor off.

        Raises:
            Invalid: the password is wrong.
        """
        await self._auth.staff.require_own_password(ctx, password)
        async with ctx.transaction() as session:
            await self._switch_off(session, ctx, (await own_account(session, ctx)).id)

    async def disable_for(self, ctx: "Context", staff_user_id: UUID) -> None:
        """Switch off the second factor of a colleague who lost the device.

        Raises:
            Forbidden: the colleague may do more than the actor, or works in stores the actor does not own; or
                is the actor, who has to give the password.
        """
        ctx.require(EDIT_STAFF)
        if ctx.actor.id == staff_user_id:
            raise Forbidden(
                translatable(
                    "Switch your own two-factor sign-in off with your password, on your account's page."
                )
            )
        async with ctx.transaction() as session:
            await require_power_over(self._auth.roles, session, ctx, staff_user_id)
            await self._switch_off(session, ctx, staff_user_id)

    def accept(self, user: StaffUserRow, code: str) -> bool:
        """Use a code up on a locked account: an app's code is good once, and so is a recovery code."""
        if user.totp_secret is None:
            return False
        step = self._matching_step(self._box.decrypt(user.totp_secret), code)
        if step is not None:
            fresh = step > user.totp_last_step
            user.totp_last_step = max(step, user.totp_last_step)
            return fresh
        used = digest(_typed(code))
        if used not in user.recovery_codes:
            return False
        user.recovery_codes = [kept for kept in user.recovery_codes if kept != used]
        return True

    def _matching_step(self, secret: str, code: str) -> int | None:
        typed = _typed(code)
        if not re.fullmatch(r"[0-9]{6}", typed):
            return None
        now = int(self._clock.now().timestamp()) // STEP_SECONDS
        totp = pyotp.TOTP(secret)
        matching = [
            step for step in (now - 1, now, now + 1) if hmac.compare_digest(totp.generate_otp(step), typed)
        ]
        return max(matching, default=None)

    async def _switch_off(self, session: AsyncSession, ctx: "Context", staff_user_id: UUID) -> None:
        off: dict[str, Any] = {
            "totp_secret": None,
            "totp_pending": None,
            "totp_enabled": False,
            "recovery_codes": [],
        }
        await session.execute(update(StaffUserRow).where(StaffUserRow.id == staff_user_id).values(off))
        await ctx.audit(session, "kernel.totp_disabled", subject=("kernel.staff_user", staff_user_id))


def _enrolment(secret: str, email: str, store_name: str) -> Enrolment:
    uri = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=store_name)
    return Enrolment(secret, uri, segno.make(uri, error="m").svg_inline(border=4, omitsize=True))


def _fresh_codes(user: StaffUserRow) -> list[str]:
    """Replace the recovery codes of an account: 80 random bits each, so a plain hash is enough."""
    plain = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    user.recovery_codes = [digest(code) for code in plain]
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in plain]


def _typed(code: str) -> str:
    """Give a code as it was meant, without the spaces and dashes people read into it."""
    return re.sub(r"[\s-]", "", code).lower()
