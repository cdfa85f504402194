# SPDX-License-Identifier: Apache-2.0
"""The market a cart is in."""

from shopwright.db.schema import sql

revision = "0005_market"
down_revision = "0004_line_kinds"


def upgrade() -> None:
    sql("ALTER TABLE checkout_cart ADD COLUMN market text NOT NULL DEFAULT '';")


def downgrade() -> None:
    sql("ALTER TABLE checkout_cart DROP COLUMN market;")
