# SPDX-License-Identifier: Apache-2.0
"""Segments: customers by rule."""

from shopwright.db.schema import sql, tenant_table

revision = "0003_segments"
down_revision = "0002_groups_tags_notes"


def upgrade() -> None:
    sql("""
    CREATE TABLE customers_segment (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        code text NOT NULL,
        title text NOT NULL,
        match text NOT NULL CHECK (match IN ('all', 'any')),
        conditions jsonb NOT NULL,
        version integer NOT NULL DEFAULT 1,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, code)
    );
    """)
    tenant_table("customers_segment")


def downgrade() -> None:
    sql("DROP TABLE customers_segment")
