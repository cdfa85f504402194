# SPDX-License-Identifier: Apache-2.0
"""Lists and what is on them."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLES = """
CREATE TABLE wishlists_list (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    share_token text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, customer_id),
    UNIQUE (store_id, share_token)
);
CREATE TABLE wishlists_item (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    list_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, list_id, variant_id),
    FOREIGN KEY (store_id, list_id) REFERENCES wishlists_list (store_id, id) ON DELETE CASCADE
);
CREATE INDEX wishlists_item_product ON wishlists_item (store_id, product_id);
"""


def upgrade() -> None:
    sql(_TABLES)
    tenant_table("wishlists_list")
    tenant_table("wishlists_item")


def downgrade() -> None:
    sql("DROP TABLE wishlists_item, wishlists_list;")
