# SPDX-License-Identifier: Apache-2.0
"""Customers in the admin: finding them, and keeping one from signing in."""

import re
from datetime import timedelta

import pytest
from plugins.customers.tests.conftest import HOME, PASSWORD, notices_on
from sqlalchemy import text
from tests.shop import as_staff, bearer, system

from shopwright.actor import Actor
from shopwright.doctor_run import examine
from shopwright.errors import Forbidden
from shopwright.ids import new_id
from shopwright_customers.services import accounts, disabling

LIST = "/admin/customers"
API = "/api/admin/v1/customers"


@pytest.fixture
async def staff(ctx, make_client):
    """The browser of an owner of alpha."""
    return await as_staff(ctx, make_client)


@pytest.fixture
def limited(ctx, make_client):
    """Gives the browser of somebody whose role allows only some things."""

    async def employ(*permissions):
        await ctx.kernel.auth.roles.save(ctx, "limited", "Limited", permissions)
        return await as_staff(ctx, make_client, role="limited")

    return employ


async def listed(client, query: str = "") -> list[str]:
    """The addresses on a page of the list, in order."""
    text = await (await client.get(f"{LIST}{query}")).text()
    return re.findall(r'<a href="/admin/customers/[^"/]+">([^<]+)</a>', text)


async def test_the_list_shows_and_finds_the_stores_customers(join, staff):
    await join("ada@example.com", name="Ada Lovelace")
    await join("bob@example.com", name="Bob_1")
    await join("eve@example.com", store="beta")

    everybody = await listed(staff)
    found = [await listed(staff, f"?q={words}") for words in ("LOVELACE", "bob@", "eve", "%25", "b_1", "_b")]

    assert everybody == ["bob@example.com", "ada@example.com"]
    assert found == [["ada@example.com"], ["bob@example.com"], [], [], ["bob@example.com"], []]


async def test_the_list_goes_on_page_by_page(join, ctx):
    for name in "abcde":
        await join(f"{name}@example.com")

    pages, after = [], None
    while not pages or after is not None:
        found, after = await accounts.page(ctx, after=after, limit=2)
        pages.append([customer.email[0] for customer in found])

    assert pages == [["e", "d"], ["c", "b"], ["a"]]


async def test_a_long_list_leads_to_its_next_page(ctx, staff):
    values = ", ".join(
        f"('{ctx.store.id}', '{new_id()}', 'c{n}@example.com', 'x', 'en', now(), now())" for n in range(51)
    )
    columns = "store_id, id, email, password_hash, locale, created_at, updated_at"
    await ctx.run(lambda s: s.execute(text(f"INSERT INTO customers_customer ({columns}) VALUES {values}")))

    first = await (await staff.get(LIST)).text()
    (more,) = re.findall(r'href="/admin/customers(\?after=[^"]+)"', first)

    assert await listed(staff, more) == ["c0@example.com"]


async def test_the_list_can_be_narrowed_to_those_who_are_disabled(join, staff, ctx, id_of):
    await join("ada@example.com")
    await join("bob@example.com")
    await disabling.disable(ctx, await id_of("bob@example.com"))

    assert await listed(staff, "?status=disabled") == ["bob@example.com"]
    assert await listed(staff, "?status=active") == ["ada@example.com"]
    assert await listed(staff, "?status=nonsense") == ["bob@example.com", "ada@example.com"]


async def test_an_empty_list_says_what_comes_here(staff):
    page = await (await staff.get(LIST)).text()

    assert "No customers yet" in page
    assert "Whoever makes an account in your store is listed here." in page


async def test_a_customers_page_shows_who_they_are(ada, staff, id_of):
    await ada.post_json("/api/v1/customers/me/addresses", HOME)

    page = await (await staff.get(f"{LIST}/{await id_of()}")).text()

    assert '<a href="mailto:ada@example.com">ada@example.com</a>' in page
    assert "Hafenstraße 7<br>23552 Lübeck<br>Germany" in page
    assert "argon2" not in page


