# SPDX-License-Identifier: Apache-2.0
"""Each check of stock, orders and carts is clean on a used store and finds what somebody broke."""

import re
from contextlib import asynccontextmanager
from io import BytesIO

import asyncpg
import pytest
import pytest_asyncio
from plugins.checkout.tests.conftest import make_cart
from tests.shop import EVERYTHING, add_product, furnish

from shopwright.clock import FakeClock, SystemClock
from shopwright.db.settings import driver_options
from shopwright.doctor_run import examine
from shopwright.testing.database import TestDatabases
from shopwright.testing.kernels import ALPHA, BETA, open_kernel
from shopwright_checkout import checks as checkout_checks
from shopwright_checkout.services.place_order import place
from shopwright_inventory import checks as inventory_checks
from shopwright_orders import checks as orders_checks

IN_ONE_LOOP = pytest.mark.asyncio(loop_scope="module")
pytestmark = pytest.mark.xdist_group("doctor-checks")
CONFIRMED = "WHERE status = 'confirmed' AND payment_status = 'paid'"
BREAK = {
    "inventory.on_hand": "UPDATE inventory_move SET quantity = quantity + 1",
    "inventory.not_negative": "UPDATE inventory_level SET on_hand = -1",
    "inventory.reserved": "UPDATE inventory_level SET reserved = reserved + 1",
    "inventory.backorder": "UPDATE inventory_level SET backorder = 1",
    "inventory.expired": "UPDATE inventory_reservation SET state = 'active', expires_at = now() - interval '1 hour'",
    "inventory.transfers": """
        WITH transfer AS (INSERT INTO inventory_transfer (store_id, id, from_id, to_id, state, created_by, created_at)
            SELECT store_id, id, id, id, 'sent', '', now() FROM inventory_move RETURNING store_id, id)
        INSERT INTO inventory_transfer_line (store_id, id, transfer_id, variant_id, quantity, sent, received)
        SELECT store_id, id, id, id, 1, 1, 2 FROM transfer""",
    "inventory.transfer_moves": "UPDATE inventory_move SET reason = 'transfer_out', reference_kind = 'transfer', reference_id = id",
    "inventory.delivery_moves": "UPDATE inventory_move SET reference_kind = 'delivery', reference_id = id",
    "inventory.stock_take_moves": "UPDATE inventory_move SET reference_kind = 'stock_take', reference_id = id",
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def used_store(pg_server, tmp_path_factory):
    """A store with a paid, an offline, a declined and a waiting order, for all tests of this file."""
    databases, clock = TestDatabases(pg_server), FakeClock(SystemClock().now())
    folder = tmp_path_factory.mktemp("checks")
    kernel = await open_kernel(databases.make, folder, EVERYTHING, [ALPHA, BETA], [], clock=clock)
    ctx = await furnish(kernel, "alpha")
    lamp = await add_product(ctx, "lamp", stock=10)
    await place(ctx, await make_cart(ctx, {lamp: 1}))
    await place(ctx, await make_cart(ctx, {lamp: 1}, payment="manual_payment.bank_transfer"))
    await place(ctx, await make_cart(ctx, {lamp: 1}, outcome="decline"))
    await place(ctx, await make_cart(ctx, {lamp: 1}, outcome="unknown"))
    yield ctx
    await kernel.close()
    await databases.drop_all()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def superuser(used_store):
    """A connection of the database's owner, with everything taken away that would refuse damage."""
    connection = await asyncpg.connect(**driver_options(used_store.kernel.config.database_url))
    await connection.execute("SET session_replication_role = replica")
    for row in await connection.fetch(
        "SELECT conrelid::regclass AS name, conname FROM pg_constraint "
        "WHERE contype IN ('c', 'u') AND conrelid::regclass::text ~ '^(orders|checkout|inventory)_' "
    ):
        await connection.execute(
            f'ALTER TABLE {row["name"]} DROP CONSTRAINT IF EXISTS "{row["conname"]}" CASCADE'
        )
    await connection.execute("DROP INDEX orders_payment_reference")
    yield connection
    await connection.close()


@asynccontextmanager
async def damage(connection, statement):
    """Run a statement, and afterwards give the tables it names the rows they had before."""
    tables = set(re.findall(r"\b(?:orders|checkout|inventory)_\w+", statement))
    rows = {table: BytesIO() for table in tables}
    for table, kept in rows.items():
        await connection.copy_from_table(table, output=kept, format="binary")
    try:
        assert await connection.execute(statement) not in {"UPDATE 0", "INSERT 0 0"}
        yield
    finally:
        for table, kept in rows.items():
            await connection.execute(f"DELETE FROM {table}")
            kept.seek(0)
            await connection.copy_to_table(table, source=kept, format="binary")


async def violated(kernel):
    report = await examine(kernel)
    assert [f.error for f in report.findings if f.error] == []
    return {f.code: f.offenders for f in report.findings if f.offenders}


def test_every_check_has_a_way_to_break_it():
    assert sorted(ALL) == sorted(BREAK)


@IN_ONE_LOOP
@pytest.mark.parametrize("code", ALL)
async def test_the_check_is_clean_before_and_finds_the_damage(used_store, superuser, code):
    before = await violated(used_store.kernel)

    async with damage(superuser, BREAK[code]):
        found = await violated(used_store.kernel)

    assert before == {}
    assert code in found
    assert all(len(offender) == 2 and offender[1] for offender in found[code])


@IN_ONE_LOOP
@pytest.mark.parametrize("code", BREAK_FEES)
async def test_fees_count_in_the_sums_of_an_order(used_store, superuser, code):
    async with damage(superuser, BREAK_FEES[code]):
        found = await violated(used_store.kernel)

    assert list(found) == [code]
