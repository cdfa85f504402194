# SPDX-License-Identifier: Apache-2.0
"""Moving stored secrets to the newest key, so that an old key can be dropped."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.jsontext import dump
from shopwright.secrets import SecretBox, SecretUnreadable

if TYPE_CHECKING:
    from shopwright.kernel import Kernel

_TOKEN = "gAAAA"  # noqa: S105 - how every token of this kind begins
_SETTINGS = text("SELECT id, plugin, values FROM kernel_plugin_setting ORDER BY id FOR UPDATE")
_SAVE_SETTINGS = text("UPDATE kernel_plugin_setting SET values = CAST(:values AS jsonb) WHERE id = :id")
_STAFF = text("""
    SELECT id, totp_secret, totp_pending FROM kernel_staff_user
    WHERE totp_secret IS NOT NULL OR totp_pending IS NOT NULL ORDER BY id FOR UPDATE
""")
_SAVE_STAFF = text("""
    UPDATE kernel_staff_user SET totp_secret = :totp_secret, totp_pending = :totp_pending WHERE id = :id
""")


@dataclass(slots=True)
class Rotation:
    """How many secrets were encrypted anew, and which could not be read with any key."""

    rotated: int = 0
    unreadable: tuple[str, ...] = ()


async def rotate_secrets(kernel: "Kernel") -> Rotation:
    """Encrypt every stored secret with the newest key, those of plugins that are off or not loaded included."""
    turn = _Turn(SecretBox(kernel.secret_keys))

    async def work(session: AsyncSession) -> None:
        turn.done = Rotation()
        for row in (await session.execute(_SETTINGS)).mappings().all():
            values = turn.all(row["plugin"], row["values"])
            if values != row["values"]:
                await session.execute(_SAVE_SETTINGS, {"id": row["id"], "values": dump(values)})
        for row in (await session.execute(_STAFF)).mappings().all():
            secrets = {name: row[name] for name in ("totp_secret", "totp_pending")}
            fresh = turn.all(f"staff user {row['id']}", secrets)
            if fresh != secrets:
                await session.execute(_SAVE_STAFF, {"id": row["id"], **fresh})

    await kernel.db.run(None, work)
    await kernel.reload()
    return turn.done


class _Turn:
    """One pass over all that is stored."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box
        self.done = Rotation()

    def all(self, owner: str, values: dict[str, Any]) -> dict[str, Any]:
        return {name: self._one(f"{owner}.{name}", value) for name, value in values.items()}

    def _one(self, name: str, value: Any) -> Any:
        if not isinstance(value, str) or not value.startswith(_TOKEN) or not self._box.needs_rotation(value):
            return value
        try:
            fresh = self._box.rotate(value)
        except SecretUnreadable:
            self.done.unreadable += (name,)
            return value
        self.done.rotated += 1
        return fresh
