# SPDX-License-Identifier: Apache-2.0
"""What kind of product a line sold, and what else belongs to it."""

from shopwright.db.schema import sql

revision = "0005_line_kinds"
down_revision = "0004_stored_payments"


def upgrade() -> None:
    sql("""
    ALTER TABLE orders_line ADD COLUMN kind text NOT NULL DEFAULT '',
        ADD COLUMN details jsonb NOT NULL DEFAULT '[]';
    """)


def downgrade() -> None:
    sql("ALTER TABLE orders_line DROP COLUMN kind, DROP COLUMN details;")
