# SPDX-License-Identifier: Apache-2.0
"""Codes that must be told later: encrypted until their mail is sent or their file is taken, then gone."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.secrets import SecretBox

_SEALED = "SELECT id, sealed FROM gift_cards_account WHERE sealed IS NOT NULL ORDER BY id"
_RENEW = text("UPDATE gift_cards_account SET sealed = :fresh WHERE id = :id AND sealed = :old")


def seal(ctx: Context, code: str) -> str:
    """Encrypt a code with the installation's newest key."""
    return _box(ctx).encrypt(code)


def unseal(ctx: Context, sealed: str) -> str:
    """Read a code again."""
    return _box(ctx).decrypt(sealed)


async def renew(ctx: Context) -> None:
    """Encrypt codes that wait anew with the newest key, so that an old key can be retired."""
    box = _box(ctx)
    old = [row for row in await ctx.fetch_rows(_SEALED) if box.needs_rotation(row["sealed"])]
    if not old:
        return

    async def work(session: AsyncSession) -> None:
        for row in old:
            values = {"id": row["id"], "old": row["sealed"], "fresh": box.rotate(row["sealed"])}
            await session.execute(_RENEW, values)

    await ctx.run(work)


def _box(ctx: Context) -> SecretBox:
    return SecretBox(ctx.kernel.secret_keys)
