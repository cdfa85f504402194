# SPDX-License-Identifier: Apache-2.0
import pytest

from shopwright.actor import ANONYMOUS, Actor
from shopwright.auth.actor import bearer_token
from shopwright.http.visit import Visit, WebSession
from shopwright.ids import new_id

CUSTOMER = new_id()


def visit(path: str = "/", **session) -> Visit:
    return Visit(WebSession(new_id(), **session), path, {}, "shop.test")


@pytest.fixture
async def ada(office):
    return await office.employ("ada@shop.test", "manager")


async def test_an_anonymous_visitor_costs_no_statement(office, query_log) -> None:
    store = office.stores["ours"]

    with query_log.at_most(0):
        for seen in (None, visit()):
            assert await office.auth.actor_for(store, seen, {}) is ANONYMOUS
        assert await office.auth.actor_for(store, visit(), {"Authorization": "Basic YTpi"}) is ANONYMOUS
        assert await office.auth.actor_for(store, visit(), {"Authorization": "Bearer nonsense"}) is ANONYMOUS


async def test_a_customer_of_the_session_costs_no_statement(office, query_log) -> None:
    with query_log.at_most(0):
        actor = await office.auth.actor_for(office.stores["ours"], visit(customer_id=CUSTOMER), {})

    assert (actor.kind, actor.id, actor.permissions) == ("customer", CUSTOMER, frozenset())


async def test_a_staff_user_costs_one_statement_in_a_browser_and_with_a_token(office, ada, query_log) -> None:
    pair = await office.auth.tokens.issue(office.ctx(), ada)
    bearer = {"Authorization": f"Bearer {pair.access_token}"}

    for seen, headers in ((visit(staff_user_id=ada), {}), (None, bearer)):
        with query_log.at_most(1):
            actor = await office.auth.actor_for(office.stores["ours"], seen, headers)
        assert (actor.kind, actor.id, actor.label) == ("staff", ada, "Ada")
        assert "catalog.product.edit" in actor.permissions


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "customer"),
        ("/account", "customer"),
        ("/administrators", "customer"),
        ("/api/v1/carts", "customer"),
        ("/admin", "staff"),
        ("/admin/orders", "staff"),
        ("/api/admin/v1/orders", "staff"),
    ],
)
async def test_a_session_that_holds_both_is_the_customers_in_the_shop_and_the_staffs_in_the_admin(
    office, ada, path: str, kind: str
) -> None:
    both = visit(path, staff_user_id=ada, customer_id=CUSTOMER)

    assert (await office.auth.actor_for(office.stores["ours"], both, {})).kind == kind
    elsewhere = await office.auth.actor_for(office.stores["theirs"], both, {})
    assert elsewhere == Actor("customer", CUSTOMER, "customer")


async def test_a_staff_user_without_a_role_in_the_store_is_nobody_there(office, ada) -> None:
    actor = await office.auth.actor_for(office.stores["theirs"], visit(staff_user_id=ada), {})

    assert actor is ANONYMOUS


@pytest.mark.parametrize("value", ["Bearer nonsense", "bearer ", "Bearer swk_nonsense", "BEARER a.b.c"])
async def test_bad_bearer_credentials_are_not_mended_by_the_session(office, ada, value: str) -> None:
    actor = await office.auth.actor_for(
        office.stores["ours"], visit(staff_user_id=ada), {"Authorization": value}
    )

    assert actor is ANONYMOUS


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, None),
        ({"Authorization": ""}, None),
        ({"Authorization": "Basic YTpi"}, None),
        ({"Authorization": "Bearer"}, ""),
        ({"Authorization": "bearer  abc "}, "abc"),
    ],
)
def test_bearer_credentials_are_told_from_other_ones(headers, token) -> None:
    assert bearer_token(headers) == token
