# SPDX-License-Identifier: Apache-2.0
"""Who asked for the approval of which cart, and what came of it."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLES = """
CREATE TABLE approvals_request (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    company_id uuid NOT NULL,
    company text NOT NULL,
    cart_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    buyer text NOT NULL,
    fingerprint text NOT NULL,
    total bigint NOT NULL CHECK (total >= 0),
    currency char(3) NOT NULL,
    lines jsonb NOT NULL,
    note text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'approved', 'declined', 'lapsed', 'withdrawn', 'ordered')),
    decided_by uuid,
    decider text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    order_id uuid,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    PRIMARY KEY (store_id, id),
    CONSTRAINT approvals_request_decided_check CHECK ((decided_at IS NOT NULL) OR status NOT IN ('approved', 'declined', 'ordered')),
    CONSTRAINT approvals_request_order_check CHECK ((status = 'ordered') = (order_id IS NOT NULL))
);
CREATE UNIQUE INDEX approvals_request_open ON approvals_request (store_id, cart_id)
    WHERE status IN ('pending', 'approved');
CREATE INDEX approvals_request_company ON approvals_request (store_id, company_id, id);
CREATE INDEX approvals_request_customer ON approvals_request (store_id, customer_id);
"""


def upgrade() -> None:
    sql(_TABLES)
    tenant_table("approvals_request")


def downgrade() -> None:
    sql("DROP TABLE approvals_request;")
