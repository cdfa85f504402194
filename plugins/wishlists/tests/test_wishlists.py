# SPDX-License-Identifier: Apache-2.0
"""Wishlists from the button to the cart: of guests, of customers, shared, and as staff see them."""

import re
from uuid import UUID

import pytest
from tests.shop import add_product, as_staff, bearer, system

from shopwright.errors import Conflict
from shopwright.testing.kernels import ALPHA
from shopwright_customers.services import privacy
from shopwright_wishlists.services import lists

PASSWORD = "correct horse battery 9"
ACCOUNT = {"email": "ada@example.com", "password": PASSWORD}
API = "/api/v1/customers/me/wishlist"


@pytest.fixture
async def ctx(make_kernel):
    kernel = await make_kernel(plugins=["wishlists"], stores=[ALPHA])
    assert kernel.registry.problems == []
    return system(kernel, "alpha")


async def test_a_guest_keeps_a_list_that_is_their_own_after_signing_in_and_moves_it_to_the_cart(
    ctx, make_client, query_log
):
    lamp, bulb = await add_product(ctx, "lamp"), await add_product(ctx, "bulb", stock=0)
    client = await make_client(ctx.kernel, "alpha")
    page = await (await client.get("/products/lamp")).text()
    with query_log.at_most(0):
        kept = await client.get("/products/lamp")
    for name, variant_id in (("lamp", lamp), ("bulb", bulb)):
        sent = {"variant_id": str(variant_id)}
        assert (await client.submit(f"/products/{name}", sent, action="/wishlist/add")).status == 303
    as_guest = await (await client.get("/wishlist")).text()
    await client.submit("/account/sign-up", {**ACCOUNT, "name": "Ada"})
    own = await (await client.get("/wishlist")).text()
    listed = await (await client.get("/products/lamp")).text()
    await client.submit("/wishlist", {"variant_id": str(bulb)}, action="/wishlist/move")
    sold_out = await (await client.get("/wishlist")).text()
    moved = await client.submit("/wishlist", {"variant_id": str(lamp)}, action="/wishlist/move")
    cart = await (await client.get("/cart")).text()
    await client.submit("/wishlist", {"variant_id": str(bulb)}, action="/wishlist/remove")
    wrong = await client.submit("/products/lamp", {"variant_id": str(UUID(int=1))}, action="/wishlist/add")

    assert ("Add to wishlist" in page, kept.status) == (True, 200)
    assert re.findall(r'cart-line__title" href="([^"?]+)', as_guest) == ["/products/bulb", "/products/lamp"]
    assert "kept in this browser only" in as_guest
    assert re.findall(r'cart-line__title" href="([^"?]+)', own) == ["/products/bulb", "/products/lamp"]
    assert ("kept in this browser only" in own, "Make a link" in own) == (False, True)
    assert ("Remove from wishlist" in listed, "Add to wishlist" in listed) == (True, False)
    assert (own.count("Move to cart"), own.count("Sold out"), sold_out.count("cart-line__title")) == (1, 1, 2)
    assert (moved.status, moved.headers["Location"], 'href="/products/lamp"' in cart) == (303, "/cart", True)
    empty = await (await client.get("/wishlist")).text()
    assert (wrong.status, "not for sale" in empty, "Your wishlist is empty" in empty) == (303, True, True)


async def test_a_list_is_shared_counted_exported_and_erased(ctx, make_client, monkeypatch):
    lamp = await add_product(ctx, "lamp")
    client, other = await make_client(ctx.kernel, "alpha"), await make_client(ctx.kernel, "alpha")
    staff = await as_staff(ctx, make_client)
    nothing = await (await staff.get("/admin/wishlists")).text()
    refused = await other.get(API)
    customer_id = UUID((await client.post_json("/api/v1/customers", ACCOUNT))["id"])
    put = [(await client.send("PUT", f"{API}/{lamp}")).status for _ in range(2)]
    unknown = await client.send("PUT", f"{API}/{UUID(int=1)}")
    token = (await (await client.send("PUT", f"{API}-link")).json())["share_token"]
    own = await client.get_json(API)
    shared = await other.get_json(f"/api/v1/wishlists/{token}")
    seen = await other.get(f"/wishlist/shared/{token}")
    await client.submit("/wishlist", {}, action="/wishlist/unshare")
    dead = [(await other.get(path)).status for path in (f"/wishlist/shared/{token}", "/wishlist/shared/x")]
    await client.submit("/wishlist", {}, action="/wishlist/share")
    again = await lists.share_token(ctx, customer_id)
    headers = await bearer(ctx, "wishlists.list.view")
    most = await client.get_json("/api/admin/v1/wished-products", headers=headers)
    listed = await (await staff.get("/admin/wishlists")).text()
    subject = await privacy.subject_of(ctx, customer_id)
    copy = await privacy.export(ctx, subject)
    gone = [(await client.send("DELETE", f"{API}/{lamp}")).status for _ in range(2)]
    many = [(await add_product(ctx, f"x{number}", stock=None)) for number in range(2)]
    monkeypatch.setattr(lists, "MOST", 1)
    with pytest.raises(Conflict):
        await lists.add(ctx, customer_id, many)
    await lists.add(ctx, customer_id, many[:1])
    await privacy.erase(ctx, subject)

    assert (refused.status, put, unknown.status) == (401, [204, 204], 404)
    assert [(x["title"], x["available"]) for x in own["items"]] == [("Lamp", True)]
    assert (own["share_token"], shared["items"][0]["variant_id"]) == (token, str(lamp))
    text = await seen.text()
    assert (seen.headers["X-Robots-Tag"], "ada@example.com" in text, "/products/lamp" in text) == (
        "noindex", False, True,
    )  # fmt: skip
    assert (dead, again == token, len(again)) == ([404, 404], False, 32)
    assert [(x["title"], x["people"]) for x in most["items"]] == [("Lamp", 1)]
    assert ("Nothing is on a wishlist" in nothing, "Lamp" in listed) == (True, True)
    assert (str(lamp) in copy.text, gone) == (True, [204, 404])
    assert await ctx.fetch_value("SELECT count(*) FROM wishlists_list") == 0
    assert await ctx.fetch_value("SELECT count(*) FROM wishlists_item") == 0
