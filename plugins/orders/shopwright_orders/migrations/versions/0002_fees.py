# SPDX-License-Identifier: Apache-2.0
"""The fees of an order, one by one, each with its tax."""

from shopwright.db.schema import sql, tenant_table

revision = "0002_fees"
down_revision = "0001_initial"


def upgrade() -> None:
    sql("""
    CREATE TABLE orders_fee_line (
        store_id uuid NOT NULL,
        id uuid NOT NULL,
        order_id uuid NOT NULL,
        position integer NOT NULL,
        code text NOT NULL,
        label text NOT NULL,
        amount bigint NOT NULL CHECK (amount >= 0),
        tax bigint NOT NULL CHECK (tax >= 0),
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, order_id, position),
        FOREIGN KEY (store_id, order_id) REFERENCES orders_order (store_id, id)
    );
    """)
    tenant_table("orders_fee_line", append_only=True)
    sql("""
    INSERT INTO orders_fee_line (store_id, id, order_id, position, code, label, amount, tax)
    SELECT store_id, id, id, 0, 'orders.fees', 'Fees', fees, 0 FROM orders_order WHERE fees > 0
    """)


def downgrade() -> None:
    sql("DROP TABLE orders_fee_line")
