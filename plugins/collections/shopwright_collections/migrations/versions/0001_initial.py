# SPDX-License-Identifier: Apache-2.0
"""Collections, and which products are in them."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLES = """
CREATE TABLE collections_collection (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    handle text NOT NULL CHECK (handle <> ''),
    title text NOT NULL CHECK (title <> ''),
    description text NOT NULL DEFAULT '',
    position integer NOT NULL DEFAULT 0,
    visible boolean NOT NULL DEFAULT true,
    sorting text NOT NULL CHECK (sorting IN ('manual', 'newest', 'price', 'price_desc', 'title')),
    match text NOT NULL CHECK (match IN ('all', 'any')),
    conditions jsonb NOT NULL DEFAULT '[]',
    picked uuid[] NOT NULL DEFAULT '{}',
    translations jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, handle)
);
CREATE TABLE collections_member (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    collection_id uuid NOT NULL,
    product_id uuid NOT NULL,
    position integer NOT NULL DEFAULT 0,
    title text NOT NULL,
    price bigint NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, collection_id, product_id),
    FOREIGN KEY (store_id, collection_id) REFERENCES collections_collection (store_id, id) ON DELETE CASCADE
);
CREATE INDEX collections_member_manual ON collections_member (store_id, collection_id, position, product_id);
CREATE INDEX collections_member_price ON collections_member (store_id, collection_id, price, product_id);
CREATE INDEX collections_member_title ON collections_member (store_id, collection_id, title, product_id);
CREATE INDEX collections_member_product ON collections_member (store_id, product_id);
"""


def upgrade() -> None:
    sql(_TABLES)
    tenant_table("collections_collection")
    tenant_table("collections_member")


def downgrade() -> None:
    sql("DROP TABLE collections_member, collections_collection;")
