# SPDX-License-Identifier: Apache-2.0
"""Exchange rates from the European Central Bank, which sets them on working days at about 16:00 in Frankfurt."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

from aiohttp import ClientSession, ClientTimeout
from pydantic import Field

from shopwright.context import Context
from shopwright.plugin import Manifest, PluginSettings, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_markets.api import RateQuote

_DAY = re.compile(r"<Cube time=['\"](\d{4}-\d{2}-\d{2})['\"]")
_RATE = re.compile(r"<Cube currency=['\"]([A-Z]{3})['\"] rate=['\"](\d{1,9}(?:\.\d{1,10})?)['\"]")


class EcbSettings(PluginSettings):
    """Where the rates are read."""

    address: str = Field(
        default="https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml", title="Address of the rates"
    )


class Plugin(BasePlugin):
    """Supplies the reference rates of the day."""

    manifest: ClassVar[Manifest] = Manifest(
        name="ecb_rates",
        version="0.1.0",
        title="ECB reference rates",
        summary="Supplies the reference rates of the European Central Bank.",
        requires=("markets",),
        settings=EcbSettings,
        hosts=("www.ecb.europa.eu",),
    )

    @hookimpl
    async def exchange_rates(self, ctx: Context, base: str, currencies: Sequence[str]) -> Sequence[RateQuote]:
        address = ctx.settings(EcbSettings).address
        async with ClientSession(timeout=ClientTimeout(total=8)) as web, web.get(address) as response:
            response.raise_for_status()
            text = await response.text()
        return quotes(text, base, currencies)


def quotes(text: str, base: str, currencies: Sequence[str]) -> list[RateQuote]:
    """Read the bank's file: rates of one euro, from which those of another base follow."""
    day = _DAY.search(text)
    if day is None:
        return []
    as_of = datetime.fromisoformat(day[1]).replace(hour=15, tzinfo=UTC)
    of_euro = {"EUR": Decimal(1)} | {name: Decimal(rate) for name, rate in _RATE.findall(text)}
    if base not in of_euro:
        return []
    known = [x for x in currencies if x in of_euro]
    return [RateQuote(x, round(of_euro[x] / of_euro[base], 8).normalize(), as_of) for x in known]
