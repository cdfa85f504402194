# SPDX-License-Identifier: Apache-2.0
"""Which products staff picked for which product, by kind."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None


def upgrade() -> None:
    sql("""
    CREATE TABLE related_products_relation (
        store_id uuid NOT NULL,
        id uuid NOT NULL,
        product_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind <> ''),
        related_id uuid NOT NULL CHECK (related_id <> product_id),
        position integer NOT NULL,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, product_id, kind, related_id),
        FOREIGN KEY (store_id, product_id) REFERENCES catalog_product (store_id, id) ON DELETE CASCADE,
        FOREIGN KEY (store_id, related_id) REFERENCES catalog_product (store_id, id) ON DELETE CASCADE
    );
    CREATE INDEX related_products_relation_related ON related_products_relation (store_id, related_id);
    """)
    tenant_table("related_products_relation")


def downgrade() -> None:
    sql("DROP TABLE related_products_relation;")
