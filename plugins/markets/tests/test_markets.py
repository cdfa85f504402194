# SPDX-License-Identifier: Apache-2.0
import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.shop import ADDRESS, add_product, as_staff, bearer, place, ready_cart

from shopwright.actor import ANONYMOUS
from shopwright.doctor_run import examine
from shopwright.errors import Conflict, Invalid
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_catalog.api import PriceRequest
from shopwright_discounts.services import save_promotion
from shopwright_discounts.services.save_promotion import PartInput, PromotionInput
from shopwright_markets.services import kept, list_markets, rates, save_market
from shopwright_markets.services.rates import RateInput
from shopwright_markets.services.save_market import MarketInput
from shopwright_orders import api as orders
from shopwright_pricing.services import history, prices, save_list
from shopwright_pricing.services.lists import ListInput


async def text_of(client, path):
    response = await client.get(path)
    assert response.status == 200, await response.text()
    return await response.text()


async def post(staff, path, form):
    """Send a form of the admin and follow where it leads."""
    page = path if path in {"/admin/markets/new", "/admin/exchange-rates"} else path.removesuffix("/delete")
    sent = await staff.submit(page, form, action=path)
    return await staff.get(sent.headers["Location"]) if sent.status == 303 else sent


async def test_listing_product_and_cart_show_the_price_of_the_market(ctx, client, markets, query_log):
    lamp = await add_product(ctx, "lamp", price=4900)
    home = await client.get_json("/api/v1/products/lamp")
    swiss = await client.get_json("/api/v1/products/lamp?market=ch")
    japan = await client.get_json("/api/v1/products/lamp?market=jp")
    listed = (await client.get_json("/api/v1/products?market=ch"))["items"][0]

    assert home["variants"][0]["price"] == {"amount": 4900, "currency": "EUR"}
    assert swiss["variants"][0]["price"] == listed["price"] == {"amount": 4610, "currency": "CHF"}
    assert japan["variants"][0]["price"] == {"amount": 8380, "currency": "JPY"}
    (why,) = swiss["variants"][0]["provenance"]
    assert (why["rule"], why["amount"]) == ("catalog.variant", {"amount": 4610, "currency": "CHF"})
    assert why["detail"].startswith("49.00 EUR × 0.9412 (entered, ")

    cart = await client.post_json("/api/v1/carts?market=ch")
    path = f"/api/v1/carts/{cart['id']}"
    cart = await client.post_json(f"{path}/lines", {"variant_id": str(lamp), "quantity": 2})
    assert (cart["market"], cart["subtotal"]) == ("ch", {"amount": 9220, "currency": "CHF"})
    # A call that names no market leaves the cart where it is; one that names another takes it along.
    assert (await client.get_json(path))["subtotal"] == {"amount": 9220, "currency": "CHF"}
    moved = await client.get_json(f"{path}?market=jp")
    assert (moved["market"], moved["subtotal"]) == ("jp", {"amount": 16760, "currency": "JPY"})
    assert moved["lines"][0]["shown_price"] == {"amount": 8380, "currency": "JPY"}

    wrong = await client.send("GET", "/api/v1/products?market=atlantis")
    assert (wrong.status, (await wrong.json())["errors"][0]["pointer"]) == (422, "/market")
    with query_log.at_most(2):
        assert await catalog.cards(ctx.in_market("ch", "CHF"), sort="newest")


