# SPDX-License-Identifier: Apache-2.0
"""One-time tokens for links sent by mail: good once, for a while, and as long as what they are bound to."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.auth.digests import digest, new_secret
from shopwright.auth.models import OneTimeTokenRow
from shopwright.clock import Clock

Purpose = Literal["invite", "reset", "email_change", "confirm_email"]
BindingOf = Callable[[UUID], Awaitable[str | None]]
"""Gives what a token of a subject is bound to now, say e-mail and password hash; None: no such one."""

LIFETIME: Mapping[Purpose, timedelta] = {
    "invite": timedelta(days=7),
    "reset": timedelta(hours=1),
    "email_change": timedelta(hours=24),
    "confirm_email": timedelta(days=7),
}


@dataclass(frozen=True, slots=True)
class OneTime:
    """What a valid token stands for."""

    purpose: str
    subject_kind: str
    subject_id: UUID
    data: Mapping[str, Any] = field(default_factory=dict)


class OneTimeTokens:
    """Tokens of one store. Subjects are named by kind (``staff``, ``customers.customer``) and id."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def issue(
        self,
        session: AsyncSession,
        purpose: Purpose,
        subject: tuple[str, UUID],
        *,
        binding: str,
        data: Mapping[str, Any] | None = None,
        lifetime: timedelta | None = None,
    ) -> str:
        """Make a token in the caller's transaction; earlier ones of the same purpose and subject die.

        Args:
            session: the caller's, in a transaction.
            purpose: what it is for; it is good for nothing else.
            subject: whose it is, (kind, id).
            binding: what must still be the same when it is used: e-mail and current password hash.
            data: what to give back with it, for example the new address.
            lifetime: how long it works, when not as long as usual for the purpose.

        Returns:
            The token for the link. Only its hash is stored: it cannot be shown again.
        """
        now = self._clock.now()
        kind, subject_id = subject
        row = OneTimeTokenRow
        same = (row.purpose == purpose) & (row.subject_kind == kind) & (row.subject_id == subject_id)
        await session.execute(delete(row).where(same | (row.expires_at <= now)))
        token = new_secret()
        session.add(
            OneTimeTokenRow(
                purpose=purpose,
                subject_kind=kind,
                subject_id=subject_id,
                token_hash=digest(token),
                binding=_bound(purpose, subject, binding),
                data=dict(data or {}),
                created_at=now,
                expires_at=now + (lifetime or LIFETIME[purpose]),
            )
        )
        await session.flush()
        return token

    async def look(
        self, session: AsyncSession, token: str, purpose: Purpose, kind: str, *, binding_of: BindingOf
    ) -> OneTime | None:
        """Tell what a token stands for without using it up: mail scanners open every link."""
        wanted = self._wanted(token, purpose, kind)
        row = await session.scalar(select(OneTimeTokenRow).where(wanted))
        return await self._checked(row, binding_of)

    async def redeem(
        self, session: AsyncSession, token: str, purpose: Purpose, kind: str, *, binding_of: BindingOf
    ) -> OneTime | None:
        """Use a token up in the caller's transaction; None when it is unknown, used, expired or outlived."""
        wanted = self._wanted(token, purpose, kind)
        row = await session.scalar(delete(OneTimeTokenRow).where(wanted).returning(OneTimeTokenRow))
        return await self._checked(row, binding_of)

    @staticmethod
    def _wanted(token: str, purpose: Purpose, kind: str) -> Any:
        row = OneTimeTokenRow
        return (row.token_hash == digest(token)) & (row.purpose == purpose) & (row.subject_kind == kind)

    async def _checked(self, row: OneTimeTokenRow | None, binding_of: BindingOf) -> OneTime | None:
        if row is None or row.expires_at <= self._clock.now():
            return None
        binding = await binding_of(row.subject_id)
        subject = (row.subject_kind, row.subject_id)
        if binding is None or not hmac.compare_digest(row.binding, _bound(row.purpose, subject, binding)):
            return None
        return OneTime(row.purpose, row.subject_kind, row.subject_id, row.data)


def _bound(purpose: str, subject: tuple[str, UUID], binding: str) -> bytes:
    return digest("\0".join((purpose, subject[0], str(subject[1]), binding)))
