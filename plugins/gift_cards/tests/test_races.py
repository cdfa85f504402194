# SPDX-License-Identifier: Apache-2.0
"""One card of 50 euros in twenty carts that are ordered at once; and the same with the guard taken away."""

import asyncio
from collections import Counter

from sqlalchemy import text
from tests.shop import add_product, place, ready_cart

from shopwright.doctor_run import examine
from shopwright_gift_cards.services import carts, ledger, manage

OPEN = (
    str(ledger._CHANGE)
    .replace("SET balance = balance + :amount", "SET balance = greatest(balance + :amount, 0)")
    .replace(" AND balance + :amount >= 0", "")
)
"""The change without its condition, that also gets past the check of the table."""


async def race(ctx, make_client, buyers):
    lamp = await add_product(ctx, "lamp", price=4900, stock=100)
    card_id, code = await manage.issue(ctx, 5000)
    client = await make_client(ctx.kernel, "alpha")
    cart_ids = [await ready_cart(client, {lamp: 1}) for _ in range(buyers)]
    for cart_id in cart_ids:
        # Entered below the route, whose limit is for one visitor.
        await carts.enter(ctx, cart_id, code)
    answers = await asyncio.gather(*(place(client, cart_id) for cart_id in cart_ids))
    refused = [await answer.json() for answer in answers if answer.status == 422]
    codes = {error["code"] for body in refused for error in body["errors"]}
    taken = -await ctx.fetch_value(
        "SELECT coalesce(sum(amount), 0) FROM gift_cards_entry WHERE account_id = $1 AND kind = 'hold'",
        card_id,
    )
    paid = await ctx.fetch_value(
        "SELECT sum(captured) FROM orders_payment WHERE method = $1", f"gift_cards.{card_id}"
    )
    return Counter(answer.status for answer in answers), codes, int(taken), int(paid)


async def offenders(ctx):
    report = await examine(ctx.kernel)
    return {finding.code for finding in report.findings if finding.offenders or finding.error}


async def test_a_card_in_twenty_carts_never_pays_more_than_is_on_it(ctx, make_client):
    statuses, codes, taken, paid = await race(ctx, make_client, 20)

    # Whoever computes after the card was used is not offered it any more, and pays the whole.
    assert set(statuses) <= {201, 422}
    assert codes == {"gift_cards.changed"}
    assert (taken, paid) == (5000, 5000)
    assert await offenders(ctx) == set()


async def test_without_the_guard_it_pays_more(ctx, make_client, monkeypatch):
    monkeypatch.setattr(ledger, "_CHANGE", text(OPEN))

    _, _, taken, paid = await race(ctx, make_client, 8)

    assert taken > 5000
    assert paid == taken
    assert "gift_cards.balance" in await offenders(ctx)
