# SPDX-License-Identifier: Apache-2.0
"""Old addresses and where they lead."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None


def upgrade() -> None:
    sql("""
    CREATE TABLE redirects_redirect (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        source text NOT NULL CHECK (source LIKE '/%' AND source <> target),
        target text NOT NULL CHECK (target <> ''),
        origin text NOT NULL CHECK (origin IN ('staff', 'renamed')),
        created_at timestamptz NOT NULL,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, source)
    );
    CREATE INDEX redirects_redirect_target ON redirects_redirect (store_id, target);
    """)
    tenant_table("redirects_redirect")


def downgrade() -> None:
    sql("DROP TABLE redirects_redirect;")
