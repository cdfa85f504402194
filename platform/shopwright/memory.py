# SPDX-License-Identifier: Apache-2.0
"""What a plugin keeps of each store in memory, forgotten in every process when it changes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context

T = TypeVar("T")


class StoreMemory(Generic[T]):
    """Small things that nearly every request asks for, like promotions and markets: read once, then free.

    ``channel`` is a name of the plugin's own, like ``discounts_changed``. ``read`` reads a store's value.
    """

    def __init__(self, channel: str, read: Callable[[Context], Awaitable[T]]) -> None:
        self._channel = channel
        self._read = read
        self._stores: dict[tuple[UUID, frozenset[str]], T] = {}
        self._round = 0
        self._is_listening = False
        self._lock = asyncio.Lock()

    async def of(self, ctx: Context) -> T:
        """Give a store's value; read when nothing is known."""
        # What a value is made of comes and goes with the plugins that are on.
        key = (ctx.store.id, ctx.store.plugins)
        found = self._stores.get(key)
        if found is not None:
            return found
        await self._listen(ctx)
        before = self._round
        found = await self._read(ctx)
        if before == self._round:
            self._stores = {k: v for k, v in self._stores.items() if k[0] != ctx.store.id} | {key: found}
        return found

    def forget(self, store_id: UUID | None = None) -> None:
        """Forget the value of a store in this process, or those of all."""
        self._round += 1
        self._stores = {k: v for k, v in self._stores.items() if store_id is not None and k[0] != store_id}

    async def changed(self, ctx: Context, session: AsyncSession) -> None:
        """Have every process forget the store's value once the transaction has committed."""
        await ctx.kernel.db.notify(session, self._channel, str(ctx.store.id))

    async def _listen(self, ctx: Context) -> None:
        async with self._lock:
            if not self._is_listening:
                await ctx.kernel.db.listen(self._channel, self._heard)
                self._is_listening = True

    async def _heard(self, message: str) -> None:
        self.forget(UUID(message) if message else None)
