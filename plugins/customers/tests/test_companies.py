# SPDX-License-Identifier: Apache-2.0
"""Companies: their tax ids, and the customers who buy for them."""

import re

import pytest
from tests.shop import as_staff, bearer

from shopwright.errors import Invalid
from shopwright_customers import api
from shopwright_customers.services import audience, companies, groups, tax_ids

PAGE, API = "/admin/companies", "/api/admin/v1/companies"


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("", "DE", ""),
        (" de 136 695 976", "DE", "DE136695976"),
        ("136695976", "DE", "DE136695976"),
        ("094259216", "GR", "EL094259216"),
        ("ATU13585627", "AT", "ATU13585627"),
        ("che-107.787.577 IVA", "CH", "CHE107787577IVA"),
        ("12-3456789", "US", "12-3456789"),
    ],
)
def test_a_tax_id_is_kept_in_one_form(typed, country, kept):
    assert tax_ids.clean(typed, country) == kept


@pytest.mark.parametrize(
    ("typed", "country"),
    [("DE136695977", "DE"), ("FR40303265045", "DE"), ("x", "US"), ("<b>", "US"), ("1", "AT")],
)
def test_a_tax_id_that_does_not_fit_its_country_is_refused(typed, country):
    with pytest.raises(Invalid, match="no tax id of this country"):
        tax_ids.clean(typed, country)


async def test_staff_keep_companies_and_their_buyers(join, ctx, id_of, make_client, query_log):
    await join("ada@example.com")
    await join("bob@example.com")
    ada, bob = await id_of("ada@example.com"), await id_of("bob@example.com")
    staff = await as_staff(ctx, make_client)
    empty = await (await staff.get(PAGE)).text()
    fields = {"name": "Lamps Ltd", "country": "DE", "tax_id": "136695976"}
    wrong = await staff.submit(f"{PAGE}/new", {**fields, "tax_id": "136695977"})
    made = await staff.submit(f"{PAGE}/new", fields)
    page = made.headers["Location"]
    company_id = (await companies.saved(ctx))[0].id

    for buyer in (
        {"email": "ADA@example.com", "role": "buyer", "limit": "250.00"},
        {"email": "bob@example.com", "role": "manager", "limit": ""},
    ):
        assert (await staff.submit(page, buyer, action=f"{page}/buyers")).status == 303
    nobody = await staff.submit(page, {"email": "eve@example.com", "role": "buyer"}, action=f"{page}/buyers")
    typo = await staff.submit(page, {"email": "ada@example.com", "limit": "much"}, action=f"{page}/buyers")
    shown = await (await staff.get(page)).text()
    with query_log.at_most(1):
        found = await api.company_of(ctx, ada)
    await groups.create(ctx, code="vip", title="VIP", priority=0)
    await groups.put_into(ctx, ada, ["vip"])
    changed = await staff.submit(page, {**fields, "name": "Lamps SE", "version": "1"}, action=page)
    stale = await staff.submit(page, {**fields, "version": "1"}, action=page)
    dropped = await staff.submit(page, {}, action=f"{page}/buyers/{bob}/remove")
    with query_log.at_most(1):
        known = await audience.of_customer(ctx, ada)
    gone = await staff.submit(page, {"version": "2"}, action=f"{page}/delete")

    assert "No companies yet" in empty
    assert (wrong.status, made.status, nobody.status, typo.status) == (422, 303, 422, 422)
    assert re.findall(r'field__error" id="e-([^"]+)"', await wrong.text() + await nobody.text() + await typo.text()) == [
        "tax_id", "email", "limit",
    ]  # fmt: skip
    assert found == api.CompanyInfo(company_id, "Lamps Ltd", "DE", "DE136695976", "buyer", 25000)
    assert ("up to €250.00" in shown, "without a limit" in shown) == (True, True)
    assert (changed.status, stale.status, dropped.status, gone.status) == (303, 409, 303, 303)
    assert (known.groups, known.companies, known.tax_ids) == ({"vip"}, {company_id}, {"DE136695976"})
    assert (await api.company_of(ctx, ada), await api.company_of(ctx, bob)) == (None, None)
    assert await api.customer(ctx, ada) is not None


async def test_the_api_keeps_companies_within_its_permissions(join, ctx, browser):
    await join("ada@example.com")
    program = await browser()
    headers = await bearer(ctx, "customers.company.view", "customers.company.edit")
    looking = await bearer(ctx, "customers.company.view")
    body = {"name": "Lamps Ltd", "country": "DE", "tax_id": "DE136695976"}

    made = await program.post_json(API, body, headers=headers)
    other = await program.post_json(API, {**body, "name": "Other", "tax_id": ""}, headers=headers)
    wrong = await program.send("POST", API, {**body, "tax_id": "DE1"}, headers=headers)
    one, buyer = (
        f"{API}/{made['id']}",
        {"email": "ada@example.com", "role": "approver", "approval_limit": 100},
    )
    put = await program.send("PUT", f"{one}/buyers", buyer, headers=headers)
    taken = await program.send("PUT", f"{API}/{other['id']}/buyers", buyer, headers=headers)
    seen = await program.get_json(f"{one}/buyers", headers=looking)
    refused = [
        (await program.send(method, path, sent, headers=looking)).status
        for method, path, sent in (
            ("POST", API, body), ("PUT", one, {**body, "version": 1}), ("PUT", f"{one}/buyers", buyer),
            ("DELETE", f"{one}?version=1", None), ("DELETE", f"{one}/buyers/{seen['items'][0]['customer_id']}", None),
        )
    ]  # fmt: skip
    gone = await program.send("DELETE", f"{one}/buyers/{seen['items'][0]['customer_id']}", headers=headers)

    assert (wrong.status, put.status, taken.status) == (422, 200, 422)
    assert (await wrong.json())["errors"][0]["pointer"] == "/tax_id"
    assert (await taken.json())["errors"][0]["code"] == "other_company"
    assert [(b["email"], b["role"], b["approval_limit"]) for b in seen["items"]] == [
        ("ada@example.com", "approver", 100)
    ]
    assert refused == [403] * 5
    assert gone.status in {200, 204}
