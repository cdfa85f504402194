# SPDX-License-Identifier: Apache-2.0
"""Find pictures that are still at an outside address without reading those that were stored."""

from shopwright.db.schema import sql

revision = "0002_outside_pictures"
down_revision = "0001_initial"


def upgrade() -> None:
    sql("""
    CREATE INDEX catalog_image_outside ON catalog_image (store_id, md5(source)) WHERE source LIKE 'http%';
    CREATE INDEX catalog_variant_outside ON catalog_variant (store_id, md5(image_source))
        WHERE image_source LIKE 'http%';
    """)


def downgrade() -> None:
    sql("DROP INDEX catalog_image_outside, catalog_variant_outside;")
