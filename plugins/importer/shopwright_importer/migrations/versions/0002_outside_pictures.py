# SPDX-License-Identifier: Apache-2.0
"""Pictures of other servers that are to be fetched, which import wants them, and what fills translated messages."""

from shopwright.db.schema import sql, tenant_table

revision = "0002_outside_pictures"
down_revision = "0001_initial"

_TABLES = """
CREATE TABLE importer_picture (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    address text NOT NULL,
    digest text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'stored', 'refused')),
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    code text NOT NULL DEFAULT '',
    words text NOT NULL DEFAULT '',
    values jsonb NOT NULL DEFAULT '{}',
    source text NOT NULL DEFAULT '',
    width integer NOT NULL DEFAULT 0,
    height integer NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, digest)
);
CREATE INDEX importer_picture_due ON importer_picture (store_id, due_at, id) WHERE state = 'waiting';
CREATE TABLE importer_wanted (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    run_id uuid NOT NULL,
    picture_id uuid NOT NULL,
    line integer NOT NULL,
    handle text NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, run_id, picture_id),
    FOREIGN KEY (store_id, run_id) REFERENCES importer_run (store_id, id) ON DELETE CASCADE,
    FOREIGN KEY (store_id, picture_id) REFERENCES importer_picture (store_id, id) ON DELETE CASCADE
);
CREATE INDEX importer_wanted_picture ON importer_wanted (store_id, picture_id);
ALTER TABLE importer_finding ADD COLUMN values jsonb NOT NULL DEFAULT '{}';
ALTER TABLE importer_run
    ADD COLUMN values jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN attempts integer NOT NULL DEFAULT 0;
"""


def upgrade() -> None:
    sql(_TABLES)
    for name in ("picture", "wanted"):
        tenant_table(f"importer_{name}")


def downgrade() -> None:
    sql("""
    DROP TABLE importer_wanted, importer_picture;
    ALTER TABLE importer_finding DROP COLUMN values;
    ALTER TABLE importer_run DROP COLUMN values, DROP COLUMN attempts;
    """)
