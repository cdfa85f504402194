# SPDX-License-Identifier: Apache-2.0
"""The doctor is silent about a shop that works, and names exactly what somebody broke in the database."""

from typing import NamedTuple

import asyncpg
import pytest
from tests.shop import EVERYTHING, THEMES, add_product, as_staff, furnish, place, ready_cart, system

from shopwright.auth.checks import checks as auth_checks
from shopwright.db.settings import driver_options
from shopwright.doctor_run import examine
from shopwright.events.checks import checks as event_checks
from shopwright.testing.kernels import ALPHA, BETA
from shopwright_catalog.checks import checks as catalog_checks


class Damage(NamedTuple):
    """What breaks an invariant, and what mends it again."""

    code: str
    breaks: str
    mends: str


STORE = "(SELECT id FROM kernel_store WHERE code = 'alpha')"
STAFF = "(SELECT id FROM kernel_staff_user WHERE email = 'staff@example.com')"
PENDING = "(SELECT outbox_id FROM kernel_delivery WHERE status = 'pending')"
TOKEN = f"""INSERT INTO kernel_refresh_token
    (store_id, id, family, staff_user_id, token_hash, created_at, expires_at, family_expires_at)
    SELECT {STORE}, gen_random_uuid(), '01890000-0000-7000-8000-000000000000', {STAFF}, hash, now(),
        now() + interval '1 day', now() + interval '1 day' FROM unnest(ARRAY['a', 'b']::bytea[]) AS hash"""
MESSAGE = f"""INSERT INTO kernel_inbox (store_id, id, provider, event_id, headers, body, received_at)
    VALUES ({STORE}, gen_random_uuid(), 'somebody', 'e1', '{{}}', '', now() - interval '1 hour')"""
DEAD_JOB = f"""INSERT INTO kernel_dead_job
    (store_id, id, queue_id, code, payload, request_id, attempts, error, died_at)
    VALUES ({STORE}, gen_random_uuid(), 1, 'search.reindex', '{{}}', '', 8, 'OSError', now() - interval '4 days')"""

DAMAGES = [
    Damage(
        "kernel.audit_chain",
        f"UPDATE kernel_audit SET actor_label = actor_label || '?' WHERE seq = 2 AND store_id = {STORE}",
        f"UPDATE kernel_audit SET actor_label = rtrim(actor_label, '?') WHERE seq = 2 AND store_id = {STORE}",
    ),
    Damage(
        "kernel.audit_chain",
        "UPDATE kernel_audit_head SET seq = seq + 1",
        "UPDATE kernel_audit_head SET seq = seq - 1",
    ),
    Damage(
        "kernel.sessions_of_disabled",
        f"UPDATE kernel_staff_user SET disabled_at = now() WHERE id = {STAFF}",
        f"UPDATE kernel_staff_user SET disabled_at = NULL WHERE id = {STAFF}",
    ),
    Damage(
        "kernel.store_has_owner",
        "UPDATE kernel_staff_role SET role = 'was owner' WHERE role = 'owner'",
        "UPDATE kernel_staff_role SET role = 'owner' WHERE role = 'was owner'",
    ),
    Damage("kernel.refresh_families", TOKEN, "DELETE FROM kernel_refresh_token"),
    Damage(
        "kernel.outbox_numbers",
        "UPDATE kernel_outbox_head SET seq = seq + 1",
        "UPDATE kernel_outbox_head SET seq = seq - 1",
    ),
    Damage(
        "kernel.outbox_deliveries",
        "UPDATE kernel_outbox SET subscribers = array_append(subscribers, 'nobody')",
        "UPDATE kernel_outbox SET subscribers = array_remove(subscribers, 'nobody')",
    ),
    Damage(
        "kernel.delivery_late",
        f"""WITH late AS (UPDATE kernel_delivery SET next_attempt_at = now() - interval '1 hour'
            WHERE status = 'pending')
        UPDATE kernel_outbox SET created_at = now() - interval '4 days' WHERE id IN {PENDING}""",
        f"UPDATE kernel_outbox SET created_at = now() WHERE id IN {PENDING}",
    ),
    Damage(
        "kernel.delivery_forgotten",
        "UPDATE kernel_queue SET entrypoint = 'kernel.lost' WHERE entrypoint = 'kernel.deliver'",
        "UPDATE kernel_queue SET entrypoint = 'kernel.deliver' WHERE entrypoint = 'kernel.lost'",
    ),
    Damage("kernel.inbox_age", MESSAGE, "DELETE FROM kernel_inbox"),
    Damage(
        "kernel.job_lost",
        "UPDATE kernel_queue SET status = 'picked', heartbeat = now() - interval '10 minutes'",
        "UPDATE kernel_queue SET status = 'queued', heartbeat = now()",
    ),
    Damage(
        "kernel.job_overdue",
        "UPDATE kernel_queue SET execute_after = now() - interval '20 minutes'",
        "UPDATE kernel_queue SET execute_after = now()",
    ),
    Damage("kernel.dead_letter_age", DEAD_JOB, "DELETE FROM kernel_dead_job"),
    Damage(
        "catalog.prices",
        "UPDATE catalog_product SET price_max = price_max + 1",
        "UPDATE catalog_product SET price_max = price_max - 1",
    ),
    Damage(
        "catalog.variants",
        "UPDATE catalog_variant SET archived = true",
        "UPDATE catalog_variant SET archived = false",
    ),
    Damage(
        "catalog.tree",
        """INSERT INTO catalog_category (store_id, id, handle, title) SELECT id, id, 'lost', 'Lost' FROM kernel_store;
        INSERT INTO catalog_category_product (store_id, id, category_id, product_id, direct)
        SELECT store_id, id, store_id, id, false FROM catalog_product""",
        "DELETE FROM catalog_category_product WHERE NOT direct; DELETE FROM catalog_category WHERE handle = 'lost'",
    ),
    Damage(
        "inventory.on_hand",
        "UPDATE inventory_move SET quantity = quantity + 1",
        "UPDATE inventory_move SET quantity = quantity - 1",
    ),
    Damage(
        "orders.total",
        "UPDATE orders_order SET shipping = shipping + 1",
        "UPDATE orders_order SET shipping = shipping - 1",
    ),
    Damage(
        "orders.payments",
        "UPDATE orders_payment SET amount = amount + 1",
        "UPDATE orders_payment SET amount = amount - 1",
    ),
    Damage(
        "orders.payment_status",
        "UPDATE orders_payment SET status = 'refunded'",
        "UPDATE orders_payment SET status = 'paid'",
    ),
    Damage(
        "orders.history",
        "UPDATE orders_order SET status = 'completed'",
        "UPDATE orders_order SET status = 'confirmed'",
    ),
    Damage(
        "orders.currency",
        "UPDATE orders_payment SET currency = reverse(currency)",
        "UPDATE orders_payment SET currency = reverse(currency)",
    ),
]


