# SPDX-License-Identifier: Apache-2.0
"""News and offers with proof, and confirming the address of an account."""

import pytest
from plugins.customers.tests.conftest import PASSWORD, link_in, notices_on
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.shop import as_staff, bearer

from shopwright_customers import api
from shopwright_customers.api import Condition
from shopwright_customers.services import consent, privacy, segments

WORDS = "Alpha may send me news and offers by e-mail. I can take this back at any time."


async def test_each_decision_is_kept_with_its_proof(browser, join, id_of, ctx, make_client, fake_clock):
    bob = await join("bob@example.com")
    ada = await browser()
    page = await (await ada.get("/account/sign-up")).text()
    fields = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada", "marketing": "true"}
    assert (await ada.submit("/account/sign-up", fields)).status == 303
    ids = {name: await id_of(f"{name}@example.com") for name in ("ada", "bob")}
    await segments.create(
        ctx, code="news", title="News", match="all", conditions=[Condition("customers.accepts_marketing", {})]
    )
    at_first = await api.accepts_marketing(ctx, ids.values())
    privacy_page = "/account/privacy"
    fake_clock.advance(60)
    for choice in ({}, {}, {"marketing": "true"}):
        saved = await ada.submit(privacy_page, choice, action=f"{privacy_page}/marketing")
        assert saved.status == 303
    put = await bob.send("PUT", "/api/v1/customers/me/marketing", {"marketing": True})
    both = await api.customers_in(ctx, "news", ids.values())
    staff = await as_staff(ctx, make_client)
    admin_page = f"/admin/customers/{ids['ada']}"
    shown = await (await staff.get(admin_page)).text()
    stopped = await staff.submit(admin_page, {}, action=f"{admin_page}/marketing/stop")
    found = await consent.of_customer(ctx, ids["ada"])
    headers = await bearer(ctx, "customers.customer.view", "customers.customer.edit")
    path = f"/api/admin/v1/customers/{ids['bob']}"
    by_api = await bob.send("POST", f"{path}/marketing/stop", headers=headers)
    listed = await (await browser()).get_json(f"{path}/consents", headers=headers)
    copy = (await privacy.export(ctx, await privacy.subject_of(ctx, ids["ada"]))).text

    assert WORDS in page
    assert at_first == {ids["ada"]}
    assert (put.status, both) == (200, {ids["ada"], ids["bob"]})
    assert WORDS in shown
    assert (stopped.status, by_api.status) == (303, 200)
    assert [(c.given, c.source, c.actor) for c in found] == [
        (False, "staff", "staff"), (True, "account", "customer"), (False, "account", "customer"),
        (True, "sign-up", "anonymous"),
    ]  # fmt: skip
    assert {(c.words, c.remote) for c in found} == {(WORDS, "127.0.0.1")}
    assert found[-1].at < found[0].at
    assert [entry["given"] for entry in listed["items"]] == [False, True]
    assert await api.accepts_marketing(ctx, ids.values()) == frozenset()
    assert copy.count(WORDS) == 4
    with pytest.raises(DBAPIError, match="permission denied"):
        await ctx.run(lambda session: session.execute(text("UPDATE customers_consent SET given = true")))
    await privacy.erase(ctx, await privacy.subject_of(ctx, ids["ada"]))
    assert await ctx.fetch_value("SELECT count(*) FROM customers_consent") == 2


async def test_an_address_is_confirmed_with_the_link_and_the_account(
    ada, join, browser, ctx, id_of, mail_sink
):
    page = "/account/privacy"
    sent = await ada.submit(page, {}, action=f"{page}/confirm")
    link = link_in(mail_sink[-1])
    eve = await join("eve@example.com")
    stranger = await browser()
    others = await eve.submit(link, {})
    outside = await stranger.get(link)
    asked = await (await ada.get(link)).text()
    before = (await api.customer(ctx, await id_of())).email_confirmed_at
    done = await ada.submit(link, {})
    told = await notices_on(await ada.get(page))
    twice = await ada.submit(link, {})
    later = await ada.send("POST", "/api/v1/customers/me/email/confirmation")

    assert (sent.status, later.status, mail_sink[0].to) == (303, 202, "ada@example.com")
    assert (others.status, outside.status, twice.status) == (409, 303, 409)
    assert "Is ada@example.com your address?" in asked
    assert before is None
    assert done.headers["Location"] == page
    assert "Your address is confirmed." in told
    assert (await api.customer(ctx, await id_of())).email_confirmed_at is not None
    assert (await api.customer(ctx, await id_of("eve@example.com"))).email_confirmed_at is None
