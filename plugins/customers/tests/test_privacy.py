# SPDX-License-Identifier: Apache-2.0
"""A copy of one's data and being forgotten: what customers ask for, what staff do, and what goes wrong."""

from typing import ClassVar

import pytest
from plugins.customers.tests.conftest import HOME, NEW, PASSWORD, errors_on, link_in
from tests.shop import as_staff, bearer

from shopwright.errors import Forbidden
from shopwright.hooks.call import HookError
from shopwright.ids import new_id
from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.testing.kernels import ALPHA, BETA
from shopwright_customers.api import Outcome, Section, Subject
from shopwright_customers.services import groups, notes, privacy, tags

PAGE = "/admin/customer-privacy"
API = "/api/admin/v1/customer-privacy"


class Diary(Plugin):
    """Keeps a line about everybody, and fails when told to."""

    manifest: ClassVar[Manifest] = Manifest(
        name="diary", version="1.0.0", title="Diary", summary="Writes.", requires=("customers",)
    )
    is_broken: ClassVar[bool] = False

    @hookimpl
    async def data_export(self, ctx, subject):
        if Diary.is_broken:
            raise RuntimeError("the diary is locked")
        return [Section("diary.lines", "Diary", [{"email": subject.email}])]

    @hookimpl
    async def data_erase(self, ctx, session, subject):
        if Diary.is_broken:
            raise RuntimeError("the diary is locked")
        return [Outcome("diary.lines", "Diary", "kept", 1, "Diaries are for ever.")]


@pytest.fixture
async def kernel(make_kernel, fake_clock, monkeypatch):
    monkeypatch.setattr(Diary, "is_broken", False)
    return await make_kernel(plugins=["customers", Diary], stores=[ALPHA, BETA], clock=fake_clock)


@pytest.fixture
async def marked(ctx, ada, id_of):
    """Ada's id, with something of every kind kept about her."""
    customer_id = await id_of()
    await ada.post_json("/api/v1/customers/me/addresses", HOME)
    await groups.create(ctx, code="vip", title="VIP", priority=0)
    await groups.put_into(ctx, customer_id, ["vip"])
    await tags.put_on(ctx, customer_id, ["press"])
    await notes.add(ctx, customer_id, "Likes lamps")
    return customer_id


def sections(data) -> dict[str, list]:
    return {section["code"]: section["rows"] for section in data["sections"]}


async def test_customers_take_a_copy_of_all_that_is_known_of_them(
    ada, marked, browser, kernel, mail_sink, ctx
):
    page = await (await ada.get("/account/privacy")).text()
    answer = await ada.submit("/account/privacy", {}, action="/account/privacy/export")
    found = sections(await answer.json())
    same = sections(await ada.post_json("/api/v1/customers/me/data-export", status=200))
    await ada.submit("/account/forgot", {"email": "ada@example.com"})
    await kernel.jobs.drain()
    link = link_in(mail_sink[-1])
    assert (await ada.submit(link, {"password": NEW})).status == 303
    again = await browser("ada@example.com", password=NEW)
    confirmed = sections(await again.post_json("/api/v1/customers/me/data-export", status=200))
    for _ in range(2):
        await again.post_json("/api/v1/customers/me/data-export", status=200)
    late = await again.submit("/account/privacy", {}, action="/account/privacy/export")
    stranger = await browser()

    assert "Nobody has confirmed ada@example.com yet" in page
    assert (
        answer.headers["Content-Disposition"]
        == f'attachment; filename="data-{ctx.clock.now():%Y-%m-%d}.json"'
    )
    assert (answer.headers["Cache-Control"], answer.content_type) == ("no-store", "application/json")
    assert list(found) == [
        "customers.account", "customers.addresses", "customers.groups", "customers.tags", "customers.notes",
        "customers.consents", "customers.company",
        "diary.lines",
    ]  # fmt: skip
    assert found["customers.account"][0]["email"] == "ada@example.com"
    assert found["customers.account"][0]["email_confirmed_at"] is None
    assert found["customers.addresses"] == [HOME]
    assert (found["customers.groups"], found["customers.tags"]) == (
        [{"code": "vip", "title": "VIP"}],
        [{"tag": "press"}],
    )
    assert [note["text"] for note in found["customers.notes"]] == ["Likes lamps"]
    assert (found["diary.lines"], confirmed["diary.lines"]) == (
        [{"email": ""}],
        [{"email": "ada@example.com"}],
    )
    assert same == found
    assert "argon2" not in await answer.text()
    assert (late.status, (await errors_free(late))) == (429, True)
    assert (await stranger.get("/account/privacy")).status == 303


async def errors_free(response) -> bool:
    return "Too many attempts. Please wait a while." in await response.text()


