# SPDX-License-Identifier: Apache-2.0
"""What is in a variant, for its price per kilogram, litre, metre, square metre or piece."""

from shopwright.db.schema import sql, tenant_table

revision = "0002_contents"
down_revision = "0001_initial"


def upgrade() -> None:
    sql("""
    CREATE TABLE pricing_content (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        variant_id uuid NOT NULL,
        product_id uuid NOT NULL,
        millionths bigint NOT NULL CHECK (millionths > 0),
        unit text NOT NULL CHECK (unit IN ('kg', 'l', 'm', 'm2', 'piece')),
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, variant_id)
    );
    """)
    tenant_table("pricing_content")


def downgrade() -> None:
    sql("DROP TABLE pricing_content;")
