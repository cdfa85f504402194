# SPDX-License-Identifier: Apache-2.0
"""Tokens for programs that act for a staff user: a short signed one, and a long one that is used once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import jwt
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.auth.digests import derived_keys, digest, new_secret
from shopwright.auth.models import RefreshTokenRow, StaffRoleRow, StaffUserRow
from shopwright.clock import Clock
from shopwright.errors import Unauthorized
from shopwright.ids import new_id

if TYPE_CHECKING:
    from shopwright.context import Context

ALGORITHM = "HS256"
ISSUER, AUDIENCE = "shopwright", "shopwright.admin_api"
CLAIMS = ("exp", "iat", "iss", "aud", "sub", "store", "jti", "family")
ACCESS_LIFETIME = timedelta(minutes=10)
REFRESH_LIFETIME = timedelta(days=30)
FAMILY_LIFETIME = timedelta(days=90)
"""After this long somebody has to sign in anew, however often tokens were refreshed."""
_SKEW = timedelta(seconds=30)

_REFUSED = "This refresh token is not good any more: sign in again."


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a program gets."""

    access_token: str
    refresh_token: str
    expires_in: int
    """Seconds the access token works."""
    refresh_expires_at: datetime


@dataclass(frozen=True, slots=True)
class Claims:
    """What a checked access token says."""

    staff_user_id: UUID
    family: UUID


class Tokens:
    """Issues, renews, checks and revokes tokens; each is good in one store."""

    def __init__(self, clock: Clock, secret_keys: Sequence[str]) -> None:
        self._clock = clock
        self._keys = derived_keys(secret_keys, "access token")

    async def issue(self, ctx: "Context", staff_user_id: UUID) -> TokenPair:
        """Start a family of tokens for a staff user whose credentials were just checked."""
        now = self._clock.now()
        row = RefreshTokenRow
        async with ctx.transaction() as session:
            outdated = (row.staff_user_id == staff_user_id) & (row.expires_at <= now)
            await session.execute(delete(row).where(outdated))
            pair = self._next(session, ctx.store.id, staff_user_id, new_id(), now + FAMILY_LIFETIME)
            await ctx.audit(session, "kernel.tokens_issued", subject=("kernel.staff_user", staff_user_id))
        return pair

    async def refresh(self, ctx: "Context", token: str) -> TokenPair:
        """Give new tokens for a refresh token, which is void from then on.

        Whoever shows one a second time reveals that two parties had it: then the whole family ends.

        Raises:
            Unauthorized: the token is unknown, expired, revoked or used, or the staff user may not enter.
        """
        now = self._clock.now()
        row = RefreshTokenRow
        live = row.used_at.is_(None) & row.revoked_at.is_(None) & (row.expires_at > now)
        async with ctx.transaction() as session:
            use = update(row).where(row.token_hash == digest(token), live).values(used_at=now)
            used = (await session.scalars(use.returning(row))).one_or_none()
            if used is not None and await _may_enter(session, ctx.store.id, used.staff_user_id):
                return self._next(
                    session, ctx.store.id, used.staff_user_id, used.family, used.family_expires_at
                )
            await self._end_reused(ctx, session, token)
        raise Unauthorized(_REFUSED, code="refresh_token_refused")

    async def revoke(self, ctx: "Context", token: str) -> None:
        """End the family of a refresh token; an unknown token is no error (RFC 7009)."""
        async with ctx.transaction() as session:
            found = await _by_token(session, token)
            if found is not None and await self._end_family(session, found.family):
                subject = ("kernel.staff_user", found.staff_user_id)
                await ctx.audit(session, "kernel.tokens_revoked", subject=subject)

    def read(self, store_id: UUID, token: str) -> Claims | None:
        """Check an access token for a store; None when anything at all is wrong with it."""
        now = self._clock.now()
        for key in self._keys:
            try:
                claims = jwt.decode(
                    token,
                    key,
                    algorithms=[ALGORITHM],
                    audience=AUDIENCE,
                    issuer=ISSUER,
                    # The times are compared below: the library asks the machine's clock, not ours.
                    options={"require": list(CLAIMS), "verify_exp": False, "verify_iat": False},
                )
                return _claims(claims, store_id, now)
            except (jwt.PyJWTError, ValueError):
                continue
        return None

    def _next(
        self, session: AsyncSession, store_id: UUID, staff_user_id: UUID, family: UUID, until: datetime
    ) -> TokenPair:
        now = self._clock.now()
        refresh_token = new_secret()
        expires_at = min(now + REFRESH_LIFETIME, until)
        session.add(
            RefreshTokenRow(
                family=family,
                staff_user_id=staff_user_id,
                token_hash=digest(refresh_token),
                created_at=now,
                expires_at=expires_at,
                family_expires_at=until,
            )
        )
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(staff_user_id),
            "store": str(store_id),
            "family": str(family),
            "jti": str(new_id()),
            "iat": int(now.timestamp()),
            "exp": int((now + ACCESS_LIFETIME).timestamp()),
        }
        access_token = jwt.encode(claims, self._keys[0], ALGORITHM)
        return TokenPair(access_token, refresh_token, int(ACCESS_LIFETIME.total_seconds()), expires_at)

    async def _end_reused(self, ctx: "Context", session: AsyncSession, token: str) -> None:
        """End the family of a token that was shown though it is void, and say so in the audit log."""
        found = await _by_token(session, token)
        if found is None or found.used_at is None:
            return
        if await self._end_family(session, found.family):
            subject = ("kernel.staff_user", found.staff_user_id)
            await ctx.audit(session, "kernel.refresh_token_reused", subject=subject)

    async def _end_family(self, session: AsyncSession, family: UUID) -> bool:
        row = RefreshTokenRow
        # The live token may be made by a refresh at this very moment; its transaction holds the used one.
        await session.execute(select(row.id).where(row.family == family).order_by(row.id).with_for_update())
        ending = update(row).where(row.family == family, row.revoked_at.is_(None))
        ended = await session.scalars(ending.values(revoked_at=self._clock.now()).returning(row.id))
        return bool(ended.all())


async def _by_token(session: AsyncSession, token: str) -> RefreshTokenRow | None:
    wanted = select(RefreshTokenRow).where(RefreshTokenRow.token_hash == digest(token))
    return (await session.scalars(wanted.execution_options(populate_existing=True))).one_or_none()


async def _may_enter(session: AsyncSession, store_id: UUID, staff_user_id: UUID) -> bool:
    role, user = StaffRoleRow, StaffUserRow
    wanted = (
        select(user.id)
        .join(role, role.staff_user_id == user.id)
        .where(user.id == staff_user_id, role.store_id == store_id, user.disabled_at.is_(None))
    )
    return (await session.scalar(wanted)) is not None


def _claims(claims: dict[str, Any], store_id: UUID, now: datetime) -> Claims:
    """Give what a token with a good signature says; ValueError when it is not for this store and moment."""
    issued, expires = claims["iat"], claims["exp"]
    if type(issued) is not int or type(expires) is not int:
        raise ValueError("times must be whole seconds")
    seconds = now.timestamp()
    if not issued - _SKEW.total_seconds() <= seconds < expires:
        raise ValueError("not its time")
    if expires - issued > ACCESS_LIFETIME.total_seconds():
        raise ValueError("it lives too long")
    if claims["store"] != str(store_id) or not isinstance(claims["family"], str):
        raise ValueError("for another store")
    return Claims(UUID(claims["sub"]), UUID(claims["family"]))