async def test_a_product_is_published_in_the_markets_it_is_for(ctx, client, markets, make_client):
    lamp = await add_product(ctx, "lamp", price=4900, markets=("ch",))
    await add_product(ctx, "shade", price=900)

    async def seen(query):
        listed = await client.get_json(f"/api/v1/products{query}")
        page = await client.get(f"/api/v1/products/lamp{query}")
        return [x["handle"] for x in listed["items"]], listed["total"], page.status

    assert await seen("?market=ch") == (["lamp", "shade"], 2, 200)
    assert await seen("?market=jp") == await seen("") == (["shade"], 1, 404)
    # What is typed and counted is in francs: 46.10 and 8.45.
    assert await seen("?market=ch&filter=price:9..46.10") == (["lamp"], 1, 200)
    facets = await client.get_json("/api/v1/products/facets?market=ch")
    assert [x["least"] for x in facets["items"] if x["key"] == "price"] == ["8.47"]
    cart = await client.post_json("/api/v1/carts?market=ch")
    path = f"/api/v1/carts/{cart['id']}"
    line = {"variant_id": str(lamp), "quantity": 1}
    await client.post_json(f"{path}/lines", line)
    assert len((await client.get_json(f"{path}?market=jp"))["missing"]) == 1
    assert (await client.send("POST", f"{path}/lines", line)).status == 404

    staff = await as_staff(ctx, make_client)
    product = await ctx.fetch_value("SELECT id FROM catalog_product WHERE handle = 'lamp'")
    page = await text_of(staff, f"/admin/products/{product}")
    assert 'name="market" value="ch" checked' in page
    headers = await bearer(ctx, "catalog.product.view", "catalog.product.edit")
    detail = await (await client.get("/api/admin/v1/products/lamp", headers=headers)).json()
    assert detail["product"]["markets"] == ["ch"]
    body = detail["product"] | {"markets": []}
    assert (await client.send("PUT", "/api/admin/v1/products/lamp", body, headers=headers)).status == 200
    assert (await seen("?market=jp"))[2] == 200


async def test_an_order_is_placed_in_the_currency_of_its_market(ctx, client, markets):
    lamp = await add_product(ctx, "lamp", price=4900)
    cart_id = await ready_cart(client, {lamp: 1})
    path = f"/api/v1/carts/{cart_id}"
    refused = await client.send("PATCH", f"{path}?market=ch", {"shipping_address": ADDRESS})
    assert (refused.status, (await refused.json())["errors"][0]["pointer"]) == (
        422,
        "/shipping_address/country",
    )
    zug = ADDRESS | {"city": "Zug", "postal_code": "6300", "country": "CH"}
    body = {"shipping_address": zug, "shipping_code": "flat_shipping.standard"}
    cart = await (await client.send("PATCH", f"{path}?market=ch", body)).json()
    assert cart["shipping"] == {"amount": 460, "currency": "CHF"}

    placed = await (await place(client, cart_id)).json()

    assert placed["total"] == {"amount": 5070, "currency": "CHF"}
    order = await orders.order(ctx, UUID(placed["id"]))
    assert (order.market, order.total, order.lines[0].unit_price) == (
        "ch", Money(5070, "CHF"), Money(4610, "CHF"),
    )  # fmt: skip
    assert [x.offenders for x in (await examine(ctx.kernel)).findings if x.offenders] == []


async def test_visitors_choose_a_market_by_a_link_and_come_to_that_of_their_country(
    ctx, client, markets, make_kernel
):
    await add_product(ctx, "lamp", price=4900)
    page = await text_of(client, "/products/lamp")
    assert "€49.00" in page
    assert 'href="/market/ch?to=/products/lamp" rel="nofollow"' in page

    chosen = await client.send("GET", "/market/ch?to=/products/lamp")
    assert (chosen.status, chosen.headers["Location"]) == (303, "/products/lamp")
    assert "CHF" in await text_of(client, "/products/lamp")
    elsewhere = await client.send("GET", "/market/jp?to=//evil.example")
    assert elsewhere.headers["Location"] == "/"
    assert (await client.send("GET", "/market/atlantis")).status == 404
    assert [x["code"] for x in await client.get_json("/api/v1/markets")] == ["home", "ch", "jp"]


async def test_the_cart_of_a_browser_follows_its_visitor(ctx, client, markets):
    lamp = await add_product(ctx, "lamp", price=4900)
    await client.submit("/products/lamp", {"variant_id": str(lamp), "quantity": "2"}, action="/cart/add")
    assert "€98.00" in await text_of(client, "/cart")
    await client.send("GET", "/market/ch")
    page = await text_of(client, "/cart")
    assert "92.20" in page
    assert "€98.00" not in page
    contact = await text_of(client, "/checkout")
    assert '<option value="LI"' in contact
    assert '<option value="DE"' not in contact


