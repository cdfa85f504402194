# SPDX-License-Identifier: Apache-2.0
"""Handles of each language: a handle names one product, or one category, in all languages of a store."""

from shopwright_catalog.api.handle_tables import drop_handle_table, handle_table

revision = "0009_handles"
down_revision = "0008_vendors"


def upgrade() -> None:
    handle_table("catalog_product")
    handle_table("catalog_category")


def downgrade() -> None:
    drop_handle_table("catalog_category")
    drop_handle_table("catalog_product")
