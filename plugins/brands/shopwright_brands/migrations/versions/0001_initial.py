# SPDX-License-Identifier: Apache-2.0
"""Brands: what is told of the vendors of products."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None


def upgrade() -> None:
    sql("""
    CREATE TABLE brands_brand (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        handle text NOT NULL CHECK (handle <> ''),
        name text NOT NULL CHECK (name <> ''),
        description text NOT NULL DEFAULT '',
        logo text NOT NULL DEFAULT '',
        logo_alt text NOT NULL DEFAULT '',
        logo_width integer NOT NULL DEFAULT 0,
        logo_height integer NOT NULL DEFAULT 0,
        seo_title text NOT NULL DEFAULT '',
        seo_description text NOT NULL DEFAULT '',
        visible boolean NOT NULL DEFAULT true,
        translations jsonb NOT NULL DEFAULT '{}',
        version integer NOT NULL DEFAULT 1,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, handle),
        UNIQUE (store_id, name)
    );
    """)
    tenant_table("brands_brand")


def downgrade() -> None:
    sql("DROP TABLE brands_brand;")
