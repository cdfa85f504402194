# SPDX-License-Identifier: Apache-2.0
"""Promotions, coupons, the coupons in carts, and who used what."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLES = """
CREATE TABLE discounts_promotion (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    code text NOT NULL CHECK (code ~ '^[a-z0-9][a-z0-9_-]{0,59}$'),
    title text NOT NULL CHECK (title <> ''),
    titles jsonb NOT NULL DEFAULT '{}',
    enabled boolean NOT NULL,
    needs_coupon boolean NOT NULL,
    priority integer NOT NULL DEFAULT 0,
    exclusion_group text NOT NULL DEFAULT '',
    combines boolean NOT NULL,
    starts_at timestamptz,
    ends_at timestamptz,
    currency char(3) NOT NULL,
    conditions jsonb NOT NULL,
    actions jsonb NOT NULL,
    limit_total integer CHECK (limit_total > 0),
    limit_per_customer integer CHECK (limit_per_customer > 0),
    budget bigint CHECK (budget > 0),
    uses integer NOT NULL DEFAULT 0 CHECK (uses >= 0),
    spent bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, code),
    CONSTRAINT discounts_promotion_period_check CHECK (starts_at < ends_at)
);
CREATE TABLE discounts_coupon (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    promotion_id uuid NOT NULL,
    code text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9_-]{2,39}$'),
    limit_total integer CHECK (limit_total > 0),
    uses integer NOT NULL DEFAULT 0 CHECK (uses >= 0),
    enabled boolean NOT NULL DEFAULT true,
    batch_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, code),
    FOREIGN KEY (store_id, promotion_id) REFERENCES discounts_promotion (store_id, id) ON DELETE CASCADE
);
CREATE INDEX discounts_coupon_promotion ON discounts_coupon (store_id, promotion_id, id);
CREATE TABLE discounts_cart_coupon (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    cart_id uuid NOT NULL,
    coupon_id uuid NOT NULL,
    added_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, cart_id, coupon_id),
    FOREIGN KEY (store_id, coupon_id) REFERENCES discounts_coupon (store_id, id) ON DELETE CASCADE
);
CREATE TABLE discounts_person (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    promotion_id uuid NOT NULL,
    who text NOT NULL,
    uses integer NOT NULL CHECK (uses >= 0),
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, promotion_id, who),
    FOREIGN KEY (store_id, promotion_id) REFERENCES discounts_promotion (store_id, id) ON DELETE CASCADE
);
CREATE TABLE discounts_redemption (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    promotion_id uuid NOT NULL,
    coupon_id uuid,
    amount bigint NOT NULL CHECK (amount >= 0),
    people text[] NOT NULL,
    state text NOT NULL CHECK (state IN ('held', 'counted', 'released')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, order_id, promotion_id)
);
CREATE INDEX discounts_redemption_promotion ON discounts_redemption (store_id, promotion_id);
CREATE TABLE discounts_shown (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    active text[] NOT NULL,
    PRIMARY KEY (store_id, id)
);
"""
_NAMES = ("promotion", "coupon", "cart_coupon", "person", "redemption", "shown")


def upgrade() -> None:
    sql(_TABLES)
    for name in _NAMES:
        tenant_table(f"discounts_{name}")


def downgrade() -> None:
    sql(f"DROP TABLE {', '.join(f'discounts_{name}' for name in reversed(_NAMES))};")
