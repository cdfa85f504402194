# SPDX-License-Identifier: Apache-2.0
"""Gift cards and credit from issue to expiry, in carts and in the admin."""

from datetime import timedelta
from uuid import UUID

import pytest
from tests.shop import add_product, as_staff, bearer, place, ready_cart

from shopwright.doctor_run import examine
from shopwright.errors import Conflict, Invalid
from shopwright.ids import new_id
from shopwright_gift_cards.services import codes, ledger, manage

PASSWORD = "correct horse battery 9"


async def balance(ctx, card_id):
    return (await manage.by_id(ctx, card_id)).balance.amount


async def entries(ctx, card_id):
    found = await manage.entries(ctx, await manage.by_id(ctx, card_id))
    return [(entry.kind, entry.amount.amount) for entry in reversed(found)]


async def is_clean(ctx):
    return (await examine(ctx.kernel)).status == "clean"


def test_the_check_letter_finds_each_wrong_letter_and_each_swap():
    code = codes.tidy(codes.make())
    wrong = [code[:i] + x + code[i + 1 :] for i in range(16) for x in codes.LETTERS if x != code[i]]
    swapped = [code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(14) if code[i] != code[i + 1]]
    assert codes.is_possible(code)
    assert [x for x in [*wrong, *swapped, code[:15], code + "2" * 9] if codes.is_possible(x)] == []


async def test_a_card_pays_in_parts_and_gets_back_what_a_cancelled_order_took(ctx, make_client):
    lamp = await add_product(ctx, "lamp", price=4900)
    client = await make_client(ctx.kernel, "alpha")
    card_id, code = await manage.issue(ctx, 8000)
    declined = await ready_cart(client, {lamp: 1}, outcome="decline")
    path = f"/api/v1/carts/{declined}/gift-cards"
    small = code.lower().replace("-", " ")
    entered = await (await client.send("POST", path, {"code": small})).json()
    first = await ready_cart(client, {lamp: 1})
    await client.post_json(f"/api/v1/carts/{first}/gift-cards", {"code": code})
    second = await ready_cart(client, {lamp: 1}, outcome="decline")
    await client.post_json(f"/api/v1/carts/{second}/gift-cards", {"code": code})

    assert [(x["last4"], x["balance"]["amount"]) for x in entered] == [(code[-4:], 8000)]
    assert (await place(client, first)).status == 201
    assert await balance(ctx, card_id) == 2610
    cart = await client.get_json(f"/api/v1/carts/{second}")
    assert [(x["label"], x["amount"]["amount"]) for x in cart["stored"]] == [
        (f"Gift card •••• {code[-4:]}", 2610)
    ]
    refused = await place(client, second)
    assert (refused.status, await balance(ctx, card_id)) == (409, 2610)
    assert await entries(ctx, card_id) == [
        ("issue", 8000),
        ("hold", -5390),
        ("hold", -2610),
        ("release", 2610),
    ]
    copies = await ctx.fetch_value("SELECT count(DISTINCT cart_id) FROM gift_cards_cart_code")
    assert copies == 4
    assert (await client.send("DELETE", f"{path}/{card_id}")).status == 204
    assert (await client.send("DELETE", f"{path}/{card_id}")).status == 404
    assert await client.get_json(path) == []
    assert await is_clean(ctx)


