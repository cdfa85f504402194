# SPDX-License-Identifier: Apache-2.0
"""Gift cards that are sold, mailed, made in bulk, refunded to, and that end."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from tests.shop import add_product, as_staff, bearer, place, ready_cart, system

from shopwright.doctor_run import examine
from shopwright.errors import Conflict, Invalid
from shopwright_customers.api import Subject
from shopwright_gift_cards import jobs
from shopwright_gift_cards.services import batches, codes, ledger, manage, own, privacy, refunds, selling

GRANNY = "granny@example.com"


async def is_clean(ctx):
    return (await examine(ctx.kernel)).status == "clean"


def code_in(mail):
    return mail.text.partition("Its code: ")[2].partition("\n")[0]


async def pays_and_gets_a_part_back(ctx, make_client, client, lamp, code):
    """Give the order and what it paid with."""
    paying = await ready_cart(client, {lamp: 1})
    await client.post_json(f"/api/v1/carts/{paying}/gift-cards", {"code": code})
    paid = await (await place(client, paying)).json()
    [account_id] = [x.id for x in await manage.accounts(ctx) if x.last4 == code[-4:]]
    method = f"gift_cards.{account_id}"
    headers = {"headers": await bearer(ctx, "gift_cards.card.edit", "orders.order.view")}
    refund = f"/api/admin/v1/orders/{paid['id']}/stored-refunds"
    given = await client.post_json(refund, {"method": method, "amount": 1000}, **headers)
    assert given["balance"]["amount"] == 1000
    again = await client.send("POST", refund, {"method": method, "amount": 1501}, **headers)
    assert (again.status, (await again.json())["errors"][0]["pointer"]) == (422, "/amount")
    guest = await client.send("POST", refund, {"method": method, "amount": 1, "to": "credit"}, **headers)
    assert (await guest.json())["errors"][0]["pointer"] == "/to"
    staff = await as_staff(ctx, make_client)
    shown = f"/admin/orders/{paid['id']}"
    assert "Paid with gift cards and credit" in await (await staff.get(shown)).text()
    form = {"method": method, "amount": "15", "to": "same", "reason": "sorry"}
    await staff.submit(shown, form, action=f"{shown}/stored-refunds")
    assert (await manage.by_id(ctx, account_id)).balance.amount == 2500
    kinds = [x.kind for x in await manage.entries(ctx, await manage.by_id(ctx, account_id))]
    assert kinds == ["refund", "refund", "hold", "issue"]
    return UUID(paid["id"]), method


async def is_reminded_of_and_ends(ctx, clock, mail_sink, order_id, method):
    clock.advance(timedelta(days=330))
    del mail_sink[:]
    for _ in range(2):
        await jobs.expire.handler(ctx, jobs.Expire())
        await ctx.kernel.jobs.drain()
    assert sorted(mail.subject for mail in mail_sink) == ["Your gift card for Alpha ends soon"] * 2
    clock.advance(timedelta(days=30))
    assert await ledger.expire(ctx) == 2
    with pytest.raises((Conflict, Invalid)):
        await refunds.refund(ctx, order_id, method, 1)


async def is_told_and_forgotten(ctx):
    person = Subject(None, GRANNY)
    sections = {x.code: list(x.rows) for x in await privacy.sections(ctx, person)}
    assert [row["message"] for row in sections["gift_cards.mails"]] == ["Love, Ada", "Love, Ada"]
    outcomes = await ctx.run(lambda session: privacy.forget(ctx, session, person))
    assert [(x.action, x.number) for x in outcomes] == [("erased", 2)]
    assert await ctx.fetch_value("SELECT count(*) FROM gift_cards_delivery WHERE email <> ''") == 0


async def test_a_sold_card_is_issued_once_a_unit_mailed_on_its_day_and_ends_by_the_rule(
    ctx, make_client, clock, mail_sink
):
    await ctx.kernel.settings.save(ctx, "gift_cards", {"expire_days": 365, "remind_days": 30}, "store")
    ctx = system(ctx.kernel, "alpha")
    card = await add_product(ctx, "gift-card", price=2500, stock=None, kind="gift_cards.card")
    lamp = await add_product(ctx, "lamp")
    client = await make_client(ctx.kernel, "alpha")
    cart_id = await ready_cart(client, {card: 2})
    path = f"/api/v1/carts/{cart_id}"
    day = (clock.now() + timedelta(days=10)).date().isoformat()

    # Nobody is asked without a card in the cart, and an address must be one.
    other = await ready_cart(client, {lamp: 1})
    wrong = {"gift_cards.recipient": "granny", "gift_cards.message": "Love, Ada", "gift_cards.send_on": day}
    assert (await client.send("PATCH", path, {"attributes": wrong})).status == 200
    refused = await place(client, cart_id)
    assert (refused.status, (await refused.json())["errors"][0]["code"]) == (422, "gift_cards.recipient")
    await client.send("PATCH", path, {"attributes": {"gift_cards.recipient": GRANNY}})
    order = await (await place(client, cart_id)).json()
    assert (await place(client, other)).status == 201

    # The order is paid: its event may come again, and at the same time.
    order_id = UUID(order["id"])
    again = [selling.issue(ctx, order_id) for _ in range(4)]
    issued = sum(await asyncio.gather(*again))
    await ctx.kernel.jobs.drain()
    assert (issued, await manage.total(ctx), await selling.issue(ctx, order_id)) == (2, 2, 0)
    assert mail_sink == []
    assert await ctx.fetch_value("SELECT count(*) FROM gift_cards_account WHERE sealed LIKE 'gAAAA%'") == 2
    found = await manage.accounts(ctx)
    assert {(x.balance.amount, x.expires_at - clock.now()) for x in found} == {(2500, timedelta(days=365))}

    # On the day a mail for each, once, and the codes are forgotten.
    clock.advance(timedelta(days=10, hours=9))
    for _ in range(2):
        await jobs.expire.handler(ctx, jobs.Expire())
        await ctx.kernel.jobs.drain()
    assert [mail.to for mail in mail_sink] == [GRANNY, GRANNY]
    assert "Ada Shopper has a present for you." in mail_sink[0].text
    assert "Love, Ada" in mail_sink[0].text
    assert await ctx.fetch_value("SELECT count(*) FROM gift_cards_account WHERE sealed IS NOT NULL") == 0
    code = code_in(mail_sink[0])
    assert codes.is_possible(codes.tidy(code))

    # Whoever has the code sees what is left; tries are limited.
    page = await (await client.submit("/gift-cards/balance", {"code": code})).text()
    assert "€25.00" in page
    assert (await client.post_json("/api/v1/gift-cards/balance", {"code": code}, status=200))["balance"][
        "amount"
    ] == 2500
    wrong_code = await client.submit("/gift-cards/balance", {"code": "nonsense"})
    assert (wrong_code.status, "not valid here" in await wrong_code.text()) == (422, True)

    order_id, method = await pays_and_gets_a_part_back(ctx, make_client, client, lamp, code)
    await is_reminded_of_and_ends(ctx, clock, mail_sink, order_id, method)
    await is_told_and_forgotten(ctx)
    assert await is_clean(ctx)


async def test_cards_in_bulk_are_taken_once_and_an_account_shows_what_its_owner_has(ctx, make_client):
    client, staff = await make_client(ctx.kernel, "alpha"), await as_staff(ctx, make_client)
    path = "/admin/gift-card-batches"
    wrong = await staff.submit(path, {"wanted": "3", "amount": "0", "prefix": "Weihnachten!"})
    text = await wrong.text()
    assert (wrong.status, "Give an amount above zero." in text, "Use up to 8 letters" in text) == (
        422,
        True,
        True,
    )
    assert (await staff.submit(path, {"wanted": "600", "amount": "10", "prefix": "xmas"})).status == 303
    [batch] = await batches.listing(ctx)
    with pytest.raises(Conflict):
        await batches.take(ctx, batch.id)
    await ctx.kernel.jobs.drain()
    assert "600 / 600" in await (await staff.get(path)).text()
    taken = await staff.submit(path, {}, action=f"{path}/{batch.id}/codes")
    rows = (await taken.text()).splitlines()
    late = await staff.submit(path, {}, action=f"{path}/{batch.id}/codes")

    assert (len(rows), rows[0]) == (601, "code,amount,currency,expires_at")
    assert all(row.startswith("XMAS-") and row.endswith(",10.00,EUR,") for row in rows[1:])
    assert (await own.balance(ctx, rows[1].partition(",")[0].lower())).balance.amount == 1000
    assert late.status == 303
    assert await ctx.fetch_value("SELECT count(*) FROM gift_cards_account WHERE sealed IS NOT NULL") == 0

    account = {"email": "shopper@example.com", "password": "correct horse battery 9"}
    customer = await client.post_json("/api/v1/customers", account)
    await manage.grant(ctx, UUID(customer["id"]), 1200, "sorry")
    page = await (await client.get("/account/gift-cards")).text()
    mine = await client.get_json("/api/v1/customers/me/gift-cards")
    assert "€12.00" in page
    assert [(x["kind"], x["balance"]["amount"], len(x["entries"])) for x in mine] == [("credit", 1200, 1)]
    assert await is_clean(ctx)