async def test_disabling_asks_first_then_signs_out_at_once_and_is_recorded(
    ada, browser, staff, id_of, can_sign_in, audited, kernel
):
    other, path = await browser("ada@example.com"), f"{LIST}/{await id_of()}"

    asked = await staff.get(f"{path}/disable")
    before = (await ada.get("/account")).status
    done = await staff.submit(f"{path}/disable", {})
    shown = await staff.get(path)

    assert "Disable this customer?" in await asked.text()
    assert before == 200
    assert (done.status, done.headers["Location"]) == (303, path)
    assert "The customer is disabled and signed out everywhere." in await notices_on(shown)
    assert "This customer cannot sign in" in await shown.text()
    for client in (ada, other):
        assert (await client.get("/account")).status == 303
        assert (await client.get("/api/v1/customers/me")).status == 401
    assert not await can_sign_in("ada@example.com", PASSWORD)
    assert await audited() == [("staff", "customers.customer_disabled")]
    assert (await examine(kernel)).exit_code == 0


async def test_a_disabled_customer_is_told_no_more_than_a_stranger(ada, ctx, id_of, browser):
    await disabling.disable(ctx, await id_of())
    client = await browser()

    right = await client.submit("/account/sign-in", {"email": "ada@example.com", "password": PASSWORD})
    wrong = await client.submit("/account/sign-in", {"email": "ada@example.com", "password": "no"})

    assert (right.status, wrong.status) == (401, 401)
    assert await notices_on(right) == await notices_on(wrong)


async def test_enabling_lets_them_in_again_with_the_same_password(ada, staff, id_of, can_sign_in, audited):
    path = f"{LIST}/{await id_of()}"
    await staff.submit(f"{path}/disable", {})

    done = await staff.submit(path, {}, action=f"{path}/enable")
    asked = await staff.get(f"{path}/disable")

    assert (done.status, asked.status) == (303, 200)
    assert await can_sign_in("ada@example.com", PASSWORD)
    assert (await ada.get("/account")).status == 303
    assert [action for _, action in await audited()] == [
        "customers.customer_disabled",
        "customers.customer_enabled",
    ]


async def test_disabling_twice_is_recorded_once(ada, ctx, staff, id_of, audited):
    customer_id = await id_of()
    for _ in range(2):
        await disabling.disable(ctx, customer_id)

    again = await staff.get(f"{LIST}/{customer_id}/disable")

    assert (again.status, again.headers["Location"]) == (303, f"{LIST}/{customer_id}")
    assert await audited() == [("system", "customers.customer_disabled")]


async def test_who_got_in_at_the_very_moment_is_out_a_minute_later(
    ada, ctx, kernel, id_of, fake_clock, browser
):
    customer_id = await id_of()
    await disabling.disable(ctx, customer_id)
    # What a sign-in leaves that had looked just before: its session is written when it answers.
    sql = text(
        "INSERT INTO kernel_session (store_id, id, token_hash, data, customer_id, created_at, seen_at, expires_at)"
        " VALUES (:store, :id, sha256('late'), '{}', :customer, :now, :now, :later)"
    )
    values = {"store": ctx.store.id, "id": new_id(), "customer": customer_id, "now": fake_clock.now()}
    values["later"] = fake_clock.now() + timedelta(days=1)
    await ctx.run(lambda session: session.execute(sql, values))
    cookie = {"Cookie": "sid=late"}
    account = await (await browser()).get("/account", headers=cookie)
    fake_clock.advance(61)
    await kernel.jobs.drain(strict=True)

    assert account.status == 303
    assert await ctx.fetch_value("SELECT count(*) FROM kernel_session WHERE customer_id IS NOT NULL") == 0


async def test_a_customer_of_another_store_is_not_there(join, staff, id_of, can_sign_in):
    await join("ada@example.com", store="beta")
    path = f"{LIST}/{await id_of(store='beta')}"
    token = await staff.csrf_token(LIST)

    seen = [(await staff.get(address)).status for address in (path, f"{path}/disable")]
    posts = [
        (await staff.request("POST", f"{path}/{verb}", data={"csrf_token": token})).status
        for verb in ("disable", "enable")
    ]

    assert seen + posts == [404] * 4
    assert await can_sign_in("ada@example.com", PASSWORD, store="beta")


