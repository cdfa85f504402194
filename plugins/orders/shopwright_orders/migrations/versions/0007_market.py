# SPDX-License-Identifier: Apache-2.0
"""The market an order was placed in."""

from shopwright.db.schema import sql

revision = "0007_market"
down_revision = "0006_line_stocked"


def upgrade() -> None:
    sql("ALTER TABLE orders_order ADD COLUMN market text NOT NULL DEFAULT '';")


def downgrade() -> None:
    sql("ALTER TABLE orders_order DROP COLUMN market;")
