# SPDX-License-Identifier: Apache-2.0
"""The jobs of markets: a rate begins, and rates are fetched."""

from dataclasses import dataclass

from shopwright.context import Context
from shopwright.jobs import Job, Schedule


@dataclass(frozen=True, slots=True)
class Turn:
    """A currency whose rate changes now."""

    currency: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """Nothing to say: the rates of all currencies that are used."""


async def _turn(ctx: Context, payload: Turn) -> None:
    from shopwright_markets.services import rates

    await rates.turn(ctx, payload.currency)


async def _fetch(ctx: Context, payload: Fetch) -> None:
    from shopwright_markets.services import rates

    await rates.fetch(ctx)


turn = Job("markets.turn", Turn, _turn)
fetch = Job("markets.fetch", Fetch, _fetch)
schedules = [Schedule("markets.fetch", "20 5 * * *", fetch, Fetch())]
