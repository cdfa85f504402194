# SPDX-License-Identifier: Apache-2.0
"""Customers of a store and their addresses."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None


def upgrade() -> None:
    sql("""
    CREATE TABLE customers_customer (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        email citext NOT NULL CHECK (email <> ''),
        name text NOT NULL DEFAULT '',
        password_hash text NOT NULL,
        locale text NOT NULL,
        disabled_at timestamptz,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, email)
    );
    CREATE TABLE customers_address (
        store_id uuid NOT NULL,
        id uuid NOT NULL,
        customer_id uuid NOT NULL,
        name text NOT NULL,
        line1 text NOT NULL,
        line2 text NOT NULL DEFAULT '',
        postal_code text NOT NULL DEFAULT '',
        city text NOT NULL,
        region text NOT NULL DEFAULT '',
        country char(2) NOT NULL,
        phone text NOT NULL DEFAULT '',
        PRIMARY KEY (store_id, id),
        FOREIGN KEY (store_id, customer_id) REFERENCES customers_customer (store_id, id) ON DELETE CASCADE
    );
    CREATE INDEX customers_address_customer ON customers_address (store_id, customer_id);
    """)
    tenant_table("customers_customer")
    tenant_table("customers_address")


def downgrade() -> None:
    sql("DROP TABLE customers_address, customers_customer;")
