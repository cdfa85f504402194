# SPDX-License-Identifier: Apache-2.0
"""Companies and the customers who buy for them."""

from shopwright.db.schema import sql, tenant_table

revision = "0006_companies"
down_revision = "0005_consent"


def upgrade() -> None:
    sql("""
    CREATE TABLE customers_company (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        country char(2) NOT NULL,
        tax_id text NOT NULL DEFAULT '',
        version integer NOT NULL DEFAULT 1,
        PRIMARY KEY (store_id, id)
    );
    CREATE TABLE customers_buyer (
        store_id uuid NOT NULL,
        customer_id uuid NOT NULL,
        company_id uuid NOT NULL,
        role text NOT NULL CHECK (role IN ('buyer', 'approver', 'manager')),
        approval_limit bigint CHECK (approval_limit >= 0),
        PRIMARY KEY (store_id, customer_id),
        FOREIGN KEY (store_id, customer_id) REFERENCES customers_customer (store_id, id) ON DELETE CASCADE,
        FOREIGN KEY (store_id, company_id) REFERENCES customers_company (store_id, id) ON DELETE CASCADE
    );
    CREATE INDEX customers_buyer_company ON customers_buyer (store_id, company_id);
    """)
    tenant_table("customers_company")
    tenant_table("customers_buyer")


def downgrade() -> None:
    sql("DROP TABLE customers_buyer, customers_company")
