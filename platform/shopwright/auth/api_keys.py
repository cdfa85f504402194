# SPDX-License-Identifier: Apache-2.0
"""API keys of a store: what a program may do is listed in the key, and never more than its maker may."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import or_, select, update

from shopwright.auth.digests import digest, new_secret
from shopwright.auth.models import ApiKeyRow
from shopwright.auth.roles import Roles, require_covers
from shopwright.db import Database
from shopwright.errors import FieldError, Invalid, NotFound
from shopwright.i18n import translatable

if TYPE_CHECKING:
    from shopwright.context import Context

PREFIX = "swk_"
VIEW, EDIT = "kernel.api_keys.view", "kernel.api_keys.edit"
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is listed: never the key itself."""

    id: UUID
    name: str
    hint: str
    """Its first characters, to tell keys apart."""
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class ApiKeys:
    """Makes, lists and revokes keys of the context's store."""

    def __init__(self, db: Database, roles: Roles) -> None:
        self._db = db
        self._roles = roles

    async def create(
        self, ctx: "Context", name: str, scopes: Collection[str], *, expires_at: datetime | None = None
    ) -> tuple[ApiKey, str]:
        """Make a key. The second value is the key itself: it is shown once and cannot be read again.

        Raises:
            Invalid: the name, a scope or the end is not acceptable; names the field.
            Forbidden: a scope is beyond what the actor may do.
        """
        ctx.require(EDIT)
        self._check(ctx, name, scopes, expires_at)
        require_covers(ctx.actor, scopes)
        key = PREFIX + new_secret()
        row = ApiKeyRow(
            name=name.strip(),
            hint=key[: len(PREFIX) + 4],
            key_hash=digest(key),
            scopes=sorted(set(scopes)),
            created_by=ctx.actor.label,
            created_at=ctx.clock.now(),
            expires_at=expires_at,
        )
        async with ctx.transaction() as session:
            session.add(row)
            await session.flush()
            data = {"name": row.name, "scopes": row.scopes}
            await ctx.audit(session, "kernel.api_key_made", subject=("kernel.api_key", row.id), data=data)
        return _api_key(row), key

    async def all(self, ctx: "Context") -> list[ApiKey]:
        """Give the keys of the store, newest first, revoked ones included."""
        ctx.require(VIEW)
        async with ctx.transaction(readonly=True) as session:
            return [
                _api_key(row)
                for row in await session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.id.desc()))
            ]

    async def get(self, ctx: "Context", key_id: UUID) -> ApiKey:
        """Give one key of the store, revoked or not.

        Raises:
            NotFound: the store has no such key.
        """
        ctx.require(VIEW)
        async with ctx.transaction(readonly=True) as session:
            row = await session.scalar(select(ApiKeyRow).where(ApiKeyRow.id == key_id))
            if row is None:
                raise NotFound(translatable("There is no such key."))
            return _api_key(row)

    async def revoke(self, ctx: "Context", key_id: UUID) -> None:
        """End a key at once.

        Raises:
            NotFound: the store has no such key that still works.
        """
        ctx.require(EDIT)
        row = ApiKeyRow
        ending = update(row).where(row.id == key_id, row.revoked_at.is_(None))
        async with ctx.transaction() as session:
            ended = await session.scalar(ending.values(revoked_at=ctx.clock.now()).returning(row.id))
            if ended is None:
                raise NotFound(translatable("There is no such key, or it is revoked already."))
            await ctx.audit(session, "kernel.api_key_revoked", subject=("kernel.api_key", key_id))

    async def touch(self, store_id: UUID, key_id: UUID, last: datetime | None, now: datetime) -> None:
        """Note that a key is used, at most once a minute."""
        if last is not None and now - last < TOUCH_EVERY:
            return
        row = ApiKeyRow
        stale = or_(row.last_used_at.is_(None), row.last_used_at <= now - TOUCH_EVERY)
        async with self._db.transaction(store_id) as session:
            await session.execute(update(row).where(row.id == key_id, stale).values(last_used_at=now))

    def _check(self, ctx: "Context", name: str, scopes: Collection[str], expires_at: datetime | None) -> None:
        errors = []
        if not name.strip():
            errors.append(FieldError("/name", "required", translatable("Say what the key is for.")))
        if not scopes:
            errors.append(
                FieldError("/scopes", "required", translatable("Choose at least one thing the key may do."))
            )
        errors += [
            FieldError("/scopes", "unknown_permission", f"There is no permission {unknown!r}.")
            for unknown in sorted(set(scopes) - set(self._roles.known))
        ]
        if expires_at is not None and (expires_at.tzinfo is None or expires_at <= ctx.clock.now()):
            errors.append(
                FieldError("/expires_at", "past", "Choose a moment in the future, with a time zone.")
            )
        if errors:
            raise Invalid(" ".join(error.message for error in errors), errors=errors)


def _api_key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        row.id, row.name, row.hint, tuple(row.scopes), row.created_by, row.created_at, row.expires_at,
        row.last_used_at, row.revoked_at,
    )  # fmt: skip
