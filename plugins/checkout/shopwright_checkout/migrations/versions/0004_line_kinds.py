# SPDX-License-Identifier: Apache-2.0
"""The kind of the product beside each line of a cart."""

from shopwright.db.schema import sql

revision = "0004_line_kinds"
down_revision = "0003_marks"


def upgrade() -> None:
    sql("ALTER TABLE checkout_cart_line ADD COLUMN kind text NOT NULL DEFAULT '';")


def downgrade() -> None:
    sql("ALTER TABLE checkout_cart_line DROP COLUMN kind;")
