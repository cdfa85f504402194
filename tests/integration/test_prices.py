# SPDX-License-Identifier: Apache-2.0
"""Prices that plugins make: the listing, the product's page, the cart and the order agree, for whoever asks."""

from typing import ClassVar
from uuid import UUID

import pytest
from tests.shop import EVERYTHING, THEMES, add_product, furnish, place, ready_cart

from shopwright.money import Money, Provenance
from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.testing.dummies import failing
from shopwright.testing.kernels import ALPHA
from shopwright_catalog.api import OfferedPrice, Price, PriceOffer
from shopwright_catalog.hookspecs import price_adjust, price_candidates, price_select

PASSWORD = "seven lamps on the pier"


class Regulars(Plugin):
    """Who has an account pays 40 euros, from three pieces on 35; on Mondays everybody gets one euro off."""

    manifest = Manifest(
        name="regulars", version="1.2", title="Regulars", summary="Prices of regulars", requires=("catalog",)
    )
    selected: ClassVar[dict[UUID, str]] = {}

    @hookimpl
    async def price_candidates(self, ctx, requests):
        if ctx.actor.kind != "customer":
            return []
        regular = {x.variant_id: OfferedPrice(Money(4000, "EUR"), x.price) for x in requests}
        many = {
            x.variant_id: OfferedPrice(Money(3500, "EUR"), x.price, "from 3 pieces")
            for x in requests
            if x.quantity >= 3
        }
        foreign = {x.variant_id: OfferedPrice(Money(1, "USD")) for x in requests}
        return [
            PriceOffer("regulars.account", regular),
            PriceOffer("regulars.many", many),
            PriceOffer("regulars.foreign", foreign),
        ]

    @hookimpl
    async def price_select(self, ctx):
        return self.selected

    @hookimpl
    async def price_adjust(self, ctx, value):
        euro = Money(-100, "EUR")
        explained = Provenance("somebody", "9", "regulars.monday", euro, "it is Monday")
        return {
            x: Price(price.amount + euro, price.compare_at, (*price.provenance, explained))
            for x, price in value.items()
        }


class Premium(Plugin):
    """Asks more for everything, and says so with a higher priority."""

    manifest = Manifest(
        name="premium", version="1.0", title="Premium", summary="Asks more", requires=("catalog",)
    )

    @hookimpl
    async def price_candidates(self, requests):
        prices = {x.variant_id: OfferedPrice(Money(9900, "EUR")) for x in requests}
        return [PriceOffer("premium.more", prices, priority=10)]

    @hookimpl
    async def price_adjust(self, value):
        return {x: Price(Money(9800, "EUR"), None, price.provenance) for x, price in value.items()}


@pytest.fixture(autouse=True)
def nothing_selected():
    Regulars.selected = {}


@pytest.fixture
async def shop(make_kernel, make_client):
    """A shop with a lamp of 49 euros; gives its context, the lamp, and a function that opens a browser."""

    async def furnished(*plugins):
        kernel = await make_kernel(plugins=[*EVERYTHING, *plugins], stores=[ALPHA], config=THEMES)
        assert kernel.registry.problems == []
        ctx = await furnish(kernel, "alpha")
        return kernel, await add_product(ctx, "lamp", price=4900), await make_client(kernel, "alpha")

    return furnished


async def register(client):
    answer = await client.submit(
        "/account/sign-up", {"email": "ada@example.com", "name": "Ada", "password": PASSWORD}
    )
    assert answer.status == 303


async def prices_seen(client):
    """The lamp's price in the listing, on its page and in the cart of a browser."""
    listing = (await client.get_json("/api/v1/products"))["items"][0]["price"]["amount"]
    page = await client.get_json("/api/v1/products/lamp")
    return listing, page["variants"][0]["price"]["amount"]


def shown(text):
    return next(x for x in ("39", "48", "49", "98") if f"€{x}.00" in text)


