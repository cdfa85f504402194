# SPDX-License-Identifier: Apache-2.0
"""Say which smaller and lighter copies of pictures exist, and which point of a picture must stay visible."""

from shopwright.db.schema import sql, tenant_table

revision = "0003_renditions"
down_revision = "0002_outside_pictures"


def upgrade() -> None:
    sql("""
    CREATE TABLE catalog_rendition (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        source text NOT NULL CHECK (source <> ''),
        state text NOT NULL CHECK (state IN ('waiting', 'made', 'refused')),
        widths integer[] NOT NULL DEFAULT '{}',
        reason text NOT NULL DEFAULT '',
        attempts integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, source)
    );
    CREATE INDEX catalog_rendition_due ON catalog_rendition (store_id, due_at, id) WHERE state = 'waiting';
    CREATE INDEX catalog_image_source ON catalog_image (store_id, md5(source)) WHERE source NOT LIKE 'http%';
    ALTER TABLE catalog_image
        ADD COLUMN focus_x smallint NOT NULL DEFAULT 50 CHECK (focus_x BETWEEN 0 AND 100),
        ADD COLUMN focus_y smallint NOT NULL DEFAULT 50 CHECK (focus_y BETWEEN 0 AND 100);
    """)
    tenant_table("catalog_rendition")


def downgrade() -> None:
    sql("""
    ALTER TABLE catalog_image DROP COLUMN focus_x, DROP COLUMN focus_y;
    DROP INDEX catalog_image_source;
    DROP TABLE catalog_rendition;
    """)
