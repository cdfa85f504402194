# SPDX-License-Identifier: Apache-2.0
"""Publish and unpublish products at a time, and know which variants come back with an archived product."""

from shopwright.db.schema import sql

revision = "0006_publication"
down_revision = "0005_kinds"


def upgrade() -> None:
    sql("""
    ALTER TABLE catalog_product ADD COLUMN publish_at timestamptz, ADD COLUMN unpublish_at timestamptz,
        ADD CONSTRAINT catalog_product_period_check CHECK (unpublish_at > publish_at),
        ADD CONSTRAINT catalog_product_scheduled_check CHECK (publish_at IS NULL OR NOT published),
        ADD CONSTRAINT catalog_product_archived_check
            CHECK (NOT archived OR coalesce(publish_at, unpublish_at) IS NULL);
    CREATE INDEX catalog_product_due ON catalog_product (store_id, least(publish_at, unpublish_at))
        WHERE coalesce(publish_at, unpublish_at) IS NOT NULL;
    ALTER TABLE catalog_variant ADD COLUMN archived_with_product boolean NOT NULL DEFAULT false;
    UPDATE catalog_variant v SET archived_with_product = true
    FROM catalog_product p, (SELECT DISTINCT ON (x.store_id, x.product_id, x.options) x.store_id, x.id
        FROM catalog_variant x ORDER BY x.store_id, x.product_id, x.options, x.position, x.id DESC) AS latest
    WHERE p.store_id = v.store_id AND p.id = v.product_id AND p.archived AND v.archived
        AND latest.store_id = v.store_id AND latest.id = v.id;
    """)


def downgrade() -> None:
    sql("""
    ALTER TABLE catalog_variant DROP COLUMN archived_with_product;
    DROP INDEX catalog_product_due;
    ALTER TABLE catalog_product DROP COLUMN publish_at, DROP COLUMN unpublish_at;
    """)
