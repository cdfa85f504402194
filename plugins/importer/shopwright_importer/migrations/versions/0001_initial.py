# SPDX-License-Identifier: Apache-2.0
"""Imports: how far each has come, what it found, and the stock each product's rows gave last time."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLES = """
CREATE TABLE importer_run (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    fingerprint text NOT NULL,
    file_name text NOT NULL,
    path text NOT NULL DEFAULT '',
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'finished', 'failed')),
    line integer NOT NULL DEFAULT 0,
    bytes_done bigint NOT NULL DEFAULT 0,
    bytes_all bigint NOT NULL DEFAULT 0,
    counts jsonb NOT NULL DEFAULT '{}',
    message text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, fingerprint)
);
CREATE TABLE importer_finding (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    run_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('refusal', 'notice')),
    line integer NOT NULL,
    handle text NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, run_id) REFERENCES importer_run (store_id, id) ON DELETE CASCADE
);
CREATE INDEX importer_finding_run ON importer_finding (store_id, run_id, line);
CREATE TABLE importer_stock (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    handle text NOT NULL,
    counted jsonb NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, handle)
);
"""


def upgrade() -> None:
    sql(_TABLES)
    for name in ("run", "finding", "stock"):
        tenant_table(f"importer_{name}")


def downgrade() -> None:
    sql("DROP TABLE importer_stock, importer_finding, importer_run;")
