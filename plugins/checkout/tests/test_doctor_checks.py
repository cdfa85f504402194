# SPDX-License-Identifier: Apache-2.0
"""Each check of stock, orders and carts is clean on a used store and finds what somebody broke."""

import asyncpg
import pytest
from tests.shop import add_product

from shopwright.db.settings import driver_options
from shopwright.doctor_run import examine
from shopwright_checkout import checks as checkout_checks
from shopwright_checkout.services.place_order import place
from shopwright_inventory import checks as inventory_checks
from shopwright_orders import checks as orders_checks

CONFIRMED = "WHERE status = 'confirmed' AND payment_status = 'paid'"
BREAK = {
    "inventory.on_hand": "UPDATE inventory_move SET quantity = quantity + 1",
    "inventory.not_negative": "UPDATE inventory_level SET on_hand = -1",
    "inventory.reserved": "UPDATE inventory_level SET reserved = reserved + 1",
    "inventory.backorder": "UPDATE inventory_level SET backorder = 1",
    "inventory.expired": "UPDATE inventory_reservation SET state = 'active', expires_at = now() - interval '1 hour'",
    "checkout.lines": "UPDATE checkout_cart_line SET quantity = 0",
    "checkout.placed": "UPDATE checkout_cart SET status = 'open'",
    "checkout.held": "UPDATE inventory_reservation SET state = 'released'",
    "orders.total": "UPDATE orders_order SET total = total + 1",
    "orders.lines": "UPDATE orders_line SET quantity = quantity + 1, total = total + unit_price",
    "orders.tax": "UPDATE orders_line SET tax = tax + 1",
    "orders.positive": "UPDATE orders_order SET shipping = -1",
    "orders.currency": "UPDATE orders_payment SET currency = 'USD'",
    "orders.payment_amounts": "UPDATE orders_payment SET captured = captured - 1",
    "orders.payments": "UPDATE orders_payment SET amount = amount + 1",
    "orders.payment_status": "UPDATE orders_payment SET status = 'refunded'",
    "orders.confirmed": f"UPDATE orders_order SET payment_status = 'unknown' {CONFIRMED}",
    "orders.one_per_cart": "UPDATE orders_order SET cart_id = (SELECT min(cart_id::text)::uuid FROM orders_order)",
    "orders.reference": "UPDATE orders_payment SET method = 'x', reference = 'same'",
    "orders.history": f"UPDATE orders_order SET status = 'completed' {CONFIRMED}",
    "orders.number": "UPDATE orders_order SET number = '1001'",
    "orders.pending": "UPDATE orders_order SET status = 'pending', placed_at = now() - interval '2 days'",
}
FEE = "INSERT INTO orders_fee_line SELECT store_id, id, id, 0, 'x.y', 'X', {amount}, {tax} FROM orders_order"
BREAK_FEES = {"orders.lines": FEE.format(amount=100, tax=0), "orders.tax": FEE.format(amount=0, tax=5)}
ALL = [check.code for module in (inventory_checks, checkout_checks, orders_checks) for check in module.checks]


@pytest.fixture
async def used_store(ctx, cart_of):
    """A store with a paid, an offline, a declined and a waiting order."""
    lamp = await add_product(ctx, "lamp", stock=10)
    await place(ctx, await cart_of(ctx, {lamp: 1}))
    await place(ctx, await cart_of(ctx, {lamp: 1}, payment="manual_payment.bank_transfer"))
    await place(ctx, await cart_of(ctx, {lamp: 1}, outcome="decline"))
    await place(ctx, await cart_of(ctx, {lamp: 1}, outcome="unknown"))
    return ctx


async def damage(kernel, statement):
    """Run a statement as the database's owner, with everything that would refuse it taken away."""
    connection = await asyncpg.connect(**driver_options(kernel.config.database_url))
    try:
        await connection.execute("SET session_replication_role = replica")
        for row in await connection.fetch(
            "SELECT conrelid::regclass AS name, conname FROM pg_constraint "
            "WHERE contype IN ('c', 'u') AND conrelid::regclass::text ~ '^(orders|checkout|inventory)_' "
        ):
            await connection.execute(
                f'ALTER TABLE {row["name"]} DROP CONSTRAINT IF EXISTS "{row["conname"]}" CASCADE'
            )
        await connection.execute("DROP INDEX orders_payment_reference")
        assert await connection.execute(statement) != "UPDATE 0"
    finally:
        await connection.close()


async def violated(kernel):
    report = await examine(kernel)
    assert [f.error for f in report.findings if f.error] == []
    return {f.code: f.offenders for f in report.findings if f.offenders}


def test_every_check_has_a_way_to_break_it():
    assert sorted(ALL) == sorted(BREAK)


@pytest.mark.parametrize("code", ALL)
async def test_the_check_is_clean_before_and_finds_the_damage(kernel, used_store, code):
    before = await violated(kernel)

    await damage(kernel, BREAK[code])

    assert before == {}
    found = await violated(kernel)
    assert code in found
    assert all(len(offender) == 2 and offender[1] for offender in found[code])


@pytest.mark.parametrize("code", BREAK_FEES)
async def test_fees_count_in_the_sums_of_an_order(kernel, used_store, code):
    await damage(kernel, BREAK_FEES[code])

    assert list(await violated(kernel)) == [code]
