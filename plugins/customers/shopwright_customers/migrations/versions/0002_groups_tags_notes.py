# SPDX-License-Identifier: Apache-2.0
"""Groups and tags of customers, and what staff write down about them."""

from shopwright.db.schema import sql, tenant_table

revision = "0002_groups_tags_notes"
down_revision = "0001_initial"


def upgrade() -> None:
    sql("""
    CREATE TABLE customers_group (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        code text NOT NULL,
        title text NOT NULL,
        priority integer NOT NULL DEFAULT 0,
        version integer NOT NULL DEFAULT 1,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, code)
    );
    CREATE TABLE customers_membership (
        store_id uuid NOT NULL,
        customer_id uuid NOT NULL,
        group_id uuid NOT NULL,
        PRIMARY KEY (store_id, customer_id, group_id),
        FOREIGN KEY (store_id, customer_id) REFERENCES customers_customer (store_id, id) ON DELETE CASCADE,
        FOREIGN KEY (store_id, group_id) REFERENCES customers_group (store_id, id) ON DELETE CASCADE
    );
    CREATE INDEX customers_membership_group ON customers_membership (store_id, group_id);
    CREATE TABLE customers_tag (
        store_id uuid NOT NULL,
        customer_id uuid NOT NULL,
        tag citext NOT NULL CHECK (tag <> ''),
        PRIMARY KEY (store_id, customer_id, tag),
        FOREIGN KEY (store_id, customer_id) REFERENCES customers_customer (store_id, id) ON DELETE CASCADE
    );
    CREATE INDEX customers_tag_tag ON customers_tag (store_id, tag);
    CREATE TABLE customers_note (
        store_id uuid NOT NULL,
        id uuid NOT NULL,
        customer_id uuid NOT NULL,
        text text NOT NULL CHECK (text <> ''),
        author text NOT NULL,
        author_id uuid,
        at timestamptz NOT NULL,
        PRIMARY KEY (store_id, id),
        FOREIGN KEY (store_id, customer_id) REFERENCES customers_customer (store_id, id) ON DELETE CASCADE
    );
    CREATE INDEX customers_note_customer ON customers_note (store_id, customer_id, id);
    """)
    for name in ("customers_group", "customers_membership", "customers_tag", "customers_note"):
        tenant_table(name)


def downgrade() -> None:
    sql("DROP TABLE customers_note, customers_tag, customers_membership, customers_group")
