# SPDX-License-Identifier: Apache-2.0
"""How far imports have come."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None


def upgrade() -> None:
    sql("""
    CREATE TABLE importer_run (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        fingerprint text NOT NULL,
        file_name text NOT NULL,
        line integer NOT NULL,
        report jsonb NOT NULL DEFAULT '{}',
        finished boolean NOT NULL DEFAULT false,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, fingerprint)
    );
    """)
    tenant_table("importer_run")


def downgrade() -> None:
    sql("DROP TABLE importer_run;")
