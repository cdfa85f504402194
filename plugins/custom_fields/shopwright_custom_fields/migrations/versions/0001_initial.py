# SPDX-License-Identifier: Apache-2.0
"""Definitions of custom fields, their values, and an index of the values that are filtered by or unique."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLES = """
CREATE TABLE custom_fields_definition (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    entity text NOT NULL CHECK (entity <> ''),
    key text NOT NULL CHECK (key LIKE 'custom.%'),
    kind text NOT NULL CHECK (kind <> ''),
    position integer NOT NULL DEFAULT 100,
    settings jsonb NOT NULL,
    archived boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, entity, key)
);
CREATE TABLE custom_fields_value (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    entity text NOT NULL CHECK (entity <> ''),
    entity_id uuid NOT NULL,
    document jsonb NOT NULL DEFAULT '{}',
    translations jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, entity_id, entity)
);
CREATE INDEX custom_fields_value_entity ON custom_fields_value (store_id, entity, entity_id);
CREATE TABLE custom_fields_index (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    entity text NOT NULL,
    entity_id uuid NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    is_unique boolean NOT NULL,
    PRIMARY KEY (store_id, id)
);
CREATE INDEX custom_fields_index_value ON custom_fields_index (store_id, entity, key, value, entity_id);
CREATE UNIQUE INDEX custom_fields_index_unique ON custom_fields_index (store_id, entity, key, value) WHERE is_unique;
CREATE INDEX custom_fields_index_entity ON custom_fields_index (store_id, entity_id, entity);
"""


def upgrade() -> None:
    sql(_TABLES)
    tenant_table("custom_fields_definition")
    tenant_table("custom_fields_value")
    tenant_table("custom_fields_index")


def downgrade() -> None:
    sql("DROP TABLE custom_fields_index, custom_fields_value, custom_fields_definition;")
