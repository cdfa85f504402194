# SPDX-License-Identifier: Apache-2.0
"""Who waits for which variant."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLES = """
CREATE TABLE stock_notices_notice (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    variant_id uuid NOT NULL,
    email citext NOT NULL,
    customer_id uuid,
    locale text NOT NULL,
    words text NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    notified_at timestamptz,
    sent_at timestamptz,
    PRIMARY KEY (store_id, id),
    CONSTRAINT stock_notices_notice_order_check CHECK (
        (notified_at IS NULL OR confirmed_at IS NOT NULL) AND (sent_at IS NULL OR notified_at IS NOT NULL))
);
CREATE UNIQUE INDEX stock_notices_notice_waiting ON stock_notices_notice (store_id, variant_id, email)
    WHERE notified_at IS NULL;
CREATE INDEX stock_notices_notice_email ON stock_notices_notice (store_id, email);
"""


def upgrade() -> None:
    sql(_TABLES)
    tenant_table("stock_notices_notice")


def downgrade() -> None:
    sql("DROP TABLE stock_notices_notice;")
