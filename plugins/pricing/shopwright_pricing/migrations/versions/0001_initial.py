# SPDX-License-Identifier: Apache-2.0
"""Price lists, their prices by quantity, and the append-only history of public prices."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLES = """
CREATE TABLE pricing_list (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
    title text NOT NULL CHECK (title <> ''),
    currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    priority integer NOT NULL CHECK (priority BETWEEN 0 AND 1000),
    enabled boolean NOT NULL,
    starts_at timestamptz,
    ends_at timestamptz,
    audience text NOT NULL CHECK (audience IN ('everybody', 'groups', 'companies', 'customer')),
    audience_tags text[] NOT NULL DEFAULT '{}',
    market text NOT NULL DEFAULT '',
    percent_ppm integer CHECK (percent_ppm BETWEEN 0 AND 10000000),
    rounding text NOT NULL DEFAULT 'none' CHECK (rounding IN ('none', '5', '10', '99')),
    shows_before boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, code),
    CONSTRAINT pricing_list_period_check CHECK (ends_at > starts_at),
    CONSTRAINT pricing_list_whom_check CHECK ((audience = 'everybody') = (audience_tags = '{}'))
);
CREATE TABLE pricing_price (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    list_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    min_quantity integer NOT NULL CHECK (min_quantity BETWEEN 1 AND 1000000),
    amount bigint NOT NULL CHECK (amount >= 0),
    compare_at bigint CHECK (compare_at >= 0),
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, variant_id, list_id, min_quantity),
    FOREIGN KEY (store_id, list_id) REFERENCES pricing_list (store_id, id) ON DELETE CASCADE
);
CREATE INDEX pricing_price_list ON pricing_price (store_id, list_id, variant_id, min_quantity);
CREATE TABLE pricing_history (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    variant_id uuid NOT NULL,
    currency char(3) NOT NULL,
    amount bigint NOT NULL CHECK (amount >= 0),
    rule text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id)
);
CREATE INDEX pricing_history_variant ON pricing_history (store_id, variant_id, currency, at, id);
"""


def upgrade() -> None:
    sql(_TABLES)
    tenant_table("pricing_list")
    tenant_table("pricing_price")
    tenant_table("pricing_history", append_only=True)


def downgrade() -> None:
    sql("DROP TABLE pricing_history, pricing_price, pricing_list;")
