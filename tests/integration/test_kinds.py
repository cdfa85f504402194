# SPDX-License-Identifier: Apache-2.0
"""Kinds of products: chosen by staff, asked about by the checkout, and not for sale while their plugin is off."""

from tests.shop import add_product, as_staff, bearer, furnish, place, ready_cart, system

from shopwright.activation import switch_plugin
from shopwright.doctor_run import examine
from shopwright.testing.kernels import ALPHA
from shopwright_catalog import api as catalog

PLUGINS = ["gift_cards", "flat_shipping", "inventory", "manual_payment", "storefront"]
DIGITAL = "catalog.digital"


async def test_a_kind_decides_about_shipping_stock_and_sale(make_kernel, make_client):
    kernel = await make_kernel(plugins=PLUGINS, stores=[ALPHA])
    ctx = await furnish(kernel, "alpha")
    headers = {"headers": await bearer(ctx, "catalog.product.view", "catalog.product.edit")}
    song = await add_product(ctx, "song", price=990, stock=0, kind=DIGITAL)
    lamp = await add_product(ctx, "lamp")
    client, staff = await make_client(kernel, "alpha"), await as_staff(ctx, make_client)
    path = "/api/admin/v1/products/song"

    # What is digital is not shipped and does not run out, whatever was counted.
    cart_id = await ready_cart(client, {song: 3})
    cart = await client.get_json(f"/api/v1/carts/{cart_id}")
    assert (cart["needs_shipping"], cart["shipping"], cart["total"]["amount"]) == (False, None, 2970)
    assert (await place(client, cart_id)).status == 201
    assert await ctx.fetch_value("SELECT count(*) FROM inventory_reservation") == 0
    assert await ctx.fetch_value("SELECT kind FROM orders_line") == DIGITAL
    assert (await examine(kernel)).status == "clean"
    cards = {card.handle: card.available for card in (await catalog.cards(ctx)).cards}
    assert cards == {"song": True, "lamp": True}

    # An import says nothing of kinds, and leaves them as they are.
    await add_product(ctx, "song", price=1190, stock=None)
    body = await client.get_json(path, **headers)
    assert body["product"]["kind"] == DIGITAL
    again = await client.send("PUT", path, body["product"] | {"version": body["version"]}, **headers)
    assert (again.status, (await again.json())["product"]["kind"]) == (200, DIGITAL)
    wrong = await client.send("PUT", path, body["product"] | {"kind": "catalog.magic"}, **headers)
    assert (wrong.status, (await wrong.json())["errors"][0]["pointer"]) == (422, "/kind")
    listed = await client.get_json("/api/admin/v1/product-types", **headers)
    assert [x["code"] for x in listed["items"]] == ["catalog.physical", DIGITAL, "gift_cards.card"]

    # Staff choose it in the editor.
    product_id = (await catalog.variants(ctx, [lamp]))[lamp].product_id
    editor = f"/admin/products/{product_id}"
    page = await (await staff.get(editor)).text()
    assert '<option value="catalog.physical" selected>Physical</option>' in page
    form = {
        "title": "Lamp",
        "handle": "lamp",
        "version": "1",
        "published": "true",
        "price.0": "49",
        "sku.0": "LAMP",
    }
    saved = await staff.submit(editor, form | {"kind": "gift_cards.card"})
    assert saved.status == 303
    before = (await catalog.variants(ctx, [lamp]))[lamp]
    assert (before.kind, before.published, before.requires_shipping, before.taxable) == (
        "gift_cards.card", True, False, False,
    )  # fmt: skip

    # The plugin of a kind is switched off: the product stays, is not sold, and the editor says why.
    await switch_plugin(ctx, "gift_cards", enabled=False)
    off = system(kernel, "alpha")
    assert not (await catalog.variants(off, [lamp]))[lamp].published
    assert "belongs to the plugin gift_cards, which is off" in await (await staff.get(editor)).text()
    empty = await client.post_json("/api/v1/carts")
    line = {"variant_id": str(lamp), "quantity": 1}
    refused = await client.send("POST", f"/api/v1/carts/{empty['id']}/lines", line)
    assert (refused.status, (await refused.json())["code"]) == (404, "variant_not_found")
    assert {card.handle: card.available for card in (await catalog.cards(off)).cards}["lamp"] is False
