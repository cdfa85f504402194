# SPDX-License-Identifier: Apache-2.0
"""What customers were asked at checkout, with their answers."""

from shopwright.db.schema import sql

revision = "0003_attributes"
down_revision = "0002_fees"


def upgrade() -> None:
    sql("ALTER TABLE orders_order ADD COLUMN attributes jsonb NOT NULL DEFAULT '[]'")


def downgrade() -> None:
    sql("ALTER TABLE orders_order DROP COLUMN attributes")
