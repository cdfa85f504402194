# SPDX-License-Identifier: Apache-2.0
"""Who may be sent news and offers, with proof: rows are only ever added."""

from shopwright.db.schema import sql, tenant_table

revision = "0005_consent"
down_revision = "0004_privacy"


def upgrade() -> None:
    sql("""
    CREATE TABLE customers_consent (
        store_id uuid NOT NULL,
        id uuid NOT NULL,
        customer_id uuid NOT NULL,
        given boolean NOT NULL,
        words text NOT NULL,
        source text NOT NULL,
        remote text NOT NULL,
        actor text NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (store_id, id),
        FOREIGN KEY (store_id, customer_id) REFERENCES customers_customer (store_id, id) ON DELETE CASCADE
    );
    CREATE INDEX customers_consent_customer ON customers_consent (store_id, customer_id, id DESC);
    """)
    tenant_table("customers_consent", append_only=True)


def downgrade() -> None:
    sql("DROP TABLE customers_consent")
