# SPDX-License-Identifier: Apache-2.0
"""Prices per kilogram, litre and metre: kept by staff and API, told on the page of the product and in its API."""

from decimal import Decimal

import pytest
from tests.shop import add_product, as_staff, bearer

from shopwright.money import Money
from shopwright_pricing.services.contents import Content
from shopwright_pricing.services.rounding import rounded, share

CONTENTS = "/api/admin/v1/variant-contents"


@pytest.mark.parametrize(
    ("price", "millionths", "unit_price"),
    # 4.50 / 0.25 = 18; 1.00 / 0.3 = 3.333; 0.01 / 3 = 0.0033; 1 yen / 2 = 0.5, up
    [("4.50 EUR", 250_000, 1800), ("1.00 EUR", 300_000, 333), ("0.01 EUR", 3_000_000, 0), ("1 JPY", 2_000_000, 1)],
)  # fmt: skip
def test_a_unit_price_is_rounded_once(price, millionths, unit_price):
    amount, currency = price.split()
    assert Content(millionths, "kg").price_of_unit(Money.from_decimal(amount, currency)).amount == unit_price


@pytest.mark.parametrize(
    ("amount", "none", "five", "ten", "nines"),
    # 99: the ends are 99, 199, 299, ...; from 49 on 99 is nearer than nothing, 149 is as near to 199 as to 99
    [(0, 0, 0, 0, 0), (1, 1, 5, 10, 99), (7, 7, 5, 10, 99), (8, 8, 10, 10, 99), (148, 148, 150, 150, 99),
     (149, 149, 150, 150, 199), (4292, 4292, 4290, 4290, 4299), (4295, 4295, 4295, 4300, 4299), (4350, 4350, 4350, 4350, 4399)],
)  # fmt: skip
def test_percentages_are_rounded_by_the_rule(amount, none, five, ten, nines):
    assert [rounded(amount, rule) for rule in ("none", "5", "10", "99")] == [none, five, ten, nines]
    assert share(Money(amount, "KWD"), 1_000_000, "none") == Money(amount, "KWD")


async def test_contents_are_kept_and_told_beside_the_price(ctx, add_list, make_client, query_log):
    await add_product(ctx, "tea", price=450)
    rope = await add_product(ctx, "rope", price=1999)
    staff = await as_staff(ctx, make_client)
    client = await make_client(ctx.kernel, "alpha")
    options = {"headers": await bearer(ctx, "pricing.list.view", "pricing.list.edit")}
    assert "per kg" not in await (await client.get("/products/tea")).text()

    page = "/admin/pricing/contents"
    saved = await staff.submit(page, {"sku": "TEA", "quantity": "250", "unit": "g"})
    told = [
        await (await staff.submit(page, {"sku": sku, "quantity": quantity, "unit": "g"})).text()
        for sku, quantity in (("NONE", "1"), ("TEA", "-1"), ("TEA", "x"))
    ]
    body = {"contents": [{"variant_id": str(rope), "quantity": "1250", "unit": "cm"}]}
    put = await client.send("PUT", CONTENTS, body, **options)
    bad = [body["contents"][0] | wrong for wrong in ({"quantity": "0"}, {"unit": "inch"})]
    refused = [await client.send("PUT", CONTENTS, {"contents": [x]}, **options) for x in bad]

    assert (saved.status, put.status) == (303, 204)
    assert ['id="e-sku"' in told[0], *('id="e-quantity"' in x for x in told[1:])] == [True] * 3
    pointers = [(await x.json())["errors"][0]["pointer"] for x in refused]
    assert ([x.status for x in refused], pointers) == (
        [422, 422], ["/contents/0/quantity", "/contents/0/unit"],
    )  # fmt: skip
    listed = await client.get_json(CONTENTS, **options)
    assert sorted((x["sku"], x["quantity"], x["unit"]) for x in listed["items"]) == [
        ("ROPE", "12.5", "m"), ("TEA", "0.25", "kg"),
    ]  # fmt: skip
    await client.get("/cart")
    with query_log.at_most(3):
        text = await (await client.get("/products/tea")).text()
    assert "€18.00 per kg" in text
    await add_list("half", percent=Decimal(50))
    (variant,) = (await client.get_json("/api/v1/products/rope/prices"))["variants"]
    # 9.995 → 10.00; 10.00 / 12.5 = 0.80
    assert (variant["price"]["amount"], variant["unit_price"]) == (
        1000, {"price": {"amount": 80, "currency": "EUR"}, "unit": "m", "content": "12.5"},
    )  # fmt: skip
    await staff.submit(page, {"sku": "TEA", "quantity": "", "unit": "g"})
    assert "per kg" not in await (await client.get("/products/tea")).text()
