# SPDX-License-Identifier: Apache-2.0
"""What plugins keep about a cart: a mark that comes with it spares them asking where there is nothing."""

from shopwright.db.schema import sql

revision = "0003_marks"
down_revision = "0002_attributes"


def upgrade() -> None:
    sql("ALTER TABLE checkout_cart ADD COLUMN marks text[] NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    sql("ALTER TABLE checkout_cart DROP COLUMN marks")
