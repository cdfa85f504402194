# SPDX-License-Identifier: Apache-2.0
"""Markets, how prices are rounded in a currency, and exchange rates, which are only ever added."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None


def upgrade() -> None:
    sql("""
    CREATE TABLE markets_market (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_-]{0,39}$'),
        title text NOT NULL,
        currency char(3) NOT NULL,
        locale text NOT NULL DEFAULT '',
        countries text[] NOT NULL DEFAULT '{}',
        position integer NOT NULL DEFAULT 0,
        enabled boolean NOT NULL DEFAULT true,
        version integer NOT NULL DEFAULT 1,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, code)
    );
    CREATE TABLE markets_currency (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        currency char(3) NOT NULL,
        step integer NOT NULL DEFAULT 1 CHECK (step BETWEEN 1 AND 1000000),
        less integer NOT NULL DEFAULT 0 CHECK (less >= 0 AND less < step),
        version integer NOT NULL DEFAULT 1,
        PRIMARY KEY (store_id, id),
        UNIQUE (store_id, currency)
    );
    CREATE TABLE markets_rate (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        id uuid NOT NULL,
        currency char(3) NOT NULL,
        rate numeric(20, 10) NOT NULL CHECK (rate > 0),
        valid_from timestamptz NOT NULL,
        source text NOT NULL DEFAULT '',
        actor text NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (store_id, id),
        FOREIGN KEY (store_id, currency) REFERENCES markets_currency (store_id, currency)
    );
    CREATE INDEX markets_rate_newest ON markets_rate (store_id, currency, valid_from DESC, id DESC);
    """)
    tenant_table("markets_market")
    tenant_table("markets_currency")
    tenant_table("markets_rate", append_only=True)


def downgrade() -> None:
    sql("DROP TABLE markets_rate, markets_currency, markets_market;")