async def test_who_asks_to_be_forgotten_is_shown_to_staff_until_they_do_it(
    ada, marked, join, make_client, ctx, audited, can_sign_in
):
    await join("bob@example.com")
    staff = await as_staff(ctx, make_client)
    page = "/account/privacy"
    wrong = await ada.submit(page, {"password": "no"}, action=f"{page}/erase")
    asked = await ada.submit(page, {"password": PASSWORD}, action=f"{page}/erase")
    shown = await (await ada.get(page)).text()
    listed = await (await staff.get("/admin/customers?status=erasure")).text()
    waiting = await (await staff.get(PAGE)).text()
    kept = await ada.submit(page, {}, action=f"{page}/keep")
    calm = await (await staff.get(PAGE)).text()
    again = await ada.send("POST", "/api/v1/customers/me/erasure", {"password": PASSWORD})
    back = await ada.send("DELETE", "/api/v1/customers/me/erasure")

    fields = {"customer_id": str(marked)}
    unsure = await staff.submit(PAGE, fields, action=f"{PAGE}/ask")
    unticked = await staff.submit(PAGE, fields, action=f"{PAGE}/erase")
    still = await can_sign_in("ada@example.com", PASSWORD)
    done = await staff.submit(PAGE, {**fields, "sure": "true"}, action=f"{PAGE}/erase")
    result = await done.text()
    twice = await staff.submit(PAGE, {**fields, "sure": "true"}, action=f"{PAGE}/erase")

    assert await errors_on(wrong) == {"password": "This is not your password."}
    assert (wrong.status, asked.status, kept.status, again.status) == (422, 303, 303, 202)
    assert back.status in {200, 204}
    assert "The store has not done it yet." in shown
    assert ("ada@example.com" in listed, "bob@example.com" in listed) == (True, False)
    assert ("ada@example.com" in waiting, "Nobody at the moment." in calm) == (True, True)
    assert "Nobody has confirmed this address" in await unsure.text()
    assert (unsure.status, unticked.status, still) == (200, 422, True)
    assert "Tick the box" in await unticked.text()
    assert (done.status, twice.status) == (200, 404)
    assert "Account with addresses, groups, tags and notes" in result
    assert "kept: Diaries are for ever." in result
    left = [
        await ctx.fetch_value(f"SELECT count(*) FROM {table} WHERE {column} = $1", marked)
        for table, column in (
            ("customers_customer", "id"), ("customers_address", "customer_id"), ("customers_note", "customer_id"),
            ("customers_tag", "customer_id"), ("customers_membership", "customer_id"),
            ("kernel_session", "customer_id"),
        )
    ]  # fmt: skip
    assert left == [0] * 6
    assert (await ada.get("/account")).status == 303
    assert not await can_sign_in("ada@example.com", PASSWORD)
    assert [action for _, action in await audited()][-4:] == [
        "customers.erasure_withdrawn", "customers.erasure_asked", "customers.erasure_withdrawn",
        "customers.data_erased",
    ]  # fmt: skip
    dump = await ctx.fetch_value("SELECT string_agg(data::text, ' ') FROM kernel_audit")
    assert "ada@example.com" not in dump


async def test_staff_do_it_by_address_too_and_need_the_permission(ada, marked, make_client, browser, ctx):
    staff, program = await as_staff(ctx, make_client), await browser()
    headers = await bearer(ctx, "customers.privacy.edit")
    looking = await bearer(ctx, "customers.customer.view", "customers.customer.edit")

    file = await staff.submit(PAGE, {"email": "Ada@Example.com"}, action=f"{PAGE}/export")
    typo = await staff.submit(PAGE, {"email": "ada"}, action=f"{PAGE}/export")
    guest = await program.send("POST", f"{API}/export", {"email": "guest@example.com"}, headers=headers)
    both = await program.send(
        "POST", f"{API}/export", {"email": "a@b.example", "customer_id": str(marked)}, headers=headers
    )
    refused = [
        (await program.send("POST", f"{API}/{verb}", {"email": "ada@example.com"}, headers=looking)).status
        for verb in ("export", "erase")
    ]
    gone = await program.send("POST", f"{API}/erase", {"email": "ADA@example.com"}, headers=headers)
    foreign = await program.send("POST", f"{API}/erase", {"customer_id": str(new_id())}, headers=headers)

    found = sections(await file.json())
    assert (found["customers.account"][0]["email"], found["diary.lines"]) == (
        "ada@example.com",
        [{"email": "Ada@Example.com"}],
    )
    assert (typo.status, guest.status, both.status, foreign.status) == (422, 200, 422, 404)
    assert list(sections(await guest.json())) == ["diary.lines"]
    assert refused == [403, 403]
    assert (await gone.json())["outcomes"][0] == {
        "code": "customers.account", "title": "Account with addresses, groups, tags and notes", "action": "erased",
        "number": 1, "reason": "",
    }  # fmt: skip
    assert (await ada.get("/api/v1/customers/me")).status == 401


async def test_nothing_is_erased_and_no_copy_is_given_when_one_plugin_fails(marked, ctx, monkeypatch):
    subject = Subject(marked, "ada@example.com")
    monkeypatch.setattr(Diary, "is_broken", True)

    for attempt in (privacy.export, privacy.erase):
        with pytest.raises(HookError, match="diary"):
            await attempt(ctx, subject)
    somebody = ctx.as_actor(ctx.actor.__class__("customer", new_id(), "customer"))
    with pytest.raises(Forbidden):
        await privacy.export(ctx.as_actor(ctx.actor.__class__("staff", new_id(), "Grace")), subject)
    with pytest.raises(Exception, match="sign in"):
        await privacy.export(somebody, subject)

    assert await ctx.fetch_value("SELECT count(*) FROM customers_note WHERE customer_id = $1", marked) == 1