async def test_unknown_empty_expired_and_disabled_cards_get_the_same_answer_and_tries_are_limited(
    ctx, make_client, clock
):
    client = await make_client(ctx.kernel, "alpha")
    cart = await client.post_json("/api/v1/carts")
    empty_id, empty = await manage.issue(ctx, 100)
    await manage.adjust(ctx, empty_id, -100, "a mistake")
    off_id, off = await manage.issue(ctx, 100)
    await manage.switch(ctx, off_id, 1, enabled=False)
    old_id, old = await manage.issue(ctx, 100, expires_at=clock.now() + timedelta(hours=1))
    clock.advance(timedelta(hours=2))
    path = f"/api/v1/carts/{cart['id']}/gift-cards"
    answers = [
        await client.send("POST", path, {"code": x}) for x in (codes.make(), "nonsense", empty, off, old)
    ]
    bodies = [await answer.json() for answer in answers]

    assert {answer.status for answer in answers} == {422}
    assert {tuple((e["pointer"], e["code"], e["message"]) for e in body["errors"]) for body in bodies} == {
        (("/code", "unusable", "This gift card is not valid here, or nothing is left on it."),)
    }
    statuses = [(await client.send("POST", path, {"code": "nonsense"})).status for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    with pytest.raises(Conflict):
        await manage.top_up(ctx, old_id, 100)
    assert (await ledger.expire(ctx), await ledger.expire(ctx)) == (1, 0)
    assert await entries(ctx, old_id) == [("issue", 100), ("expire", -100)]
    assert await is_clean(ctx)


async def test_credit_pays_by_itself_for_its_owner_only_until_kept_for_later(ctx, make_client):
    lamp = await add_product(ctx, "lamp", price=4900)
    client, other = await make_client(ctx.kernel, "alpha"), await make_client(ctx.kernel, "alpha")
    account = {"email": "shopper@example.com", "password": PASSWORD}
    customer = await client.post_json("/api/v1/customers", account)
    customer_id = UUID(customer["id"])
    credit_id = await manage.grant(ctx, customer_id, 1000, "sorry")
    assert await manage.grant(ctx, customer_id, 500, "sorry again") == credit_id
    await manage.grant(ctx, new_id(), 700, "somebody else")
    cart_id = await ready_cart(client, {lamp: 1})
    path = f"/api/v1/carts/{cart_id}"

    async def paid(browser):
        return [(x["method"], x["amount"]["amount"]) for x in (await browser.get_json(path))["stored"]]

    assert await paid(client) == [(f"gift_cards.{credit_id}", 1500)]
    assert await paid(other) == []
    assert (await client.send("PUT", f"{path}/store-credit", {"use": False})).status == 204
    assert await paid(client) == []
    assert (await client.send("PUT", f"{path}/store-credit", {"use": True})).status == 204
    assert (await place(client, cart_id)).status == 201
    assert await balance(ctx, credit_id) == 0
    assert await is_clean(ctx)


async def test_the_admin_api_issues_corrects_and_switches(ctx, make_client):
    client = await make_client(ctx.kernel, "alpha")
    edit = {"headers": await bearer(ctx, "gift_cards.card.view", "gift_cards.card.edit")}
    adjust = {"headers": await bearer(ctx, "gift_cards.card.adjust")}
    card = await client.post_json("/api/admin/v1/gift-cards", {"amount": 5000}, **edit)
    path = f"/api/admin/v1/gift-cards/{card['id']}"
    topped = await client.post_json(f"{path}/top-ups", {"amount": 100}, **edit)
    body = {"amount": -5200, "reason": "too much"}
    denied = await client.send("POST", f"{path}/adjustments", body, **edit)
    too_much = await client.send("POST", f"{path}/adjustments", body, **adjust)
    no_reason = await client.send("POST", f"{path}/adjustments", {"amount": -1}, **adjust)
    less = await client.post_json(f"{path}/adjustments", body | {"amount": -100}, **adjust)
    off = await client.send("PUT", f"{path}/status", {"enabled": False, "version": 1}, **edit)
    late = await client.send("PUT", f"{path}/status", {"enabled": True, "version": 1}, **edit)
    listed = await client.get_json("/api/admin/v1/gift-cards", **edit)
    history = await client.get_json(f"{path}/entries", **edit)

    assert codes.is_possible(codes.tidy(card["code"]))
    assert (topped["balance"]["amount"], less["balance"]["amount"]) == (5100, 5000)
    assert (denied.status, too_much.status, no_reason.status, late.status) == (403, 409, 422, 409)
    assert [e["pointer"] for e in (await no_reason.json())["errors"]] == ["/reason"]
    assert (await off.json())["status"] == "disabled"
    assert [(x["last4"], x["version"]) for x in listed["items"]] == [(card["code"][-4:], 2)]
    assert [x["kind"] for x in history["items"]] == ["adjust", "top_up", "issue"]
    kept = await ctx.fetch_value("SELECT code_hash FROM gift_cards_account")
    assert kept == codes.hashed(ctx.store.id, codes.tidy(card["code"]))
    with pytest.raises(Invalid):
        await manage.issue(ctx, -1)


async def test_staff_issue_a_card_on_a_page_and_a_customer_enters_it_in_the_cart(ctx, make_client):
    lamp = await add_product(ctx, "lamp", price=4900)
    staff, client = await as_staff(ctx, make_client), await make_client(ctx.kernel, "alpha")
    new = "/admin/gift-cards/new"
    wrong = await staff.submit(new, {"amount": "much"})
    issued = await (await staff.submit(new, {"amount": "20,50", "last_day": "2099-12-31"})).text()
    code = issued.partition("not shown again.")[2].partition("<strong>")[2].partition("</strong>")[0]
    card_id = await ctx.fetch_value("SELECT id FROM gift_cards_account")
    path = f"/admin/gift-cards/{card_id}"
    await staff.submit(path, {"amount": "1"}, action=f"{path}/top-up")
    page = await (await staff.get(path)).text()
    await client.submit("/products/lamp", {"variant_id": str(lamp), "quantity": "1"}, action="/cart/add")
    cart = await (await client.get("/cart")).text()
    cart_id = cart.partition('name="cart_id" value="')[2].partition('"')[0]
    await client.submit("/cart", {"code": code, "cart_id": cart_id}, action="/cart/codes")
    with_card = await (await client.get("/cart")).text()
    gone = {"code": f"gift_cards.{card_id}", "cart_id": cart_id}
    await client.submit("/cart", gone, action="/cart/codes/remove")
    await client.submit("/cart", {"code": "wrong", "cart_id": cart_id}, action="/cart/codes")
    without = await (await client.get("/cart")).text()

    assert (wrong.status, "Write the amount as a number" in await wrong.text()) == (422, True)
    assert codes.is_possible(codes.tidy(code))
    assert code not in page
    assert "€21.50" in page
    assert '<label class="field__label" for="cart-code">Gift card</label>' in cart
    assert (
        f'<span class="badge">Gift card •••• {code[-4:]}</span> <span class="muted">€21.50</span>'
        in with_card
    )
    assert f"•••• {code[-4:]}" not in without
    assert "We do not know this code. Please check it." in without
    assert "€21.50" in await (await staff.get("/admin/gift-cards")).text()
