# SPDX-License-Identifier: Apache-2.0
"""Bundles and their components."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None


def upgrade() -> None:
    sql("""
    CREATE TABLE bundles_bundle (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        product_id uuid NOT NULL,
        pricing text NOT NULL CHECK (pricing IN ('own', 'components')),
        percent integer NOT NULL CHECK (percent BETWEEN 0 AND 90),
        version integer NOT NULL DEFAULT 1,
        PRIMARY KEY (store_id, id)
    );
    CREATE TABLE bundles_component (
        store_id uuid NOT NULL,
        id uuid NOT NULL,
        bundle_id uuid NOT NULL,
        variant_id uuid NOT NULL,
        product_id uuid NOT NULL,
        quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
        position integer NOT NULL,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, bundle_id, variant_id),
        CONSTRAINT bundles_component_itself_check CHECK (bundle_id <> variant_id),
        FOREIGN KEY (store_id, bundle_id) REFERENCES bundles_bundle (store_id, id) ON DELETE CASCADE
    );
    CREATE INDEX bundles_component_variant ON bundles_component (store_id, variant_id);
    CREATE INDEX bundles_component_product ON bundles_component (store_id, product_id);
    """)
    tenant_table("bundles_bundle")
    tenant_table("bundles_component")


def downgrade() -> None:
    sql("DROP TABLE bundles_component, bundles_bundle;")
