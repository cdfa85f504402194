# SPDX-License-Identifier: Apache-2.0
"""Orders above the limit of a company's buyer: refused, asked for, approved, declined, lapsed."""

import re
from uuid import UUID

import pytest
from tests.shop import add_product, as_staff, bearer, furnish, place, ready_cart

from shopwright.clock import FakeClock, SystemClock
from shopwright.testing.kernels import ALPHA
from shopwright_customers.services import companies, privacy

PASSWORD = "correct horse battery 9"
PLUGINS = ["approvals", "flat_shipping", "manual_payment", "storefront"]
OWN = "/api/v1/customers/me/approval-requests"


@pytest.fixture
async def ctx(make_kernel):
    clock = FakeClock(SystemClock().now())
    kernel = await make_kernel(plugins=PLUGINS, stores=[ALPHA], clock=clock)
    assert kernel.registry.problems == []
    return await furnish(kernel, "alpha")


@pytest.fixture
async def people(ctx, make_client):
    """Browsers of a company: a buyer up to 100.00, an approver without a limit, one up to 120.00, and a stranger."""
    roles = {"buyer": ("buyer", 10000), "boss": ("approver", None), "deputy": ("approver", 12000)}
    company_id = await companies.create(ctx, name="Lamps Ltd", country="DE", tax_id="")
    browsers = {}
    for name in (*roles, "stranger"):
        browsers[name] = await make_client(ctx.kernel, "alpha")
        account = {"email": f"{name}@example.com", "password": PASSWORD, "name": name.title()}
        await browsers[name].post_json("/api/v1/customers", account)
        if name in roles:
            role, limit = roles[name]
            await companies.put_buyer(
                ctx, company_id, email=account["email"], role=role, approval_limit=limit
            )
    return browsers


async def ask(client, cart_id, note=""):
    return await client.send("POST", f"/api/v1/carts/{cart_id}/approval-requests", {"note": note})


async def decide(client, request_id, what, reason=""):
    return await client.send("POST", f"{OWN}/{request_id}/{what}", {"reason": reason})


async def refusal(response):
    body = await response.json()
    return response.status, body["errors"][0]["code"] if body.get("errors") else body["code"]


