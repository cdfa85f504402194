# SPDX-License-Identifier: Apache-2.0
"""Rules by which stock is sold, places with an address, and more reasons of moves."""

from shopwright.db.schema import sql

revision = "0002_selling_rules"
down_revision = "0001_initial"

_OLD_REASONS = "'received', 'counted', 'adjusted', 'returned', 'shipped', 'damaged'"
_REASONS = f"{_OLD_REASONS}, 'transfer_out', 'transfer_in', 'stock_take'"
_CHECK_REASONS = """
ALTER TABLE inventory_move DROP CONSTRAINT inventory_move_reason_check;
ALTER TABLE inventory_move ADD CONSTRAINT inventory_move_reason_check CHECK (reason IN ({reasons})) NOT VALID;
"""


def upgrade() -> None:
    sql(_CHECK_REASONS.format(reasons=_REASONS))
    sql("""
    ALTER TABLE inventory_item
        ADD COLUMN policy text NOT NULL DEFAULT 'deny',
        ADD COLUMN safety_stock integer NOT NULL DEFAULT 0,
        ADD COLUMN backorder_limit integer,
        ADD COLUMN available_on date,
        ADD COLUMN low_stock_at integer,
        ADD COLUMN version integer NOT NULL DEFAULT 1,
        ADD CONSTRAINT inventory_item_policy_check CHECK (policy IN ('deny', 'backorder', 'preorder')),
        ADD CONSTRAINT inventory_item_numbers_check CHECK (
            safety_stock >= 0 AND backorder_limit >= 0 AND low_stock_at >= 0);
    ALTER TABLE inventory_location
        ADD COLUMN active boolean NOT NULL DEFAULT true,
        ADD COLUMN country text NOT NULL DEFAULT '',
        ADD COLUMN postal_code text NOT NULL DEFAULT '',
        ADD COLUMN latitude double precision,
        ADD COLUMN longitude double precision,
        ADD CONSTRAINT inventory_location_place_check CHECK (
            (latitude IS NULL) = (longitude IS NULL)
            AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180);
    ALTER TABLE inventory_level
        ADD COLUMN backorder integer NOT NULL DEFAULT 0,
        ADD CONSTRAINT inventory_level_backorder_check CHECK (backorder BETWEEN 0 AND 1000000000),
        DROP CONSTRAINT inventory_level_held_check,
        ADD CONSTRAINT inventory_level_held_check CHECK (
            reserved >= 0 AND allocated >= 0 AND reserved + allocated <= on_hand + backorder);
    CREATE INDEX inventory_reservation_variant ON inventory_reservation (store_id, variant_id, id)
        WHERE state <> 'released';
    """)


def downgrade() -> None:
    sql(_CHECK_REASONS.format(reasons=_OLD_REASONS))
    sql("""
    DROP INDEX inventory_reservation_variant;
    ALTER TABLE inventory_level DROP CONSTRAINT inventory_level_held_check;
    ALTER TABLE inventory_level DROP COLUMN backorder;
    ALTER TABLE inventory_level ADD CONSTRAINT inventory_level_held_check CHECK (
        reserved >= 0 AND allocated >= 0 AND reserved + allocated <= on_hand);
    ALTER TABLE inventory_location DROP COLUMN active, DROP COLUMN country, DROP COLUMN postal_code,
        DROP COLUMN latitude, DROP COLUMN longitude;
    ALTER TABLE inventory_item DROP COLUMN policy, DROP COLUMN safety_stock, DROP COLUMN backorder_limit,
        DROP COLUMN available_on, DROP COLUMN low_stock_at, DROP COLUMN version;
    """)
