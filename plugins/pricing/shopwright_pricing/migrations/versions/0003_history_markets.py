# SPDX-License-Identifier: Apache-2.0
"""In which market a price of the history was asked; prices from before there were markets count in all."""

from shopwright.db.schema import sql

revision = "0003_history_markets"
down_revision = "0002_contents"


def upgrade() -> None:
    sql("ALTER TABLE pricing_history ADD COLUMN market text NOT NULL DEFAULT '';")


def downgrade() -> None:
    sql("ALTER TABLE pricing_history DROP COLUMN market;")
