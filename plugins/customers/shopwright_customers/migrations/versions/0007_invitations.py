# SPDX-License-Identifier: Apache-2.0
"""Invitations to buy for a company; they go with the manager who sent them."""

from shopwright.db.schema import sql, tenant_table

revision = "0007_invitations"
down_revision = "0006_companies"


def upgrade() -> None:
    sql("""
    CREATE TABLE customers_invitation (
        store_id uuid NOT NULL,
        id uuid NOT NULL,
        company_id uuid NOT NULL,
        invited_by uuid NOT NULL,
        email citext NOT NULL,
        role text NOT NULL CHECK (role IN ('buyer', 'approver', 'manager')),
        approval_limit bigint CHECK (approval_limit >= 0),
        token_hash text NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, company_id, email),
        UNIQUE (store_id, token_hash),
        FOREIGN KEY (store_id, company_id) REFERENCES customers_company (store_id, id) ON DELETE CASCADE,
        FOREIGN KEY (store_id, invited_by) REFERENCES customers_buyer (store_id, customer_id) ON DELETE CASCADE
    );
    CREATE INDEX customers_invitation_by ON customers_invitation (store_id, invited_by);
    CREATE INDEX customers_invitation_email ON customers_invitation (store_id, email);
    """)
    tenant_table("customers_invitation")


def downgrade() -> None:
    sql("DROP TABLE customers_invitation")