async def test_lists_promotions_and_their_budgets_speak_the_currency_of_the_market(ctx, client, markets):
    lamp = await add_product(ctx, "lamp", price=4900)
    francs = ListInput(code="francs", title="Francs", currency="CHF", audience="everybody", priority=10)
    list_id = await save_list.create(ctx, francs)
    await prices.change(ctx, list_id, [prices.PriceInput(lamp, 4000)])
    conditions = (
        PartInput("discounts.subtotal", {"at_least": 8000}),
        PartInput("discounts.market", {"any_of": ["ch"]}),
    )
    action = PartInput("discounts.amount", {"amount": 1000})
    new = PromotionInput("ten", "Ten off", (action,), conditions=conditions, budget=1500)
    promotion_id = await save_promotion.create(ctx, new)

    cart_id = await ready_cart(client, {lamp: 2})
    at_home = await client.get_json(f"/api/v1/carts/{cart_id}")
    assert (at_home["subtotal"]["amount"], at_home["discount"]["amount"]) == (9800, 0)
    zug = ADDRESS | {"city": "Zug", "postal_code": "6300", "country": "CH"}
    body = {"shipping_address": zug, "shipping_code": "flat_shipping.standard"}
    cart = await (await client.send("PATCH", f"/api/v1/carts/{cart_id}?market=ch", body)).json()
    # 80 euros are 75.30 francs, ten euros 9.41.
    assert (cart["subtotal"]["amount"], cart["discount"]["amount"]) == (8000, 941)
    assert (await place(client, cart_id)).status == 201
    spent = await ctx.fetch_value("SELECT spent FROM discounts_promotion WHERE id = $1", promotion_id)
    assert spent == 1000
    assert [x.offenders for x in (await examine(ctx.kernel)).findings if x.offenders] == []


