# SPDX-License-Identifier: Apache-2.0
"""Carts and their lines."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLES = """
CREATE TABLE checkout_cart (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'placed')),
    currency char(3) NOT NULL,
    customer_id uuid,
    email citext NOT NULL DEFAULT '',
    shipping_address jsonb,
    billing_address jsonb,
    shipping_code text NOT NULL DEFAULT '',
    payment_method text NOT NULL DEFAULT '',
    payment_data jsonb NOT NULL DEFAULT '{}',
    note text NOT NULL DEFAULT '',
    reopened_as uuid,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, reopened_as) REFERENCES checkout_cart (store_id, id)
);
CREATE INDEX checkout_cart_open ON checkout_cart (store_id, updated_at) WHERE status = 'open';
CREATE TABLE checkout_cart_line (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    cart_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 9999),
    shown_price bigint NOT NULL CHECK (shown_price >= 0),
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, cart_id, variant_id),
    FOREIGN KEY (store_id, cart_id) REFERENCES checkout_cart (store_id, id) ON DELETE CASCADE
);
"""


def upgrade() -> None:
    sql(_TABLES)
    tenant_table("checkout_cart")
    tenant_table("checkout_cart_line")


def downgrade() -> None:
    sql("DROP TABLE checkout_cart_line, checkout_cart;")
