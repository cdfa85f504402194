# SPDX-License-Identifier: Apache-2.0
"""Categories in a tree: beside what a product is put into stands what is above that. Barcodes are found by an index."""

from shopwright.db.schema import sql

revision = "0013_category_tree"
down_revision = "0012_product_markets"


def upgrade() -> None:
    sql("""
    ALTER TABLE catalog_category_product ADD COLUMN direct boolean NOT NULL DEFAULT true;
    CREATE INDEX catalog_category_parent ON catalog_category (store_id, parent_id) WHERE parent_id IS NOT NULL;
    CREATE INDEX catalog_variant_barcode ON catalog_variant (store_id, barcode) WHERE barcode <> '';
    """)


def downgrade() -> None:
    sql("""
    DELETE FROM catalog_category_product WHERE NOT direct;
    ALTER TABLE catalog_category_product DROP COLUMN direct;
    DROP INDEX catalog_category_parent, catalog_variant_barcode;
    """)
