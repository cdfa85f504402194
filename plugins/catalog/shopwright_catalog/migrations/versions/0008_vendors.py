# SPDX-License-Identifier: Apache-2.0
"""Find the products of a vendor without reading the others."""

from shopwright.db.schema import sql

revision = "0008_vendors"
down_revision = "0007_bulk_edits"


def upgrade() -> None:
    sql("""
    CREATE INDEX catalog_product_vendor ON catalog_product (store_id, vendor, id) WHERE published AND vendor <> '';
    """)


def downgrade() -> None:
    sql("DROP INDEX catalog_product_vendor;")
