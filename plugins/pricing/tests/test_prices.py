# SPDX-License-Identifier: Apache-2.0
"""What price lists make of prices: by quantity, audience, time and priority, in one statement at most."""

from datetime import timedelta
from decimal import Decimal

from plugins.pricing.tests.conftest import PLUGINS
from tests.shop import add_product, furnish, ready_cart, system

from shopwright.actor import ANONYMOUS, Actor
from shopwright.ids import new_id
from shopwright.money import Money
from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.testing.kernels import ALPHA
from shopwright_catalog import api as catalog
from shopwright_catalog.api import Audience, PriceRequest
from shopwright_customers.services import groups
from shopwright_pricing.services import save_list
from shopwright_pricing.services.lists import ListInput


async def amounts(ctx, *variants, quantity=1):
    infos = await catalog.variants(ctx, variants)
    asked = [PriceRequest(x, infos[x].product_id, infos[x].price, None, quantity) for x in variants]
    return [(await catalog.prices(ctx, asked))[x].amount.amount for x in variants]


async def test_the_tier_of_the_quantity_counts_and_the_higher_list_wins(ctx, add_list):
    lamp, bulb = await add_product(ctx), await add_product(ctx, "bulb", price=500)
    assert await amounts(ctx, lamp, bulb) == [4900, 500]

    await add_list("summer", (lamp, 1, 4500), (lamp, 10, 4000), (lamp, 100, 3500))
    assert [(await amounts(ctx, lamp, quantity=n))[0] for n in (1, 9, 10, 99, 100, 1000)] == [
        4500, 4500, 4000, 4000, 3500, 3500,
    ]  # fmt: skip
    await add_list("more", (lamp, 10, 3900))
    assert [(await amounts(ctx, lamp, quantity=n))[0] for n in (1, 10, 100)] == [4500, 3900, 3500]
    await add_list("dearer", (lamp, 1, 9900), priority=20)
    assert await amounts(ctx, lamp, bulb, quantity=10) == [9900, 500]
    await add_list("only-if-lower", (bulb, 1, 600), (bulb, 5, 400), priority=0)
    assert [(await amounts(ctx, bulb, quantity=n))[0] for n in (1, 5)] == [500, 400]


async def test_a_percentage_holds_for_what_has_no_price_of_its_own_in_this_store_and_is_rounded(
    ctx, add_list
):
    lamp, bulb = await add_product(ctx, price=4905), await add_product(ctx, "bulb", price=333)
    tenth = Decimal("87.5")
    await add_list("part", (bulb, 1, 300), percent=tenth, rounding="99", shows_before=True)

    infos = await catalog.variants(ctx, [lamp])
    asked = PriceRequest(lamp, infos[lamp].product_id, infos[lamp].price)
    price = (await catalog.prices(ctx, [asked]))[lamp]

    # 4905 × 0.875 = 4291.875 → 4292 → 4299
    assert (price.amount.amount, price.compare_at.amount) == (4299, 4905)
    assert [(x.plugin, x.rule, x.amount.amount, x.detail) for x in price.provenance] == [
        ("catalog", "catalog.variant", 4905, ""),
        ("pricing", "pricing.part", -606, "87.5 %"),
    ]
    assert await amounts(ctx, bulb) == [300]
    beta = system(ctx.kernel, "beta")
    assert await amounts(beta, await add_product(beta)) == [4900]


async def test_lists_hold_by_the_clock_and_for_whom_they_are(make_kernel, ctx, add_list, clock):
    lamp = await add_product(ctx)
    ada, eve = new_id(), new_id()
    soon, later = clock.now() + timedelta(hours=1), clock.now() + timedelta(hours=2)
    await add_list("hour", (lamp, 1, 1000), starts_at=soon, ends_at=later, priority=50)
    await add_list("hers", (lamp, 1, 3000), audience="customer", audience_codes=(str(ada),))
    await add_list("francs", percent=Decimal(1), market="ch", priority=99)
    assert await amounts(ctx.as_actor(ANONYMOUS), lamp) == [4900]
    assert await amounts(ctx.as_actor(Actor("customer", ada)), lamp) == [3000]
    assert await amounts(ctx.as_actor(Actor("customer", eve)), lamp) == [4900]

    clock.advance(3600)
    assert await amounts(ctx.as_actor(ANONYMOUS), lamp) == [1000]
    clock.advance(3599)
    assert await amounts(ctx.as_actor(ANONYMOUS), lamp) == [1000]
    clock.advance(1)
    assert await amounts(ctx.as_actor(ANONYMOUS), lamp) == [4900]


class Wholesalers(Plugin):
    """Every customer is a wholesaler."""

    manifest = Manifest(
        name="wholesalers",
        version="1.0",
        title="Wholesalers",
        summary="Names groups",
        requires=("catalog", "pricing"),
    )

    @hookimpl
    async def customer_audience(self, ctx):
        known = Audience(groups=frozenset({"wholesale"}))
        return [known] if ctx.actor.kind == "customer" else []


