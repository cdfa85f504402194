# SPDX-License-Identifier: Apache-2.0
"""Codes that are made by the thousand."""

from shopwright.db.schema import sql, tenant_table

revision = "0002_batches"
down_revision = "0001_initial"


def upgrade() -> None:
    sql("""
    CREATE TABLE discounts_batch (
        store_id uuid NOT NULL,
        id uuid NOT NULL,
        promotion_id uuid NOT NULL,
        prefix text NOT NULL CHECK (prefix ~ '^[A-Z0-9-]{0,20}$'),
        wanted integer NOT NULL CHECK (wanted BETWEEN 1 AND 100000),
        made integer NOT NULL DEFAULT 0 CHECK (made BETWEEN 0 AND wanted),
        created_at timestamptz NOT NULL,
        PRIMARY KEY (store_id, id),
        FOREIGN KEY (store_id, promotion_id) REFERENCES discounts_promotion (store_id, id) ON DELETE CASCADE
    );
    CREATE INDEX discounts_batch_promotion ON discounts_batch (store_id, promotion_id, id);
    CREATE INDEX discounts_coupon_batch ON discounts_coupon (store_id, batch_id, id) WHERE batch_id IS NOT NULL;
    """)
    tenant_table("discounts_batch")


def downgrade() -> None:
    sql("DROP INDEX discounts_coupon_batch; DROP TABLE discounts_batch;")
