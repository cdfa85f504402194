# SPDX-License-Identifier: Apache-2.0
"""Who pays no tax: businesses in other EU countries, and who is exempt; and rates that begin on a day."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.shop import ADDRESS, add_product, bearer, furnish, place, ready_cart, system

from shopwright.clock import FakeClock, SystemClock
from shopwright.doctor_run import examine
from shopwright.testing.kernels import ALPHA
from shopwright_tax.services.rates import today
from shopwright_tax.services.save_rate import RateInput, create

PLUGINS = ["tax", "customers", "flat_shipping", "inventory", "manual_payment", "storefront"]
AUSTRIAN, GERMAN = "ATU 13585627", "DE136695976"
EXEMPTIONS = "/api/admin/v1/tax-exemptions"


@pytest.fixture
def clock():
    return FakeClock(SystemClock().now())


@pytest.fixture
async def ctx(make_kernel, clock):
    kernel = await make_kernel(plugins=PLUGINS, stores=[ALPHA], clock=clock)
    ctx = await furnish(kernel, "alpha")
    await kernel.settings.save(ctx, "tax", {"reverse_charge": True, "ask_vat_id": True}, "store")
    ctx = system(kernel, "alpha")
    for country in ("DE", "AT"):
        await create(ctx, RateInput(country, Decimal(19), "VAT"))
    return ctx


async def totals_of(client, cart_id, country, number=""):
    """Send a cart to a country with a VAT number; give what is off, what shipping costs, taxes and the total."""
    body = {"shipping_address": ADDRESS | {"country": country}, "attributes": {"tax.vat_id": number}}
    answer = await client.send("PATCH", f"/api/v1/carts/{cart_id}", body)
    assert answer.status == 200, await answer.text()
    cart = await client.get_json(f"/api/v1/carts/{cart_id}")
    taxes = [(line["label"], line["amount"]["amount"], line["detail"]) for line in cart["tax_lines"]]
    return cart["discount"]["amount"], cart["shipping"]["amount"], taxes, cart["total"]["amount"]


async def test_a_business_in_another_eu_country_pays_the_price_without_tax(ctx, make_client):
    lamp = await add_product(ctx, "lamp", price=11_900)
    client = await make_client(ctx.kernel, "alpha")
    cart_id = await ready_cart(client, {lamp: 1})

    # 19 % of 12390 gross is 1978.2; of that 11900 holds 1900 and 490 holds 78.2
    taxed = (0, 490, [("VAT", 1978, "AT, standard")], 12_390)
    free = (1900, 412, [("Reverse charge", 0, "ATU13585627")], 10_412)
    assert await totals_of(client, cart_id, "AT") == taxed
    assert await totals_of(client, cart_id, "AT", GERMAN) == taxed
    assert (await totals_of(client, cart_id, "DE", AUSTRIAN))[3] == 12_390
    assert (await totals_of(client, cart_id, "CH", AUSTRIAN))[2] == []
    assert await totals_of(client, cart_id, "AT", AUSTRIAN) == free
    cart = await client.get_json(f"/api/v1/carts/{cart_id}")
    trail = [(x["plugin"], x["rule"], x["amount"]["amount"]) for x in cart["lines"][0]["provenance"]]
    assert trail == [("catalog", "catalog.variant", 11_900), ("tax", "reverse_charge", -1900)]

    await totals_of(client, cart_id, "AT", "ATU13585628")
    refused = await place(client, cart_id)
    assert (refused.status, (await refused.json())["errors"][0]["pointer"]) == (422, "/attributes/tax.vat_id")
    await totals_of(client, cart_id, "AT", AUSTRIAN)
    placed = await place(client, cart_id)
    assert (placed.status, (await placed.json())["total"]["amount"]) == (201, 10_412)
    assert [x.code for x in (await examine(ctx.kernel)).findings if x.offenders or x.error] == []
    page = await client.submit(
        "/products/lamp", {"variant_id": str(lamp), "quantity": "1"}, action="/cart/add"
    )
    assert page.status == 303
    assert "VAT number" in await (await client.get("/checkout")).text()


async def test_who_is_exempt_pays_no_tax_while_it_holds(ctx, clock, make_client):
    lamp = await add_product(ctx, "lamp", price=11_900)
    client = await make_client(ctx.kernel, "alpha")
    account = {"email": "ada@example.com", "name": "Ada", "password": "seven lamps on the pier"}
    await client.submit("/account/sign-up", account)
    customer_id = await ctx.fetch_value("SELECT id FROM customers_customer")
    editor = await bearer(ctx, "tax.rate.view", "tax.rate.edit")
    cart_id = await ready_cart(client, {lamp: 1})
    wrong = {"subject": "somebody", "reason": " ", "valid_from": "2026-02-02", "valid_until": "2026-02-01"}

    refused = await client.send("POST", EXEMPTIONS, wrong, headers=editor)
    before = await totals_of(client, cart_id, "DE")
    last = today(ctx) + timedelta(days=1)
    body = {
        "subject": f"customer:{customer_id}",
        "reason": "Embassy",
        "certificate": "C-1",
        "valid_until": f"{last}",
    }
    made = await client.post_json(EXEMPTIONS, body, headers=editor)
    exempt = await totals_of(client, cart_id, "DE")
    guest = await make_client(ctx.kernel, "alpha")
    others = await totals_of(guest, await ready_cart(guest, {lamp: 1}), "DE")
    clock.advance(timedelta(days=2))
    after = await totals_of(client, cart_id, "DE")

    pointers = [error["pointer"] for error in (await refused.json())["errors"]]
    assert (refused.status, pointers) == (422, ["/subject", "/reason", "/valid_until"])
    assert (before[3], exempt[3], others[3], after[3]) == (12_390, 10_412, 12_390, 12_390)
    assert exempt[2] == [("Exempt from tax", 0, "Embassy (C-1)")]
    path = f"{EXEMPTIONS}/{made['id']}"
    late = await client.send("PUT", path, body | {"version": 7}, headers=editor)
    changed = await client.send("PUT", path, body | {"valid_until": None, "version": 1}, headers=editor)
    assert (late.status, changed.status) == (409, 200)
    assert (await totals_of(client, cart_id, "DE"))[3] == 10_412
    await client.sign_in_staff("owner@alpha.example", "seven-lamps-on-the-pier")
    form = {"subject": "group:vip", "reason": "Charity", "valid_from": "", "valid_until": ""}
    assert (await client.submit("/admin/tax/exemptions/new", form)).status == 303
    assert (await client.submit("/admin/tax/exemptions/new", form | {"reason": ""})).status == 422
    listed = await (await client.get("/admin/tax/exemptions")).text()
    assert "group:vip" in listed
    page = f"/admin/tax/exemptions/{made['id']}"
    gone = await client.submit(page, {"version": "2"}, action=f"{page}/delete")
    assert (gone.status, (await client.get(page)).status) == (303, 404)


async def test_a_rate_holds_from_its_day_until_the_next(ctx, clock, make_client):
    lamp = await add_product(ctx, "lamp", price=10_000)
    client = await make_client(ctx.kernel, "alpha")
    editor = await bearer(ctx, "tax.rate.view", "tax.rate.edit")
    day = today(ctx) + timedelta(days=3)
    body = {"country": "DE", "label": "VAT 16", "percent": "16", "valid_from": f"{day}"}
    assert (await client.send("POST", "/api/admin/v1/tax-rates", body, headers=editor)).status == 201
    assert (await client.send("POST", "/api/admin/v1/tax-rates", body, headers=editor)).status == 409
    cart_id = await ready_cart(client, {lamp: 1})

    assert [x[0] for x in (await totals_of(client, cart_id, "DE"))[2]] == ["VAT"]
    clock.advance(timedelta(days=3))
    assert [x[0] for x in (await totals_of(client, cart_id, "DE"))[2]] == ["VAT 16"]