async def test_other_plugins_name_the_groups_and_the_context_the_market(make_kernel):
    kernel = await make_kernel(plugins=[*PLUGINS, Wholesalers], stores=[ALPHA])
    ctx = await furnish(kernel, "alpha")
    lamp = await add_product(ctx)
    groups = {"audience": "groups", "audience_codes": ("retail", "wholesale")}
    company = {"audience": "companies", "audience_codes": ("x",)}
    for code, percent, values in (
        ("group", 90, groups),
        ("company", 1, company),
        ("swiss", 80, groups | {"market": "ch"}),
    ):
        new = ListInput(code=code, title=code, currency="EUR", percent=Decimal(percent), **values)
        await save_list.create(ctx, new)
    assert await amounts(ctx.as_actor(ANONYMOUS), lamp) == [4900]
    customer = ctx.as_actor(Actor("customer", new_id()))
    assert await amounts(customer, lamp) == [4410]
    assert await amounts(customer.in_market("ch", "EUR"), lamp) == [3920]


async def test_a_customer_pays_the_price_of_the_group_everywhere(ctx, add_list, make_client):
    lamp = await add_product(ctx)
    await add_list("trade", (lamp, 1, 3000), audience="groups", audience_codes=("trade",))
    await groups.create(ctx, code="trade", title="Trade", priority=1)
    ada, guest = [await make_client(ctx.kernel, "alpha") for _ in range(2)]
    who = {"email": "ada@example.com", "name": "Ada", "password": "seven lamps on the pier"}
    assert (await ada.submit("/account/sign-up", who)).status == 303
    ada_id = await ctx.fetch_value("SELECT id FROM customers_customer")
    await groups.put_into(ctx, ada_id, ["trade"])

    for client, amount, text in ((ada, 3000, "€30.00"), (guest, 4900, "€49.00")):
        listing = (await client.get_json("/api/v1/products"))["items"][0]["price"]["amount"]
        cart = await client.get_json(f"/api/v1/carts/{await ready_cart(client, {lamp: 2})}")
        page = await (await client.get("/products/lamp")).text()
        assert (listing, cart["subtotal"]["amount"], text in page) == (amount, 2 * amount, True)


async def test_any_number_of_prices_takes_one_statement_and_none_without_a_list(
    ctx, add_list, query_log, clock
):
    variants = [await add_product(ctx, f"lamp-{n}") for n in range(3)]
    infos = await catalog.variants(ctx, variants)
    asked = [PriceRequest(x, infos[x].product_id, infos[x].price) for x in variants]
    with query_log.at_most(1):
        await catalog.prices(ctx, asked)
    with query_log.at_most(0):
        await catalog.prices(ctx, asked)
    await add_list("later", (variants[0], 1, 10), starts_at=clock.now() + timedelta(days=1))
    await catalog.prices(ctx, asked)
    with query_log.at_most(0):
        await catalog.prices(ctx, asked)
    clock.advance(86_400)
    with query_log.at_most(1):
        assert (await catalog.prices(ctx, asked))[variants[0]].amount == Money(10, "EUR")
    await add_list("all", (variants[1], 1, 20))
    with query_log.at_most(1):
        found = await catalog.prices(ctx, asked)
    assert [found[x].amount.amount for x in variants] == [10, 20, 4900]


async def test_the_cart_asks_with_its_quantity_and_the_page_tells_the_tiers(
    ctx, add_list, make_client, query_log
):
    lamp, _ = await add_product(ctx), await add_product(ctx, "bulb", price=500)
    await add_list("many", (lamp, 10, 4500), (lamp, 50, 4000))
    client = await make_client(ctx.kernel, "alpha")
    await client.get("/cart")
    await ctx.kernel.jobs.drain()

    with query_log.at_most(3):
        page = await (await client.get("/products/lamp")).text()
    with query_log.at_most(3):
        told = await client.get_json("/api/v1/products/lamp/prices")
    plain = await (await client.get("/products/bulb")).text()
    cart = await client.get_json(f"/api/v1/carts/{await ready_cart(client, {lamp: 10})}")

    assert "from 10: €45.00 each" in page
    assert "from 50: €40.00 each" in page
    assert "each</li>" not in plain
    (variant,) = told["variants"]
    assert variant["price"]["amount"] == 4900
    assert [(x["min_quantity"], x["price"]["amount"]) for x in variant["tiers"]] == [(10, 4500), (50, 4000)]
    assert cart["lines"][0]["unit_price"]["amount"] == 4500
    assert cart["lines"][0]["provenance"][1]["detail"] == "from 10"
    assert (await client.get("/api/v1/products/none/prices")).status == 404