async def test_disabling_needs_the_token_of_the_page(ada, staff, id_of):
    response = await staff.request("POST", f"{LIST}/{await id_of()}/disable")

    assert response.status == 403
    assert (await ada.get("/account")).status == 200


async def test_a_role_without_the_permission_is_refused(ada, limited, id_of):
    path = f"{LIST}/{await id_of()}"
    client = await limited("kernel.audit.view")
    token = await client.csrf_token("/admin/")

    seen = [(await client.get(address)).status for address in (LIST, path, f"{path}/disable")]
    posts = [
        (await client.request("POST", f"{path}/{verb}", data={"csrf_token": token})).status
        for verb in ("disable", "enable")
    ]

    assert seen + posts == [403] * 5
    assert (await ada.get("/account")).status == 200


async def test_who_may_only_look_is_offered_nothing_else(ada, limited, id_of):
    path = f"{LIST}/{await id_of()}"
    client = await limited("customers.customer.view")
    token = await client.csrf_token(path)

    page = await client.get(path)
    asked = await client.get(f"{path}/disable")
    done = await client.request("POST", f"{path}/disable", data={"csrf_token": token})

    assert (page.status, asked.status, done.status) == (200, 403, 403)
    assert "Disable this customer" not in await page.text()
    assert (await ada.get("/account")).status == 200


async def test_customers_and_visitors_see_nothing_of_the_admin(ada, browser, id_of):
    stranger, path = await browser(), f"{LIST}/{await id_of()}"

    assert [(await stranger.get(address)).status for address in (LIST, path)] == [303, 303]
    assert [(await ada.get(address)).status for address in (LIST, path, API)] == [303, 303, 401]


async def test_the_service_asks_for_the_permission_too(ctx, ada, id_of):
    nobody = ctx.as_actor(Actor("staff", new_id(), "Grace", frozenset({"customers.customer.view"})))

    for change in (disabling.disable, disabling.enable):
        with pytest.raises(Forbidden):
            await change(nobody, await id_of())


async def test_the_api_lists_pages_and_disables(ada, join, browser, ctx, kernel, id_of):
    await join("bob@example.com")
    program = await browser()
    headers = await bearer(ctx, "customers.customer.view", "customers.customer.edit")
    path = f"{API}/{await id_of()}"

    page = await program.get_json(API, headers=headers)
    first = await program.get_json(f"{API}?limit=1", headers=headers)
    searched = await program.get_json(f"{API}?search=bob", headers=headers)
    after = await program.get_json(f"{API}?limit=1&cursor={first['next_cursor']}", headers=headers)
    wrong = await program.get(f"{API}?status=nonsense", headers=headers)
    off = await program.post_json(f"{path}/disable", status=200, headers=headers)
    out = (await ada.get("/api/v1/customers/me")).status
    on = await program.post_json(f"{path}/enable", status=200, headers=headers)
    missing = await program.send("POST", f"{API}/{new_id()}/disable", headers=headers)

    emails = [[found["email"] for found in answer["items"]] for answer in (page, searched, after)]
    assert emails == [["bob@example.com", "ada@example.com"], ["bob@example.com"], ["ada@example.com"]]
    assert (page["next_cursor"], wrong.status, out, missing.status) == ("", 422, 401, 404)
    assert (off["disabled_at"] is not None, on["disabled_at"]) == (True, None)


async def test_a_key_that_may_only_look_changes_nothing(ada, browser, ctx, kernel, id_of):
    program = await browser()
    path = f"{API}/{await id_of()}"
    looking = await bearer(ctx, "customers.customer.view")
    foreign = await bearer(system(kernel, "beta"), "customers.customer.view", "customers.customer.edit")

    seen = await program.get(path, headers=looking)
    off = await program.send("POST", f"{path}/disable", headers=looking)
    elsewhere = await (await browser(store="beta")).get(path, headers=foreign)

    assert (seen.status, off.status, elsewhere.status) == (200, 403, 404)
    assert (await ada.get("/account")).status == 200
