# SPDX-License-Identifier: Apache-2.0
"""Note what was changed of many products at once: how far it is, what was refused, and what was there before."""

from shopwright.db.schema import sql, tenant_table

revision = "0007_bulk_edits"
down_revision = "0006_publication"


def upgrade() -> None:
    sql("""
    CREATE TABLE catalog_bulk_edit (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        action text NOT NULL,
        value text NOT NULL DEFAULT '',
        undo_of uuid,
        state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'finished')),
        total integer NOT NULL DEFAULT 0,
        changed integer NOT NULL DEFAULT 0,
        unchanged integer NOT NULL DEFAULT 0,
        refused integer NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, undo_of),
        FOREIGN KEY (store_id, undo_of) REFERENCES catalog_bulk_edit (store_id, id) ON DELETE CASCADE,
        CHECK (changed + unchanged + refused <= total)
    );
    CREATE TABLE catalog_bulk_item (
        store_id uuid NOT NULL,
        id uuid NOT NULL,
        edit_id uuid NOT NULL,
        product_id uuid NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'changed', 'unchanged', 'refused')),
        reason text NOT NULL DEFAULT '',
        before jsonb,
        after jsonb,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, edit_id, product_id),
        FOREIGN KEY (store_id, edit_id) REFERENCES catalog_bulk_edit (store_id, id) ON DELETE CASCADE,
        FOREIGN KEY (store_id, product_id) REFERENCES catalog_product (store_id, id) ON DELETE CASCADE
    );
    CREATE INDEX catalog_bulk_item_waiting ON catalog_bulk_item (store_id, edit_id, product_id)
        WHERE state = 'waiting';
    CREATE INDEX catalog_bulk_item_product ON catalog_bulk_item (store_id, product_id);
    """)
    for name in ("bulk_edit", "bulk_item"):
        tenant_table(f"catalog_{name}")


def downgrade() -> None:
    sql("DROP TABLE catalog_bulk_item, catalog_bulk_edit;")