async def test_listing_page_cart_and_order_agree_for_guests_and_for_customers(shop, make_client):
    kernel, lamp, guest = await shop(Regulars)
    ada = await make_client(kernel, "alpha")
    await register(ada)

    assert await prices_seen(guest) == (4800, 4800)
    assert [shown(await (await guest.get(path)).text()) for path in ("/products", "/products/lamp")] == [
        "48"
    ] * 2
    assert await prices_seen(ada) == (3900, 3900)
    assert [shown(await (await ada.get(path)).text()) for path in ("/products", "/products/lamp")] == [
        "39"
    ] * 2

    cart = await ada.get_json(f"/api/v1/carts/{await ready_cart(ada, {lamp: 1})}")
    assert (
        cart["lines"][0]["unit_price"]
        == cart["lines"][0]["shown_price"]
        == {"amount": 3900, "currency": "EUR"}
    )
    assert [(x["plugin"], x["rule"], x["amount"]["amount"]) for x in cart["lines"][0]["provenance"]] == [
        ("catalog", "catalog.variant", 4900),
        ("regulars", "regulars.account", -900),
        ("regulars", "regulars.monday", -100),
    ]
    line = f"/api/v1/carts/{cart['id']}/lines/{cart['lines'][0]['id']}"
    changed = await (await ada.send("PATCH", line, {"quantity": 3})).json()
    assert changed["subtotal"]["amount"] == 3 * 3400
    assert changed["lines"][0]["provenance"][1]["detail"] == "from 3 pieces"

    order = await (await place(ada, cart["id"])).json()
    assert order["total"]["amount"] == 3 * 3400 + 490


async def test_a_kept_page_is_for_guests_only(shop, make_client):
    kernel, _, guest = await shop(Regulars)
    ada = await make_client(kernel, "alpha")
    await register(ada)
    first, second = await guest.get("/products/lamp"), await guest.get("/products/lamp")
    assert [first.headers.get("X-Cache"), second.headers.get("X-Cache")] == ["miss", "hit"]

    hers = await ada.get("/products/lamp")
    assert (hers.headers.get("X-Cache"), shown(await hers.text())) == (None, "39")
    await ada.submit("/account", {}, action="/account/sign-out")
    out = await ada.get("/products")
    assert shown(await out.text()) == "48"
    assert (await ada.get("/products/lamp")).headers["X-Cache"] == "hit"


async def test_a_price_that_changed_since_it_was_shown_is_told_and_not_charged(shop):
    _, lamp, guest = await shop(Regulars)
    cart_id = await ready_cart(guest, {lamp: 1})
    await register(guest)

    answer = await place(guest, cart_id)

    assert (answer.status, (await answer.json())["lines"]) == (
        409,
        [
            {
                "variant_id": str(lamp),
                "old": {"amount": 4800, "currency": "EUR"},
                "new": {"amount": 3900, "currency": "EUR"},
            }
        ],
    )


async def test_the_higher_priority_wins_and_an_unexplained_change_is_explained(shop):
    _, _, guest = await shop(Premium)

    found = (await guest.get_json("/api/v1/products/lamp"))["variants"][0]

    assert found["price"]["amount"] == 9800
    assert [(x["rule"], x["amount"]["amount"]) for x in found["provenance"]] == [
        ("catalog.variant", 4900),
        ("premium.more", 5000),
        ("price_adjust", -100),
    ]


async def test_a_plugin_may_choose_among_offers_and_the_catalogue(shop):
    _, lamp, guest = await shop(Premium, Regulars)
    Regulars.selected = {lamp: "catalog.variant"}
    assert await prices_seen(guest) == (9700, 9700)  # Premium sets 98 after the choice, Monday takes one off.

    trail = (await guest.get_json("/api/v1/products/lamp"))["variants"][0]["provenance"]
    assert [x["rule"] for x in trail] == ["catalog.variant", "price_adjust", "regulars.monday"]


async def test_when_price_plugins_fail_the_catalogue_s_price_holds(shop):
    _, lamp, guest = await shop(failing(price_candidates, price_select, price_adjust))

    assert await prices_seen(guest) == (4900, 4900)
    assert (await place(guest, await ready_cart(guest, {lamp: 1}))).status == 201
