# SPDX-License-Identifier: Apache-2.0
"""Tells every process which cached pages are stale: this one at the commit, the others by NOTIFY."""

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util import await_only

from shopwright.ids import new_id

if TYPE_CHECKING:
    from shopwright.kernel import Kernel

log = logging.getLogger(__name__)

CHANNEL = "shopwright_tags"
_KEY = "shopwright_stale_tags"
# PostgreSQL refuses messages of 8,000 bytes and more.
_LONGEST = 7000
_SEND = text(f"SELECT pg_notify('{CHANNEL}', message) FROM unnest(CAST(:messages AS text[])) AS message")


class TagNews:
    """Collects the tags a transaction makes stale and spreads them when it commits."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel
        self._sender = new_id().hex
        self._started = False

    async def start(self) -> None:
        """Listen to the other processes."""
        if self._started:
            return
        self._started = True
        await self._kernel.db.listen(CHANNEL, self._heard)

    def remember(self, session: AsyncSession, tags: Iterable[str]) -> None:
        """Keep tags until the session's transaction ends."""
        stale: set[str] | None = session.sync_session.info.get(_KEY)
        if stale is None:
            stale = session.sync_session.info[_KEY] = set()
            event.listen(session.sync_session, "before_commit", self._send)
            event.listen(session.sync_session, "after_commit", self._apply)
            event.listen(session.sync_session, "after_rollback", _forget)
        stale.update(tags)

    def _send(self, session: Session) -> None:
        """Have the commit tell the others; a back end that all processes share needs no telling."""
        tags = session.info[_KEY]
        if tags and not session.in_nested_transaction() and not self._kernel.backend.shared:
            session.execute(_SEND, {"messages": list(_messages(self._sender, tags))})

    def _apply(self, session: Session) -> None:
        """Drop the pages before the commit returns, so that whoever made a change sees it."""
        tags = session.info[_KEY]
        if not tags or session.in_nested_transaction():
            return
        stale = tuple(tags)
        tags.clear()
        try:
            await_only(self._kernel.backend.cache.invalidate_tags(stale))
        except Exception:  # the change is made; a cache must not undo that
            log.exception("Cached pages could not be dropped: %s", ", ".join(stale))

    async def _heard(self, message: str) -> None:
        if not message:
            everything = [f"{store.id}:*" for store in self._kernel.directory.all()]
            await self._kernel.backend.cache.invalidate_tags(everything)
            return
        sender, *tags = message.split("\n")
        if sender != self._sender:
            await self._kernel.backend.cache.invalidate_tags(tags)


def _forget(session: Session) -> None:
    session.info[_KEY].clear()


def _messages(sender: str, tags: Iterable[str]) -> Iterator[str]:
    message = sender
    for tag in sorted(tags):
        if len(message.encode()) + len(tag.encode()) + 1 > _LONGEST:
            yield message
            message = sender
        message += f"\n{tag}"
    yield message