async def test_an_order_above_the_limit_waits_for_an_approver_and_is_good_for_this_cart_only(
    ctx, people, mail_sink, make_client
):
    lamp = await add_product(ctx, "lamp", price=4900)
    buyer, boss = people["buyer"], people["boss"]
    small = await ready_cart(buyer, {lamp: 1})
    assert (await ask(buyer, small)).status == 409
    assert (await place(buyer, small)).status == 201
    cart_id = await ready_cart(buyer, {lamp: 3}, outcome="decline")
    path = f"/api/v1/carts/{cart_id}"
    refused = await refusal(await place(buyer, cart_id))
    anonymous = await make_client(ctx.kernel, "alpha")
    by_nobody = await refusal(await place(anonymous, cart_id))
    foreign = await ask(people["stranger"], cart_id)
    of_stranger = await ready_cart(people["stranger"], {lamp: 3})
    with_it = await refusal(await place(buyer, of_stranger))
    asked = await (await ask(buyer, cart_id, "For the new office")).json()
    again = await (await ask(buyer, cart_id)).json()
    await ctx.kernel.jobs.drain()
    pending = await refusal(await place(buyer, cart_id))
    own = await decide(buyer, asked["id"], "approve")
    strange = await decide(people["stranger"], asked["id"], "approve")
    too_small = await decide(people["deputy"], asked["id"], "approve")
    seen = await boss.get_json(OWN)
    approved = await decide(boss, asked["id"], "approve", "Fine")
    late = await decide(boss, asked["id"], "decline", "No")
    await ctx.kernel.jobs.drain()
    declined = await place(buyer, cart_id)
    copy_id = (await declined.json())["next_cart_id"]
    body = {"payment_method": "manual_payment.test", "payment_data": {"outcome": "succeed"}}
    await buyer.send("PATCH", f"/api/v1/carts/{copy_id}", body)
    line_id = (await buyer.get_json(f"/api/v1/carts/{copy_id}"))["lines"][0]["id"]
    line = f"/api/v1/carts/{copy_id}/lines/{line_id}"
    await buyer.send("PATCH", line, {"quantity": 4})
    changed = await refusal(await place(buyer, copy_id))
    await buyer.send("PATCH", line, {"quantity": 3})
    placed = await place(buyer, copy_id)

    assert (refused, by_nobody, with_it) == ((422, "approval_none"),) * 3
    assert (foreign.status, again["id"] == asked["id"], pending) == (404, True, (422, "approval_pending"))
    assert (own.status, strange.status, too_small.status) == (403, 404, 404)
    assert [(x["buyer"], x["total"]["amount"], x["note"]) for x in seen["to_decide"]] == [
        ("Buyer", 15190, "For the new office")
    ]
    assert [(x["sku"], x["quantity"], x["total"]["amount"]) for x in asked["lines"]] == [("LAMP", 3, 14700)]
    assert (approved.status, await refusal(late)) == (200, (409, "approval_decided"))
    assert [(mail.to, mail.subject) for mail in mail_sink] == [
        ("boss@example.com", "Buyer asks for your approval"),
        ("buyer@example.com", "Your order is approved"),
    ]
    assert f"/account/approvals/{asked['id']}" in mail_sink[0].text
    assert (declined.status, changed, placed.status) == (409, (422, "approval_changed"), 201)
    order_id = (await placed.json())["id"]
    rows = await ctx.fetch_rows("SELECT status, order_id, cart_id FROM approvals_request")
    assert [tuple(row) for row in rows] == [("ordered", UUID(order_id), UUID(copy_id))]
    assert (await buyer.get_json(path))["status"] == "placed"
    guest = await ready_cart(anonymous, {lamp: 3})
    assert (await place(anonymous, guest)).status == 201


async def test_an_approval_lapses_with_the_cart_and_a_reason_is_needed_to_decline(ctx, people):
    lamp = await add_product(ctx, "lamp", price=4900, stock=100)
    buyer, boss = people["buyer"], people["boss"]
    cart_id = await ready_cart(buyer, {lamp: 3})
    first = await (await ask(buyer, cart_id)).json()
    line_id = (await buyer.get_json(f"/api/v1/carts/{cart_id}"))["lines"][0]["id"]
    await buyer.send("PATCH", f"/api/v1/carts/{cart_id}/lines/{line_id}", {"quantity": 5})
    lapsed = await refusal(await decide(boss, first["id"], "approve"))
    second = await (await ask(buyer, cart_id)).json()
    no_reason = await refusal(await decide(boss, second["id"], "decline"))
    declined = await decide(boss, second["id"], "decline", "Too many lamps")
    refused = await refusal(await place(buyer, cart_id))
    third = await (await ask(buyer, cart_id)).json()
    withdrawn = (await buyer.send("DELETE", f"{OWN}/{third['id']}")).status
    gone = (await buyer.send("DELETE", f"{OWN}/{third['id']}")).status
    empty = await buyer.post_json("/api/v1/carts")
    await buyer.post_json(f"/api/v1/carts/{empty['id']}/lines", {"variant_id": str(lamp), "quantity": 9})
    not_ready = await refusal(await ask(buyer, empty["id"]))
    await companies.put_buyer(
        ctx, UUID(first["company_id"]), email="boss@example.com", role="approver", approval_limit=100
    )
    nobody = await refusal(await ask(buyer, cart_id))
    headers = await bearer(ctx, "approvals.request.view")
    listed = await buyer.get_json("/api/admin/v1/approval-requests", headers=headers)
    subject = await privacy.subject_by_email(ctx, "buyer@example.com")
    copy = await privacy.export(ctx, subject)
    await privacy.erase(ctx, await privacy.subject_by_email(ctx, "boss@example.com"))
    deciders = await ctx.fetch_rows("SELECT DISTINCT decider, reason FROM approvals_request")
    await privacy.erase(ctx, subject)

    assert (lapsed, no_reason) == ((409, "cart_changed"), (422, "required"))
    assert ((await declined.json())["reason"], refused) == ("Too many lamps", (422, "approval_declined"))
    assert (withdrawn, gone, not_ready) == (204, 409, (409, "cart_not_ready"))
    assert nobody == (409, "no_approver")
    assert [x["status"] for x in listed["items"]] == ["withdrawn", "declined", "lapsed"]
    assert "Too many lamps" in copy.text
    assert [tuple(row) for row in deciders] == [("", "")]
    assert await ctx.fetch_value("SELECT count(*) FROM approvals_request") == 0


