# SPDX-License-Identifier: Apache-2.0
"""Handles of each language: a handle names one brand in all languages of a store."""

from shopwright_catalog.api.handle_tables import drop_handle_table, handle_table

revision = "0002_handles"
down_revision = "0001_initial"


def upgrade() -> None:
    handle_table("brands_brand")


def downgrade() -> None:
    drop_handle_table("brands_brand")
