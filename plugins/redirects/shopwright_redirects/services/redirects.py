# SPDX-License-Identifier: Apache-2.0
"""Keeping redirects: no chain is longer than one step, and none leads back to itself."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id

Origin = Literal["staff", "renamed"]
PAGE = 100
_SOURCE = re.compile(r"/[^\s?#\\]{0,1000}")
_TARGET = re.compile(r"(/(?!/)[^\s\\]{0,1000}|https?://[^\s\\/]+[^\s\\]{0,1000})")

_FIND = "SELECT target FROM redirects_redirect WHERE source = $1"
_LIST = """
WITH found AS (SELECT id, source, target, origin, created_at, count(*) OVER () AS total FROM redirects_redirect
    WHERE $1 = '' OR position(lower($1) IN lower(source)) > 0 OR position(lower($1) IN lower(target)) > 0)
SELECT * FROM found WHERE $3::uuid IS NULL OR (created_at, id) < ($2::timestamptz, $3)
ORDER BY created_at DESC, id DESC LIMIT $4
"""
# All redirects of a store are changed one after another: two renamings at once must not make a chain.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_LEADS = text("SELECT target FROM redirects_redirect WHERE source = :source")
_FOLLOW = text("UPDATE redirects_redirect SET target = :target WHERE target = :source AND source <> :target")
_CLEAR = text("DELETE FROM redirects_redirect WHERE source = :target")
_PUT = text("""
INSERT INTO redirects_redirect (store_id, id, source, target, origin, created_at)
VALUES (:store_id, :id, :source, :target, :origin, :now)
ON CONFLICT (store_id, source) DO UPDATE SET target = excluded.target, origin = excluded.origin,
    created_at = excluded.created_at
RETURNING id
""")
_REMOVE = text("DELETE FROM redirects_redirect WHERE id = :id RETURNING source")


@dataclass(frozen=True, slots=True)
class Redirect:
    """An old path of the store, and where it leads: another path, or an address elsewhere."""

    id: UUID
    source: str
    target: str
    origin: Origin
    created_at: datetime


async def find(ctx: Context, path: str) -> str | None:
    """Say where an old path leads."""
    found: str | None = await ctx.fetch_value(_FIND, path)
    return found


async def listing(
    ctx: Context, search: str, *, after: tuple[Any, ...] | None = None, limit: int = PAGE
) -> tuple[list[Redirect], int]:
    """Give redirects, the newest first, behind the time and id of one, and how many there are."""
    rows = await ctx.fetch_rows(_LIST, search, *(after or (None, None)), limit)
    found = [Redirect(*(row[name] for name in Redirect.__slots__)) for row in rows]
    return found, rows[0]["total"] if rows else 0


async def add(ctx: Context, source: str, target: str) -> UUID:
    """Have an old path lead somewhere; one that leads elsewhere already is changed.

    Raises:
        Invalid: names the field and what is accepted.
    """
    source, target = source.strip(), target.strip()
    _check(source, target)

    async def work(session: AsyncSession) -> UUID:
        id_ = await _put(ctx, session, source, target, "staff")
        data = {"source": source, "target": target}
        await ctx.audit(session, "redirects.added", subject=("redirects.redirect", id_), data=data)
        return id_

    return await ctx.run(work)


async def renamed(ctx: Context, before: str, after: str) -> None:
    """Have the page of a renamed thing lead to its new one."""
    await ctx.run(lambda session: _put(ctx, session, before, after, "renamed"))


async def remove(ctx: Context, redirect_id: UUID) -> None:
    """Forget a redirect.

    Raises:
        NotFound: there is none.
    """

    async def work(session: AsyncSession) -> None:
        source = (await session.execute(_REMOVE, {"id": redirect_id})).scalar_one_or_none()
        if source is None:
            raise NotFound("There is no such redirect.")
        subject = ("redirects.redirect", redirect_id)
        await ctx.audit(session, "redirects.removed", subject=subject, data={"source": source})

    await ctx.run(work)


async def _put(ctx: Context, session: AsyncSession, source: str, target: str, origin: Origin) -> UUID:
    await session.execute(_LOCK, {"name": f"redirects:{ctx.store.id}"})
    if origin == "renamed":
        # What is there now has a page again, whatever led away from it.
        await session.execute(_CLEAR, {"target": target})
    target = (await session.execute(_LEADS, {"source": target})).scalar_one_or_none() or target
    if target == source:
        words = translatable("That address leads back to this one.")
        raise Invalid(words, errors=[FieldError("/target", "loop", words)])
    parameters: dict[str, Any] = {"source": source, "target": target}
    await session.execute(_FOLLOW, parameters)
    own = {"store_id": ctx.store.id, "id": new_id(), "origin": origin, "now": ctx.clock.now()}
    return UUID(str((await session.execute(_PUT, parameters | own)).scalar_one()))


def _check(source: str, target: str) -> None:
    errors = []
    if not _SOURCE.fullmatch(source):
        words = translatable("Give a path of this store without a question mark, like /old-lamp.")
        errors.append(FieldError("/source", "bad_path", words))
    if not _TARGET.fullmatch(target):
        words = translatable(
            "Give a path of this store like /products/lamp, or an address that begins with https://."
        )
        errors.append(FieldError("/target", "bad_address", words))
    if source == target:
        errors.append(FieldError("/target", "same", translatable("That is the same address.")))
    if errors:
        raise Invalid(errors=errors)