async def test_buyer_and_approver_do_it_all_on_pages(ctx, people, make_client):
    lamp = await add_product(ctx, "lamp", price=4900)
    buyer, boss = people["buyer"], people["boss"]
    staff = await as_staff(ctx, make_client)
    nothing = await (await staff.get("/admin/approvals")).text()
    await buyer.submit("/products/lamp", {"variant_id": str(lamp), "quantity": "3"}, action="/cart/add")
    contact = {
        "email": "buyer@example.com", "name": "Buyer", "line1": "Hafenstraße 7", "city": "Lübeck",
        "postal_code": "23552", "country": "DE",
    }  # fmt: skip
    await buyer.submit("/checkout", contact)
    await buyer.submit("/checkout/delivery", {"shipping_code": "flat_shipping.standard"})
    page = await (await buyer.get("/checkout/payment")).text()
    pay = {"payment_method": "manual_payment.test", "manual_payment.test:outcome": "succeed"}
    refused = await buyer.submit("/checkout/payment", pay)
    told = await (await buyer.get("/checkout/payment")).text()
    cart_id = re.findall(r'name="cart_id" value="([^"]+)"', page)[0]
    await buyer.submit(
        "/checkout/payment", {"cart_id": cart_id, "note": "Please"}, action="/account/approvals"
    )
    waits = await (await buyer.get("/checkout/payment")).text()
    account = await (await boss.get("/account")).text()
    listed = await (await boss.get("/account/approvals")).text()
    one = re.findall(r'href="(/account/approvals/[^"]+)"', listed)[0]
    shown = await (await boss.get(one)).text()
    unexplained = await boss.submit(one, {"reason": ""}, action=f"{one}/decline")
    approved = await boss.submit(one, {"reason": ""}, action=f"{one}/approve")
    hidden = (await people["stranger"].get(one)).status
    gone_on = await buyer.submit(one, {}, action=f"{one}/order")
    ready = await (await buyer.get("/checkout/payment")).text()
    placed = await buyer.submit("/checkout/payment", pay)
    overview = await (await staff.get("/admin/approvals?status=ordered")).text()

    above = "This order is above your limit of €100.00 at Lamps Ltd: ask for approval."
    assert (page.count(above), told.count(above)) == (1, 2)
    assert (refused.status, refused.headers["Location"]) == (303, "/checkout/payment")
    assert ("waits for the approval of Lamps Ltd" in waits, 'name="cart_id"' in waits) == (True, False)
    assert ('href="/account/approvals"' in account, "Please" in shown, "€151.90" in shown) == (
        True,
        True,
        True,
    )
    assert (unexplained.status, "Say why" in await unexplained.text()) == (422, True)
    assert (approved.status, hidden, gone_on.headers["Location"]) == (303, 404, "/checkout/payment")
    assert "Lamps Ltd approved this order" in ready
    assert placed.headers["Location"].startswith("/orders/")
    assert ("No requests" in nothing, "Lamps Ltd" in overview, "€151.90" in overview) == (True, True, True)
    assert 'href="/account/approvals"' not in await (await people["stranger"].get("/account")).text()
