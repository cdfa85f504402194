# SPDX-License-Identifier: Apache-2.0
"""Kinds of products: what is there already is physical."""

from shopwright.db.schema import sql

revision = "0005_kinds"
down_revision = "0004_category_order"


def upgrade() -> None:
    sql("ALTER TABLE catalog_product ADD COLUMN kind text NOT NULL DEFAULT 'catalog.physical';")


def downgrade() -> None:
    sql("ALTER TABLE catalog_product DROP COLUMN kind;")
