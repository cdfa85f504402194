# SPDX-License-Identifier: Apache-2.0
"""Whether the owner of an address has confirmed it, and who asked to be forgotten."""

from shopwright.db.schema import sql

revision = "0004_privacy"
down_revision = "0003_segments"


def upgrade() -> None:
    sql("""
    ALTER TABLE customers_customer ADD COLUMN email_confirmed_at timestamptz, ADD COLUMN erasure_asked_at timestamptz;
    CREATE INDEX customers_customer_erasure ON customers_customer (store_id, erasure_asked_at)
        WHERE erasure_asked_at IS NOT NULL;
    """)


def downgrade() -> None:
    sql("""
    ALTER TABLE customers_customer DROP COLUMN email_confirmed_at, DROP COLUMN erasure_asked_at;
    """)
