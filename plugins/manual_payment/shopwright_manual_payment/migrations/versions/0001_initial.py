# SPDX-License-Identifier: Apache-2.0
"""The test method's own ledger: it plays the provider, so it keeps its own books."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None


def upgrade() -> None:
    sql("""
    CREATE TABLE manual_payment_test_charge (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        idempotency_key text NOT NULL,
        amount bigint NOT NULL CHECK (amount >= 0),
        currency char(3) NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('paid', 'declined', 'unknown')),
        at timestamptz NOT NULL,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, idempotency_key)
    );
    """)
    tenant_table("manual_payment_test_charge")


def downgrade() -> None:
    sql("DROP TABLE manual_payment_test_charge;")
