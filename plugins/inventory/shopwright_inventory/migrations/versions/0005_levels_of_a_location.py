# SPDX-License-Identifier: Apache-2.0
"""What lies at a location is found without reading the stock of the whole store, or of all stores."""

from shopwright.db.schema import sql

revision = "0005_levels_of_a_location"
down_revision = "0004_stock_takes"


def upgrade() -> None:
    sql("CREATE INDEX inventory_level_location ON inventory_level (store_id, location_id);")


def downgrade() -> None:
    sql("DROP INDEX inventory_level_location;")
