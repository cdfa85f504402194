# SPDX-License-Identifier: Apache-2.0
"""What customers answered to the questions of plugins."""

from shopwright.db.schema import sql

revision = "0002_attributes"
down_revision = "0001_initial"


def upgrade() -> None:
    sql("ALTER TABLE checkout_cart ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    sql("ALTER TABLE checkout_cart DROP COLUMN attributes")
