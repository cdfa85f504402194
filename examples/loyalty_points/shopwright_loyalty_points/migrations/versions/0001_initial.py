# SPDX-License-Identifier: Apache-2.0
"""The ledger of points: rows are added, never changed."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None


def upgrade() -> None:
    sql("""
    CREATE TABLE loyalty_points_entry (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        order_id uuid NOT NULL,
        customer_id uuid,
        kind text NOT NULL CHECK (kind IN ('promised', 'earned', 'revoked', 'spent', 'returned')),
        points integer NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, order_id, kind)
    );
    CREATE INDEX loyalty_points_of_customer ON loyalty_points_entry (store_id, customer_id, id);
    """)
    tenant_table("loyalty_points_entry", append_only=True)


def downgrade() -> None:
    sql("DROP TABLE loyalty_points_entry;")
