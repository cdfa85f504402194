# SPDX-License-Identifier: Apache-2.0
"""Tax rates by region and category."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None


def upgrade() -> None:
    sql("""
    CREATE TABLE tax_rate (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        country char(2) NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
        region text NOT NULL DEFAULT '',
        category text NOT NULL DEFAULT 'standard',
        label text NOT NULL,
        rate_ppm integer NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000),
        version integer NOT NULL DEFAULT 1,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, country, region, category)
    );
    """)
    tenant_table("tax_rate")


def downgrade() -> None:
    sql("DROP TABLE tax_rate;")
