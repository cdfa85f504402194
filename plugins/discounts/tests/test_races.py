# SPDX-License-Identifier: Apache-2.0
"""Twenty orders race for a code that one may use, over HTTP; and the same race with the guard taken away."""

import asyncio
from collections import Counter

import pytest
from plugins.discounts.tests.conftest import part, promote
from sqlalchemy import text
from tests.shop import add_product, place, ready_cart

from shopwright.doctor_run import examine
from shopwright_discounts.services import redeem

LIMITS = {
    "the code": ({"coupon_limit": 1}, 20, "coupon_used_up"),
    "the customer": ({"limit_per_customer": 1}, 20, "used_before"),
    "the promotion": ({"limit_total": 1}, 6, "promotion_used_up"),
    "the budget": ({"budget": 500}, 6, "promotion_used_up"),
}
"""What is limited, how many order at once, and what those hear who come too late."""
OPEN = {
    "_COUPON": "UPDATE discounts_coupon SET uses = uses + 1 WHERE id = :id RETURNING id",
    "_PERSON": str(redeem._PERSON).replace("WHERE p.uses < :most", "WHERE :most > 0"),
}
"""The statements without what guards the limit."""


async def race(ctx, make_client, limits, buyers):
    """Let everybody order with the code at once; gives the answers' statuses, and the codes of refusals."""
    lamp = await add_product(ctx, "lamp", price=4900, stock=100)
    await promote(ctx, "ten", part("percentage", percent=10), coupon="TEN", **limits)
    client = await make_client(ctx.kernel, "alpha")
    cart_ids = [await ready_cart(client, {lamp: 1}) for _ in range(buyers)]
    for cart_id in cart_ids:
        answer = await client.send("POST", f"/api/v1/carts/{cart_id}/coupons", {"code": "TEN"})
        assert [x["applies"] for x in await answer.json()] == [True]
    answers = await asyncio.gather(*(place(client, cart_id) for cart_id in cart_ids))
    refused = [await answer.json() for answer in answers if answer.status == 422]
    codes = Counter(error["code"] for body in refused for error in body["errors"])
    return Counter(answer.status for answer in answers), codes


async def discounted(ctx):
    return await ctx.fetch_value(
        "SELECT count(*) FROM orders_order WHERE discount > 0 AND status = 'confirmed'"
    )


@pytest.mark.parametrize("guard", LIMITS)
async def test_of_all_who_order_at_once_one_gets_the_discount(ctx, make_client, guard):
    limits, buyers, code = LIMITS[guard]

    statuses, codes = await race(ctx, make_client, limits, buyers)

    # Whoever computes after the first has ordered is not offered the discount any more, and pays the whole.
    assert set(statuses) <= {201, 422}
    assert await discounted(ctx) == 1
    assert set(codes) <= {code}
    assert codes.total() == statuses[422] > 0
    report = await examine(ctx.kernel)
    assert [(f.code, f.offenders) for f in report.findings if f.offenders or f.error] == []


@pytest.mark.parametrize(("guard", "statement"), [("the code", "_COUPON"), ("the customer", "_PERSON")])
async def test_without_the_guard_several_get_it(ctx, make_client, monkeypatch, guard, statement):
    monkeypatch.setattr(redeem, statement, text(OPEN[statement]))

    await race(ctx, make_client, LIMITS[guard][0], 8)

    assert await discounted(ctx) > 1