async def test_a_rate_holds_from_its_moment_on_and_prices_are_remembered_in_each_market(ctx, clock, markets):
    lamp = await add_product(ctx, "lamp", price=4900)
    info = (await catalog.variants(ctx, [lamp]))[lamp]
    swiss = ctx.as_actor(ANONYMOUS).in_market("ch", "CHF")

    async def price():
        return (await catalog.prices(swiss, [PriceRequest(lamp, info.product_id, info.price)]))[lamp].amount

    await history.record(ctx, [lamp])
    await rates.add(ctx, RateInput("CHF", Decimal("1.0"), clock.now() + timedelta(hours=2)))
    assert await price() == Money(4610, "CHF")
    clock.advance(timedelta(hours=3))
    assert await price() == Money(4900, "CHF")
    await history.record(ctx, [lamp])
    found = await history.changes(ctx, lamp)
    assert {(x["market"], x["price"]) for x in found} == {
        ("home", Money(4900, "EUR")), ("ch", Money(4610, "CHF")), ("ch", Money(4900, "CHF")), ("jp", Money(8380, "JPY")),
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await rates.add(ctx, RateInput("CHF", Decimal("1.0"), clock.now() - timedelta(hours=2)))
    assert refused.value.errors[0].pointer == "/valid_from"


async def test_plugins_supply_rates_and_every_process_hears_of_them(ctx, markets):
    added = await rates.fetch(ctx)
    assert [(x.currency, x.rate) for x in added] == [("CHF", Decimal("0.95"))]
    newest = (await list_markets.rates(ctx, "CHF"))[0]
    assert (newest.rate, newest.source) == (Decimal("0.95"), "2026-11-20 12:00")

    await kept.of(ctx)
    await ctx.run(lambda session: kept.memory_of(ctx).changed(ctx, session))
    for _ in range(100):
        if kept.memory_of(ctx)._stores == {}:
            break
        await asyncio.sleep(0.02)
    assert kept.memory_of(ctx)._stores == {}


async def test_staff_keep_markets_and_mistakes_are_named(ctx, make_client):
    staff = await as_staff(ctx, make_client)
    assert "No markets yet" in await text_of(staff, "/admin/markets")
    form = {
        "title": "Switzerland",
        "code": "ch",
        "currency": "chf",
        "countries": "ch, li",
        "position": "1",
        "enabled": "true",
    }
    early = await post(staff, "/admin/markets/new", form)
    assert (early.status, "Enter an exchange rate" in await early.text()) == (422, True)
    wrong = await post(staff, "/admin/exchange-rates", {"currency": "EUR", "rate": "x"})
    assert "Give a rate above 0" in await wrong.text()
    assert (await post(staff, "/admin/exchange-rates", {"currency": "CHF", "rate": "0,9412"})).status == 200
    assert "CHF\xa094.12" in await text_of(staff, "/admin/exchange-rates")
    rounded = await post(staff, "/admin/exchange-rates/CHF", {"rounding": "5-0", "version": "1"})
    assert "CHF\xa094.10" in await rounded.text()
    late = await post(staff, "/admin/exchange-rates/CHF", {"rounding": "10-0", "version": "1"})
    assert late.status == 409
    assert (await post(staff, "/admin/markets/new", form)).status == 200
    again = await post(staff, "/admin/markets/new", form)
    assert (again.status, "There is a market of this code already." in await again.text()) == (409, True)
    stale = await post(staff, "/admin/markets/ch", form | {"title": "Schweiz", "version": "0"})
    assert stale.status == 409
    assert (await post(staff, "/admin/markets/ch", form | {"title": "Schweiz", "version": "1"})).status == 200
    assert (await list_markets.by_code(ctx, "ch")).title == "Schweiz"
    bad = await post(
        staff, "/admin/markets/ch", form | {"countries": "CH XX", "locale": "xx", "version": "2"}
    )
    text = await bad.text()
    assert (bad.status, "Use the two capitals of countries" in text, "does not have this language" in text) == (
        422, True, True,
    )  # fmt: skip
    await post(staff, "/admin/markets/ch/delete", {"version": "2"})
    assert await list_markets.everything(ctx) == []


async def test_programs_keep_markets_and_rates(ctx, client):
    headers = await bearer(ctx, "markets.market.view", "markets.market.edit")
    base = "/api/admin/v1"
    body = {"title": "Switzerland", "currency": "CHF", "countries": ["CH"]}

    async def send(method, path, body=None, **more):
        response = await client.send(method, base + path, body, headers=headers | more)
        return (
            response.status,
            await response.json() if response.status != 204 else None,
            response.headers.get("ETag"),
        )

    status, problem, _ = await send("PUT", "/markets/ch", body)
    assert (status, problem["errors"][0]["pointer"]) == (422, "/currency")
    assert (await send("POST", "/exchange-rates", {"currency": "CHF", "rate": "0.9412"}))[0] == 201
    status, _, tag = await send("PUT", "/currencies/CHF", {"step": 5, "version": 1})
    assert (status, tag) == (200, '"2"')
    assert (await send("PUT", "/currencies/CHF", {"step": 5}, **{"If-Match": '"1"'}))[0] == 412
    status, problem, _ = await send("PUT", "/currencies/CHF", {"step": 5, "less": 5})
    assert (status, problem["errors"][0]["pointer"]) == (422, "/step")
    status, market, tag = await send("PUT", "/markets/ch", body)
    assert (status, market["countries"], tag) == (201, ["CH"], '"1"')
    assert (await send("PUT", "/markets/ch", body | {"title": "Schweiz"}, **{"If-Match": '"1"'}))[0] == 200
    assert (await send("PUT", "/markets/ch", body, **{"If-Match": '"1"'}))[0] == 412
    assert [x["code"] for x in (await send("GET", "/markets"))[1]["items"]] == ["ch"]
    assert (await send("GET", "/currencies/CHF/rates"))[1]["items"][0]["rate"] == "0.9412"
    assert (await send("GET", "/currencies"))[1]["items"][0]["step"] == 5
    assert (await send("DELETE", "/markets/ch", **{"If-Match": '"1"'}))[0] == 412
    assert (await send("DELETE", "/markets/ch"))[0] == 204
    assert (await send("GET", "/markets/ch"))[0] == 404


async def test_a_market_without_a_rate_is_not_offered(ctx, client, markets):
    await save_market.add(ctx, "ee", MarketInput("Baltics", "EUR", position=3, enabled=False))
    assert [x["code"] for x in await client.get_json("/api/v1/markets")] == ["home", "ch", "jp"]
    with pytest.raises(Invalid) as refused:
        await save_market.add(ctx, "us", MarketInput("America", "USD"))
    assert refused.value.errors[0].pointer == "/currency"
    await ctx.run(
        lambda session: session.execute(text("UPDATE markets_market SET currency = 'USD' WHERE code = 'jp'"))
    )
    assert [x.code for x in (await examine(ctx.kernel)).findings if x.offenders] == ["markets.rates"]
    with pytest.raises(Conflict) as none:
        await catalog.rate_to(ctx, "USD")
    assert none.value.error_code == "no_exchange_rate"
