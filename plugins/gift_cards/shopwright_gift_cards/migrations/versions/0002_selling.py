# SPDX-License-Identifier: Apache-2.0
"""Cards that orders bought, cards in bulk, their mails, and refunds to what an order was paid with."""

from shopwright.db.schema import sql, tenant_table

revision = "0002_selling"
down_revision = "0001_initial"

_UP = """
ALTER TABLE gift_cards_account ADD COLUMN sealed text, ADD COLUMN batch_id uuid, ADD COLUMN order_id uuid,
    ADD COLUMN order_line integer, ADD COLUMN unit integer, ADD COLUMN reminded_at timestamptz,
    ADD CONSTRAINT gift_cards_account_sold_check
        CHECK ((order_id IS NULL) = (order_line IS NULL) AND (order_id IS NULL) = (unit IS NULL));
CREATE UNIQUE INDEX gift_cards_account_sold ON gift_cards_account (store_id, order_id, order_line, unit)
    WHERE order_id IS NOT NULL;
CREATE INDEX gift_cards_account_batch ON gift_cards_account (store_id, batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX gift_cards_account_sealed ON gift_cards_account (store_id, id) WHERE sealed IS NOT NULL;
ALTER TABLE gift_cards_entry DROP CONSTRAINT gift_cards_entry_kind_check,
    DROP CONSTRAINT gift_cards_entry_order_check,
    DROP CONSTRAINT gift_cards_entry_store_id_account_id_order_id_kind_key,
    ADD CONSTRAINT gift_cards_entry_kind_check
        CHECK (kind IN ('issue', 'top_up', 'hold', 'release', 'expire', 'adjust', 'refund')),
    ADD CONSTRAINT gift_cards_entry_order_check
        CHECK ((kind IN ('hold', 'release', 'refund')) = (order_id IS NOT NULL));
CREATE UNIQUE INDEX gift_cards_entry_once ON gift_cards_entry (store_id, account_id, order_id, kind)
    WHERE kind IN ('hold', 'release');
CREATE TABLE gift_cards_delivery (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    account_id uuid NOT NULL,
    email citext NOT NULL,
    locale text NOT NULL,
    sender text NOT NULL,
    message text NOT NULL,
    due_at timestamptz NOT NULL,
    queued_at timestamptz,
    sent_at timestamptz,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, account_id),
    FOREIGN KEY (store_id, account_id) REFERENCES gift_cards_account (store_id, id)
);
CREATE INDEX gift_cards_delivery_due ON gift_cards_delivery (store_id, due_at) WHERE queued_at IS NULL;
CREATE INDEX gift_cards_delivery_email ON gift_cards_delivery (store_id, email);
CREATE TABLE gift_cards_batch (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    prefix text NOT NULL CHECK (prefix ~ '^[A-Z0-9]{0,8}$'),
    amount bigint NOT NULL CHECK (amount > 0),
    currency char(3) NOT NULL,
    wanted integer NOT NULL CHECK (wanted BETWEEN 1 AND 10000),
    made integer NOT NULL DEFAULT 0 CHECK (made BETWEEN 0 AND wanted),
    expires_at timestamptz,
    taken_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id)
);
"""
_DOWN = """
DROP TABLE gift_cards_delivery, gift_cards_batch;
DROP INDEX gift_cards_entry_once;
ALTER TABLE gift_cards_entry DROP CONSTRAINT gift_cards_entry_kind_check,
    DROP CONSTRAINT gift_cards_entry_order_check,
    ADD CONSTRAINT gift_cards_entry_kind_check
        CHECK (kind IN ('issue', 'top_up', 'hold', 'release', 'expire', 'adjust')) NOT VALID,
    ADD CONSTRAINT gift_cards_entry_order_check
        CHECK ((kind IN ('hold', 'release')) = (order_id IS NOT NULL)) NOT VALID,
    ADD UNIQUE (store_id, account_id, order_id, kind);
ALTER TABLE gift_cards_account DROP COLUMN sealed, DROP COLUMN batch_id, DROP COLUMN order_id,
    DROP COLUMN order_line, DROP COLUMN unit, DROP COLUMN reminded_at;
"""


def upgrade() -> None:
    sql(_UP)
    tenant_table("gift_cards_delivery")
    tenant_table("gift_cards_batch")


def downgrade() -> None:
    sql(_DOWN)
