# SPDX-License-Identifier: Apache-2.0
"""The markets in which a product is published; none: in all of them."""

from shopwright.db.schema import sql

revision = "0012_product_markets"
down_revision = "0011_facet_values"


def upgrade() -> None:
    sql("""
    ALTER TABLE catalog_product ADD COLUMN markets text[] NOT NULL DEFAULT '{}';
    CREATE INDEX catalog_product_markets ON catalog_product (store_id, id) WHERE markets <> '{}';
    """)


def downgrade() -> None:
    sql("ALTER TABLE catalog_product DROP COLUMN markets;")
