# SPDX-License-Identifier: Apache-2.0
"""Several payments of one order: parts that are paid with stored value, beside the one of the chosen method."""

from shopwright.db.schema import sql

revision = "0004_stored_payments"
down_revision = "0003_attributes"


def upgrade() -> None:
    sql("""
    ALTER TABLE orders_payment ADD COLUMN stored boolean NOT NULL DEFAULT false,
        ADD COLUMN label text NOT NULL DEFAULT '';
    CREATE UNIQUE INDEX orders_payment_chosen ON orders_payment (store_id, order_id) WHERE NOT stored;
    CREATE UNIQUE INDEX orders_payment_stored ON orders_payment (store_id, order_id, method) WHERE stored;
    """)


def downgrade() -> None:
    sql("""
    DROP INDEX orders_payment_chosen;
    DROP INDEX orders_payment_stored;
    ALTER TABLE orders_payment DROP COLUMN stored, DROP COLUMN label;
    """)
