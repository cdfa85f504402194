# SPDX-License-Identifier: Apache-2.0
"""What customers are told of tax beside prices."""

from decimal import Decimal

from tests.shop import add_product, furnish

from shopwright.testing.kernels import ALPHA
from shopwright_tax.services import save_rate
from shopwright_tax.services.save_rate import RateInput

PLUGINS = ["tax", "storefront", "manual_payment", "flat_shipping"]


async def test_pages_and_programs_are_told_what_tax_is_in_a_price(make_kernel, make_client, query_log):
    kernel = await make_kernel(plugins=PLUGINS, stores=[ALPHA])
    ctx = await furnish(kernel, "alpha")
    await add_product(ctx, "lamp", price=4900)
    await add_product(ctx, "book", price=1000, tax_category="reduced")
    client = await make_client(kernel, "alpha")

    async def page(path="/products/lamp"):
        return await (await client.get(path)).text()

    async def settings(**values):
        await kernel.settings.save(ctx, "tax", values, "store")
        await kernel.reload()

    assert "All prices" not in await page()
    await save_rate.create(ctx, RateInput("DE", Decimal(19), "19 % VAT"))
    await save_rate.create(ctx, RateInput("DE", Decimal(7), "7 % VAT", category="reduced"))
    await kernel.jobs.drain()
    text = await page()
    assert "including 19 % VAT</p>" in text
    assert "All prices include tax" in text
    assert "including 7 % VAT</p>" in await page("/products/book")

    await settings(other_price="everybody")
    assert "including 19 % VAT · €41.18 without tax" in await page()
    await settings(other_price="companies")
    assert "€41.18" not in await page()
    await settings(other_price="everybody", prices_include_tax=False)
    text = await page()
    assert "plus 19 % VAT · €58.31 with tax" in text
    assert "All prices are without tax" in text
    await settings(price_note=False, other_price="nobody", prices_include_tax=True)
    assert "VAT" not in await page()

    with query_log.at_most(2):
        taxes = await client.get_json("/api/v1/products/book/taxes")
    (found,) = taxes["variants"]
    assert (found["label"], found["included"], found["other"]["amount"]) == ("7 % VAT", True, 935)
