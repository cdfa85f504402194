# SPDX-License-Identifier: Apache-2.0
"""From the form on the product page to the mail, the admin, and what is known of people afterwards."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from tests.shop import add_product, as_staff, bearer, system

from shopwright.clock import FakeClock, SystemClock
from shopwright.testing.kernels import ALPHA
from shopwright_customers.services import privacy
from shopwright_inventory import api as inventory
from shopwright_stock_notices.services import arrivals, links, mails

PASSWORD = "correct horse battery 9"
API, ADMIN = "/api/v1/stock-notices", "/api/admin/v1/stock-notices"


@pytest.fixture
def clock():
    return FakeClock(SystemClock().now())


@pytest.fixture
async def ctx(make_kernel, clock):
    kernel = await make_kernel(plugins=["stock_notices"], stores=[ALPHA], clock=clock)
    assert kernel.registry.problems == []
    return system(kernel, "alpha")


async def stock(ctx, variant_id, on_hand):
    await ctx.run(
        lambda session: inventory.count(
            ctx, session, variant_id=variant_id, on_hand=on_hand, reason="counted"
        )
    )
    await ctx.kernel.jobs.drain()


def path_in(mail, word):
    return re.findall(rf"http://alpha\.localhost(?::\d+)?(\S*/stock-notices/{word}/\S+)", mail.text)[0]


async def test_a_guest_confirms_and_is_told_once_when_it_is_back(ctx, make_client, mail_sink, query_log):
    lamp = await add_product(ctx, "lamp", stock=0)
    client = await make_client(ctx.kernel, "alpha")
    page = await (await client.get("/products/lamp")).text()
    asked = await client.submit(
        "/products/lamp", {"variant_id": str(lamp), "email": "ada@example.com"}, action="/stock-notices"
    )
    again = await client.send("POST", API, {"variant_id": str(lamp), "email": "ADA@example.com"})
    await ctx.kernel.jobs.drain()
    await stock(ctx, lamp, 1)
    await stock(ctx, lamp, 0)
    unconfirmed = len(mail_sink)
    path = path_in(mail_sink[0], "confirm")
    looked = await client.get(path)
    forged = await client.get(path.replace("confirm", "stop"))
    confirmed = await client.submit(path, {})
    wrong = await client.submit(
        "/products/lamp", {"variant_id": str(lamp), "email": "x"}, action="/stock-notices"
    )
    await stock(ctx, lamp, 5)
    told = mail_sink[unconfirmed:]
    notice_id = await ctx.fetch_value("SELECT id FROM stock_notices_notice")
    await mails.tell(ctx, notice_id)
    await stock(ctx, lamp, 9)
    with query_log.at_most(1):
        assert await arrivals.arrived(ctx, lamp, 4) == 0
    in_stock = await client.send("POST", API, {"variant_id": str(lamp), "email": "ada@example.com"})

    assert ('action="/stock-notices"' in page, "Alpha may send one mail" in page) == (True, True)
    assert (asked.status, asked.headers["Location"]) == (303, f"/products/lamp?variant={lamp}")
    assert (again.status, await again.json()) == (202, {"status": "confirm", "token": ""})
    assert [mail.subject for mail in mail_sink[:unconfirmed]] == ["Shall we tell you when Lamp is back?"] * 2
    assert (looked.status, forged.status, confirmed.status, wrong.status) == (200, 404, 303, 303)
    assert [(mail.to, mail.subject) for mail in told] == [("ada@example.com", "Lamp is back")]
    assert len(mail_sink) == unconfirmed + 1
    assert (in_stock.status, (await in_stock.json())["code"]) == (409, "in_stock")
    stop = path_in(told[0], "stop")
    assert (await client.submit(stop, {})).status == 303
    assert (await client.get(stop)).status == 404
    assert 'action="/stock-notices"' not in await (await client.get("/products/lamp")).text()


async def test_as_many_are_told_as_units_came_in_the_order_of_the_list_and_in_their_language(
    ctx, make_client, mail_sink, clock
):
    lamp = await add_product(ctx, "lamp", stock=0)
    await ctx.kernel.settings.save(ctx, "stock_notices", {"confirm_guests": False}, "store")
    client = await make_client(ctx.kernel, "alpha")
    people = [f"p{number}@example.com" for number in range(5)]
    for number, email in enumerate(people):
        prefix = "/de" if number == 1 else ""
        fields = {"variant_id": str(lamp), "email": email}
        page = f"{prefix}/products/lamp"
        assert (await client.submit(page, fields, action=f"{prefix}/stock-notices")).status == 303
    await stock(ctx, lamp, 1)
    first = [(mail.to, mail.subject) for mail in mail_sink]
    await stock(ctx, lamp, 2)
    second = [mail.to for mail in mail_sink[2:]]
    clock.advance(timedelta(days=31))
    await arrivals.clean(ctx)
    left = await ctx.fetch_rows("SELECT email::text FROM stock_notices_notice")

    assert first == [("p0@example.com", "Lamp is back"), ("p1@example.com", "Lamp ist wieder da")]
    assert second == ["p2@example.com", "p3@example.com"]
    assert [row["email"] for row in left] == ["p4@example.com"]


async def test_customers_staff_and_programs_see_and_change_the_list(ctx, make_client):
    lamp = await add_product(ctx, "lamp", stock=0)
    client = await make_client(ctx.kernel, "alpha")
    staff = await as_staff(ctx, make_client)
    empty = await (await staff.get("/admin/stock-notices")).text()
    account = {"email": "own@example.com", "password": PASSWORD}
    customer_id = UUID((await client.post_json("/api/v1/customers", account))["id"])
    prefilled = await (await client.get("/products/lamp")).text()
    body = {"variant_id": str(lamp), "email": "own@example.com"}
    unproven = await client.post_json(API, body, status=202)
    confirmed = "UPDATE customers_customer SET email_confirmed_at = created_at"
    async with ctx.transaction() as session:
        await (await session.connection()).exec_driver_sql(confirmed)
    own = await client.post_json(API, body, status=202)
    copy = await privacy.export(ctx, await privacy.subject_of(ctx, customer_id))
    view = {"headers": await bearer(ctx, "stock_notices.notice.view")}
    edit = {"headers": await bearer(ctx, "stock_notices.notice.edit")}
    variants = await client.get_json(ADMIN, **view)
    people = await client.get_json(f"{ADMIN}/{lamp}/people?q=OWN", **view)
    nobody = await client.get_json(f"{ADMIN}/{lamp}/people?q=other", **view)
    one = f"{ADMIN}/people/{people['items'][0]['id']}"
    denied = (await client.send("DELETE", one, **view)).status
    listed = await (await staff.get("/admin/stock-notices")).text()
    shown = await (await staff.get(f"/admin/stock-notices/{lamp}")).text()
    cancel = f"/admin/stock-notices/people/{people['items'][0]['id']}/cancel"
    cancelled = await staff.submit(f"/admin/stock-notices/{lamp}", {}, action=cancel)
    gone = (await client.send("DELETE", one, **edit)).status
    back = await client.post_json(API, body, status=202)
    stopped = [(await client.send("DELETE", f"{API}/{back['token']}")).status for _ in range(2)]
    await client.post_json(API, body, status=202)
    await privacy.erase(ctx, await privacy.subject_of(ctx, customer_id))

    assert "Nobody waits for anything" in empty
    assert 'value="own@example.com"' in prefilled
    assert (unproven["status"], own["status"]) == ("confirm", "waiting")
    assert ('"agreed_to"' in copy.text, "own@example.com" in copy.text) == (True, True)
    assert [(x["variant_id"], x["title"], x["people"]) for x in variants["items"]] == [(str(lamp), "Lamp", 1)]
    assert [(x["email"], x["status"]) for x in people["items"]] == [("own@example.com", "waiting")]
    assert (nobody["items"], denied, cancelled.status, gone) == ([], 403, 303, 404)
    assert (f'href="/admin/stock-notices/{lamp}"' in listed, "own@example.com" in shown) == (True, True)
    assert stopped == [204, 404]
    assert await ctx.fetch_value("SELECT count(*) FROM stock_notices_notice") == 0
    assert links.notice_of(ctx, "stop", "x" * 64) is None
