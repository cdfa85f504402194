# SPDX-License-Identifier: Apache-2.0
"""Bundles: made by staff, priced by their components, sold from the stock of their components."""

from uuid import UUID

from tests.shop import add_product, as_staff, bearer, place, ready_cart

from shopwright.doctor_run import examine
from shopwright_catalog import api as catalog
from shopwright_inventory import api as inventory
from shopwright_orders import api as orders


async def left(ctx, *ids):
    found = await inventory.availability(ctx, ids)
    return [found[id_].left for id_ in ids]


async def test_a_bundle_is_sold_from_the_stock_of_its_components(ctx, make_client, add_bundle):
    mug = await add_product(ctx, "mug", price=1000, stock=10)
    tea = await add_product(ctx, "tea", price=505, stock=4)
    box = await add_bundle("tea-set", {mug: 2, tea: 1}, pricing="components", percent=10)
    own = await add_bundle("mug-pair", {mug: 2}, price=1500)
    client = await make_client(ctx.kernel, "alpha")

    # Σ 25.05 less a tenth, rounded half up; and a price of its own.
    page = await catalog.product(ctx, "tea-set")
    assert (page.variants[0].price.amount, page.variants[0].compare_at.amount) == (2255, 2505)
    assert [x.rule for x in page.variants[0].provenance] == ["catalog.variant", "bundles.components"]
    cards = {card.handle: (card.price.amount, card.available) for card in (await catalog.cards(ctx)).cards}
    assert (cards["tea-set"], cards["mug-pair"]) == ((2255, True), (1500, True))
    assert await left(ctx, box, own, mug) == [4, 5, 10]

    # The page, the cart and the order say what is in it.
    html = await (await client.get("/products/tea-set")).text()
    assert '2 × <a href="/products/mug">Mug</a>' in html
    parts = await client.get_json(f"/api/v1/bundles/{box}")
    assert [(x["quantity"], x["sku"]) for x in parts["components"]] == [(2, "MUG"), (1, "TEA")]
    cart_id = await ready_cart(client, {box: 2, mug: 3})
    cart = await client.get_json(f"/api/v1/carts/{cart_id}")
    assert [line["details"] for line in cart["lines"]] == [["2 × Mug", "1 × Tea"], []]
    assert cart["subtotal"]["amount"] == 2 * 2255 + 3 * 1000

    # 4 mugs in bundles and 7 alone are more than 10.
    path = f"/api/v1/carts/{cart_id}"
    mugs = next(line["id"] for line in cart["lines"] if line["variant_id"] == str(mug))
    refused = await client.send("PATCH", f"{path}/lines/{mugs}", {"quantity": 7})
    assert (refused.status, (await refused.json())["errors"][0]["code"]) == (422, "bundles.components_short")
    order = await (await place(client, cart_id)).json()
    assert await left(ctx, mug, tea, box, own) == [3, 2, 1, 1]
    kept = await orders.order(ctx, UUID(order["id"]))
    assert [(x.kind, x.details) for x in kept.lines] == [
        ("bundles.bundle", ("2 × Mug", "1 × Tea")),
        ("catalog.physical", ()),
    ]

    # Two bundles in one cart want the same mugs.
    refused = await client.post_json("/api/v1/carts")
    lines = f"/api/v1/carts/{refused['id']}/lines"
    assert (await client.send("POST", lines, {"variant_id": str(box), "quantity": 1})).status == 201
    second = await client.send("POST", lines, {"variant_id": str(own), "quantity": 1})
    assert second.status == 422
    report = await examine(ctx.kernel)
    assert [(x.code, x.offenders) for x in report.findings if x.offenders or x.error] == []


async def test_staff_choose_components_and_mistakes_are_named(ctx, make_client, add_bundle):
    mug = await add_product(ctx, "mug", price=1000)
    box = await add_product(ctx, "box", price=1500, stock=None, kind="bundles.bundle")
    other = await add_bundle("other", {mug: 1})
    staff, client = await as_staff(ctx, make_client), await make_client(ctx.kernel, "alpha")
    product_id = (await catalog.variants(ctx, [box]))[box].product_id
    editor, path = f"/admin/products/{product_id}", f"/admin/bundles/{box}"

    # Without components it is not sold, and the editor says so.
    assert "It has no components yet" in await (await staff.get(editor)).text()
    cart = await client.post_json("/api/v1/carts")
    line = {"variant_id": str(box), "quantity": 1}
    refused = await client.send("POST", f"/api/v1/carts/{cart['id']}/lines", line)
    assert (await refused.json())["errors"][0]["code"] == "bundles.not_for_sale"

    wrong = await staff.submit(path, {"sku.0": "MUG", "quantity.0": "0", "sku.1": "OTHER", "percent": "95"})
    text = await wrong.text()
    told = ("Give a quantity from 1 to 999.", "A bundle cannot be a component", "Give 0 to 90 percent.")
    assert (wrong.status, [words in text for words in told]) == (422, [True, True, True])
    unknown = await staff.submit(path, {"sku.0": "NONE", "quantity.0": "1"})
    assert "Give an SKU that one variant has." in await unknown.text()
    saved = await staff.submit(path, {"sku.0": "MUG", "quantity.0": "3", "pricing": "own", "version": "0"})
    assert (saved.status, saved.headers["Location"]) == (303, editor)
    assert "3 × Mug" in await (await staff.get(editor)).text()
    stale = await staff.submit(path, {"sku.0": "MUG", "quantity.0": "4", "version": "0"})
    assert (stale.status, "Somebody else changed this bundle" in await stale.text()) == (409, True)
    assert "3 × Mug" in await (await staff.get("/admin/bundles")).text()

    # Programs do the same, with versions.
    api, headers = (
        f"/api/admin/v1/bundles/{box}",
        await bearer(ctx, "bundles.bundle.view", "bundles.bundle.edit"),
    )
    body = {"components": [{"variant_id": str(mug), "quantity": 2}], "pricing": "components"}
    late = await client.send("PUT", api, body, headers=headers | {"If-Match": '"7"'})
    good = await client.send("PUT", api, body, headers=headers | {"If-Match": '"1"'})
    assert (late.status, good.status, good.headers["ETag"]) == (412, 200, '"2"')
    nobody = await client.send("PUT", f"/api/admin/v1/bundles/{mug}", body, headers=headers)
    assert {e["code"] for e in (await nobody.json())["errors"]} == {"not_a_bundle"}
    listed = await client.get_json("/api/admin/v1/bundles", headers=headers)
    assert {x["id"] for x in listed["items"]} == {str(box), str(other)}
    assert (await client.send("DELETE", api, headers=headers)).status == 204
    assert (await client.send("GET", api, headers=headers)).status == 404
