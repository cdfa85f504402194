# SPDX-License-Identifier: Apache-2.0
from decimal import Decimal

from aiohttp import web
from aiohttp.test_utils import TestServer
from shopwright_ecb_rates.plugin import quotes
from tests.shop import system

from shopwright.testing.kernels import ALPHA
from shopwright_markets.services import list_markets, rates
from shopwright_markets.services.rates import RateInput

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope><Cube><Cube time='2026-11-20'>
<Cube currency='USD' rate='1.1000'/><Cube currency='JPY' rate='170.25'/><Cube currency='CHF' rate='0.9350'/>
</Cube></Cube></gesmes:Envelope>"""


async def test_the_rates_of_the_day_are_fetched_from_the_bank(make_kernel):
    async def answer(_request):
        return web.Response(text=FILE, content_type="text/xml")

    app = web.Application()
    app.router.add_get("/daily.xml", answer)
    kernel = await make_kernel(plugins=["ecb_rates"], stores=[ALPHA])
    ctx = system(kernel, "alpha")
    async with TestServer(app) as bank:
        settings = {"address": str(bank.make_url("/daily.xml"))}
        await kernel.settings.save(ctx, "ecb_rates", settings, "store")
        ctx = system(kernel, "alpha")
        await rates.add(ctx, RateInput("CHF", Decimal(1)))
        added = await rates.fetch(ctx)
        again = await rates.fetch(ctx)
    assert ([(x.currency, x.rate) for x in added], again) == ([("CHF", Decimal("0.935"))], [])
    assert (await list_markets.currency(ctx, "CHF")).source == "2026-11-20 15:00"


def test_rates_of_another_base_follow_from_those_of_the_euro():
    found = {x.currency: x.rate for x in quotes(FILE, "CHF", ["EUR", "USD", "XYZ"])}
    assert found == {"EUR": Decimal("1.06951872"), "USD": Decimal("1.17647059")}
    assert quotes(FILE, "XYZ", ["EUR"]) == quotes("<html>", "EUR", ["USD"]) == []
