# SPDX-License-Identifier: Apache-2.0
"""Staff see what was changed last first, of all products and of the few that are not published; and whole products.

Archived variants were in no index by product, so that a product for staff read the variants of all stores.
"""

from shopwright.db.schema import sql

revision = "0010_last_changed"
down_revision = "0009_handles"


def upgrade() -> None:
    sql("""
    CREATE INDEX catalog_product_changed ON catalog_product (store_id, updated_at, id) WHERE NOT archived;
    CREATE INDEX catalog_product_hidden ON catalog_product (store_id, updated_at, id) WHERE NOT published;
    DROP INDEX catalog_variant_product;
    CREATE INDEX catalog_variant_product ON catalog_variant (store_id, product_id, position);
    CREATE INDEX catalog_category_product_hidden ON catalog_category_product (store_id, category_id) WHERE NOT listed;
    """)


def downgrade() -> None:
    sql("""
    DROP INDEX catalog_category_product_hidden, catalog_product_hidden, catalog_product_changed, catalog_variant_product;
    CREATE INDEX catalog_variant_product ON catalog_variant (store_id, product_id, position) WHERE NOT archived;
    """)
