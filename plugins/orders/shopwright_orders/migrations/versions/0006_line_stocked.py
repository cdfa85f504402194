# SPDX-License-Identifier: Apache-2.0
"""Whether a line of an order was taken from stock: what is digital is not, whatever was counted of it."""

from shopwright.db.schema import sql

revision = "0006_line_stocked"
down_revision = "0005_line_kinds"


def upgrade() -> None:
    sql("ALTER TABLE orders_line ADD COLUMN stocked boolean NOT NULL DEFAULT true;")


def downgrade() -> None:
    sql("ALTER TABLE orders_line DROP COLUMN stocked;")
