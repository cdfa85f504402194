# SPDX-License-Identifier: Apache-2.0
"""A company's manager invites people, sets what they may do, and lets them go; nobody else can."""

from datetime import timedelta

from plugins.customers.tests.conftest import errors_on, link_in, notices_on, token_in

from shopwright_customers import api
from shopwright_customers.services import companies

PAGE, API = "/account/company", "/api/v1/customers/me/company"
INVITE = f"{PAGE}/invitations"


async def company_of_ada(ctx, *, role="manager", limit=50_000):
    company_id = await companies.create(ctx, name="Lamps Ltd", country="DE", tax_id="DE136695976")
    await companies.put_buyer(ctx, company_id, email="ada@example.com", role=role, approval_limit=limit)
    return company_id


async def test_a_manager_invites_changes_and_removes_buyers(ada, join, browser, ctx, id_of, mail_sink):
    company_id = await company_of_ada(ctx)
    menu = await (await ada.get("/account")).text()
    above = await ada.submit(PAGE, {"email": "bob@example.com", "role": "buyer", "limit": ""}, action=INVITE)
    typo = await ada.submit(PAGE, {"email": "bob@example.com", "limit": "1.005"}, action=INVITE)
    sent = await ada.submit(
        PAGE, {"email": "Bob@example.com", "role": "buyer", "limit": "250"}, action=INVITE
    )
    mail = mail_sink[-1]
    link, shown = link_in(mail), await (await ada.get(PAGE)).text()
    as_guest = await (await (await browser()).get(link)).text()
    eve, bob = await join("eve@example.com"), await join("bob@example.com")
    other = await eve.submit(link, {})
    joined = await bob.submit(link, {})
    again = await bob.get(link)
    bob_id = await id_of("bob@example.com")
    inside = await api.company_of(ctx, bob_id)
    seen_by_bob = await bob.get_json(API)
    denied = [
        (await bob.send("POST", f"{API}/invitations", {"email": "x@example.com", "role": "buyer"})).status,
        (await bob.send("DELETE", f"{API}/buyers/{await id_of()}")).status,
    ]
    raised = await ada.submit(PAGE, {"role": "approver", "limit": "500"}, action=f"{PAGE}/buyers/{bob_id}")
    too_high = await ada.submit(PAGE, {"role": "buyer", "limit": "500.01"}, action=f"{PAGE}/buyers/{bob_id}")
    told = await notices_on(await ada.get(PAGE))
    own = await ada.send("PUT", f"{API}/buyers/{await id_of()}", {"role": "buyer", "approval_limit": 1})
    changed = await api.company_of(ctx, bob_id)
    stranger = await ada.send("DELETE", f"{API}/buyers/{await id_of('eve@example.com')}")
    removed = await ada.submit(PAGE, {}, action=f"{PAGE}/buyers/{bob_id}/remove")

    assert ('href="/account/company">Lamps Ltd' in menu, sent.status, joined.status) == (True, 303, 303)
    assert [(x.status, await errors_on(x)) for x in (above, typo)] == [
        (422, {"limit": "Nobody gives or changes a limit above their own."}),
        (422, {"limit": "Please give an amount like 250.00."}),
    ]
    assert (mail.to, "Lamps Ltd invites you" in mail.text) == ("Bob@example.com", True)
    assert ("bob@example.com" in shown.lower(), "up to €250.00" in shown, "Sign in" in as_guest) == (
        True,
        True,
        True,
    )
    assert (other.status, (await notices_on(other))[0]) == (
        409, "This invitation is for another e-mail address. Sign in with that one.",
    )  # fmt: skip
    assert again.status == 404
    assert inside == api.CompanyInfo(company_id, "Lamps Ltd", "DE", "DE136695976", "buyer", 25_000)
    assert (seen_by_bob["company"]["role"], seen_by_bob["buyers"], denied) == ("buyer", [], [403, 403])
    assert (raised.status, too_high.status, changed.role, changed.approval_limit) == (
        303,
        303,
        "approver",
        50_000,
    )
    assert "Nobody gives or changes a limit above their own." in told
    assert (own.status, stranger.status, removed.status) == (422, 404, 303)
    assert await api.company_of(ctx, bob_id) is None


async def test_an_invitation_ends_with_time_with_its_manager_and_when_it_is_taken_back(
    ada, join, browser, ctx, fake_clock, id_of, mail_sink
):
    company_id = await company_of_ada(ctx, limit=None)
    body = {"email": "bob@example.com", "role": "buyer", "approval_limit": None}
    bob = await join("bob@example.com")

    async def invited():
        assert (await ada.send("POST", f"{API}/invitations", body)).status == 202
        return {"token": token_in(mail_sink[-1])}

    async def tried(token):
        return (await bob.send("POST", f"{API}/join", token)).status

    first = await invited()
    listed = (await ada.get_json(API))["invitations"]
    withdrawn = await ada.send("DELETE", f"{API}/invitations/{listed[0]['id']}")
    answers = [await tried(first)]
    late = await invited()
    fake_clock.advance(timedelta(days=15))
    ada, bob = await browser("ada@example.com"), await browser("bob@example.com")
    answers.append(await tried(late))
    lowered = await invited()
    await companies.put_buyer(ctx, company_id, email="ada@example.com", role="manager", approval_limit=1)
    answers.append(await tried(lowered))
    await companies.put_buyer(ctx, company_id, email="ada@example.com", role="manager", approval_limit=None)
    other = await companies.create(ctx, name="Other", country="DE", tax_id="")
    await companies.put_buyer(ctx, other, email="bob@example.com", role="buyer", approval_limit=1)
    answers.append(await tried(lowered))
    await companies.drop_buyer(ctx, company_id, await id_of())
    left = await ctx.fetch_value("SELECT count(*) FROM customers_invitation")

    assert ([x["email"] for x in listed], withdrawn.status) == (["bob@example.com"], 204)
    assert (answers, left) == ([409] * 4, 0)
    assert (await api.company_of(ctx, await id_of("bob@example.com"))).name == "Other"
    assert (await ada.get(PAGE)).status == 404