@pytest.fixture
async def kernel(make_kernel, make_client):
    """Two stores with orders; one has events on their way and staff signed in."""
    kernel = await make_kernel(plugins=EVERYTHING, stores=[ALPHA, BETA], config=THEMES)
    for store in ("alpha", "beta"):
        ctx = await furnish(kernel, store)
        lamp = await add_product(ctx, "lamp", price=4900, stock=10)
        client = await make_client(kernel, store)
        for _ in range(2):
            assert (await place(client, await ready_cart(client, {lamp: 1}))).status == 201
    await as_staff(system(kernel, "alpha"), make_client, role="manager")
    await kernel.jobs.drain()
    await add_product(system(kernel, "alpha"), "chair")
    return kernel


@pytest.fixture
async def superuser(kernel):
    """A connection that no constraint, trigger or policy holds back."""
    connection = await asyncpg.connect(**driver_options(kernel.config.database_url))
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("DROP INDEX kernel_refresh_token_live_key")
    for row in await connection.fetch(
        "SELECT conrelid::regclass::text AS name, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
    ):
        await connection.execute(f'ALTER TABLE {row["name"]} DROP CONSTRAINT IF EXISTS "{row["conname"]}"')
    yield connection
    await connection.close()


def found(report):
    assert [(f.code, f.error) for f in report.findings if f.error] == []
    return {f.code for f in report.findings if f.offenders}


async def test_a_shop_with_orders_is_clean_and_each_damage_is_found_by_its_check_alone(kernel, superuser):
    first = await examine(kernel)
    seen, expected = [], []
    for damage in DAMAGES:
        assert await superuser.execute(damage.breaks) not in {"UPDATE 0", "INSERT 0 0"}, damage.code
        report = await examine(kernel)
        seen.append((damage.code, found(report), report.exit_code))
        expected.append((damage.code, {damage.code}, 1))
        await superuser.execute(damage.mends)
    last = await examine(kernel)

    assert (found(first), first.exit_code) == (set(), 0)
    assert seen == expected
    assert (found(last), last.exit_code) == (set(), 0)


async def test_a_check_that_cannot_run_is_told_apart_from_a_clean_one(kernel, superuser):
    await superuser.execute("ALTER TABLE kernel_inbox RENAME TO kernel_mislaid")

    report = await examine(kernel)

    assert (report.status, report.exit_code) == ("unchecked", 2)
    unread = {(f.code, f.store) for f in report.findings if f.error}
    assert unread == {("kernel.inbox_age", "alpha"), ("kernel.inbox_age", "beta")}


def test_every_check_of_kernel_and_catalogue_is_broken_once():
    declared = {check.code for check in (*auth_checks, *event_checks, *catalog_checks)}

    assert declared <= {damage.code for damage in DAMAGES}
