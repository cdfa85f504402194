# SPDX-License-Identifier: Apache-2.0
"""Cards and credit, their ledger, and what is entered in carts."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLES = """
CREATE TABLE gift_cards_account (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('card', 'credit')),
    code_hash text,
    last4 text NOT NULL,
    customer_id uuid,
    currency char(3) NOT NULL,
    balance bigint NOT NULL DEFAULT 0 CHECK (balance >= 0),
    expires_at timestamptz,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, code_hash),
    UNIQUE (store_id, customer_id, currency),
    CONSTRAINT gift_cards_account_card_check CHECK ((kind = 'card') = (code_hash IS NOT NULL)),
    CONSTRAINT gift_cards_account_credit_check CHECK ((kind = 'credit') = (customer_id IS NOT NULL))
);
CREATE INDEX gift_cards_account_expiry ON gift_cards_account (store_id, expires_at) WHERE balance > 0;
CREATE TABLE gift_cards_entry (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('issue', 'top_up', 'hold', 'release', 'expire', 'adjust')),
    amount bigint NOT NULL CHECK (amount <> 0),
    reason text NOT NULL,
    actor text NOT NULL,
    order_id uuid,
    at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, account_id, order_id, kind),
    FOREIGN KEY (store_id, account_id) REFERENCES gift_cards_account (store_id, id),
    CONSTRAINT gift_cards_entry_order_check CHECK ((kind IN ('hold', 'release')) = (order_id IS NOT NULL))
);
CREATE INDEX gift_cards_entry_order ON gift_cards_entry (store_id, order_id) WHERE order_id IS NOT NULL;
CREATE TABLE gift_cards_cart_code (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    cart_id uuid NOT NULL,
    account_id uuid NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, cart_id, account_id),
    FOREIGN KEY (store_id, account_id) REFERENCES gift_cards_account (store_id, id)
);
CREATE TABLE gift_cards_cart_choice (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    cart_id uuid NOT NULL,
    use_credit boolean NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, cart_id)
);
"""


def upgrade() -> None:
    sql(_TABLES)
    tenant_table("gift_cards_account")
    tenant_table("gift_cards_entry", append_only=True)
    tenant_table("gift_cards_cart_code")
    tenant_table("gift_cards_cart_choice")


def downgrade() -> None:
    sql("DROP TABLE gift_cards_cart_choice, gift_cards_cart_code, gift_cards_entry, gift_cards_account;")
