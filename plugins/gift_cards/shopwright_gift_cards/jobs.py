# SPDX-License-Identifier: Apache-2.0
"""The job of gift cards: what has expired."""

from dataclasses import dataclass

from shopwright.context import Context
from shopwright.jobs import Job, Schedule
from shopwright_gift_cards.services import ledger


@dataclass(frozen=True, slots=True)
class Expire:
    """Nothing to say: whatever has expired."""


async def _expire(ctx: Context, payload: Expire) -> None:
    while await ledger.expire(ctx):
        pass


expire = Job("gift_cards.expire", Expire, _expire)
schedules = [Schedule("gift_cards.expire", "7 * * * *", expire, Expire())]
