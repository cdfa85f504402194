# SPDX-License-Identifier: Apache-2.0
"""Orders, their lines, taxes, payments, ledger and history."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLES = """
CREATE TABLE orders_counter (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (store_id, id)
);
CREATE TABLE orders_order (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    number text NOT NULL,
    sequence bigint NOT NULL,
    cart_id uuid NOT NULL,
    customer_id uuid,
    email citext NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'confirmed', 'completed', 'cancelled')),
    payment_status text NOT NULL CHECK (payment_status IN
        ('pending', 'authorized', 'paid', 'declined', 'unknown', 'voided', 'refunded', 'offline')),
    payment_method text NOT NULL,
    payment_message text NOT NULL DEFAULT '',
    currency char(3) NOT NULL,
    locale text NOT NULL,
    prices_include_tax boolean NOT NULL,
    shipping_address jsonb NOT NULL,
    billing_address jsonb NOT NULL,
    shipping_code text NOT NULL,
    shipping_label text NOT NULL,
    subtotal bigint NOT NULL CHECK (subtotal >= 0),
    discount bigint NOT NULL CHECK (discount >= 0),
    shipping bigint NOT NULL CHECK (shipping >= 0),
    shipping_tax bigint NOT NULL CHECK (shipping_tax >= 0),
    fees bigint NOT NULL CHECK (fees >= 0),
    tax bigint NOT NULL CHECK (tax >= 0),
    total bigint NOT NULL CHECK (total >= 0),
    provenance jsonb NOT NULL,
    note text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    placed_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, cart_id),
    UNIQUE (store_id, number),
    UNIQUE (store_id, sequence),
    UNIQUE (store_id, id, currency),
    CONSTRAINT orders_order_discount_within_subtotal_check CHECK (discount <= subtotal),
    CONSTRAINT orders_order_total_adds_up_check CHECK (
        total = subtotal - discount + shipping + fees + CASE WHEN prices_include_tax THEN 0 ELSE tax END),
    CONSTRAINT orders_order_confirmed_check CHECK (
        status NOT IN ('confirmed', 'completed')
        OR payment_status IN ('authorized', 'paid', 'offline', 'refunded', 'voided'))
);
CREATE INDEX orders_order_placed ON orders_order (store_id, placed_at DESC, id DESC);
CREATE INDEX orders_order_customer ON orders_order (store_id, customer_id, placed_at DESC)
    WHERE customer_id IS NOT NULL;
CREATE INDEX orders_order_email ON orders_order (store_id, email);
CREATE INDEX orders_order_open ON orders_order (store_id, placed_at) WHERE status = 'pending';
CREATE TABLE orders_line (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    position integer NOT NULL,
    variant_id uuid NOT NULL,
    product_id uuid NOT NULL,
    sku text NOT NULL,
    title text NOT NULL,
    variant_title text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    unit_price bigint NOT NULL CHECK (unit_price >= 0),
    discount bigint NOT NULL CHECK (discount >= 0),
    tax bigint NOT NULL CHECK (tax >= 0),
    total bigint NOT NULL CHECK (total >= 0),
    requires_shipping boolean NOT NULL,
    picture_src text NOT NULL DEFAULT '',
    provenance jsonb NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, order_id, position),
    FOREIGN KEY (store_id, order_id) REFERENCES orders_order (store_id, id),
    CONSTRAINT orders_line_total_adds_up_check CHECK (total = unit_price * quantity - discount)
);
CREATE INDEX orders_line_variant ON orders_line (store_id, variant_id);
CREATE TABLE orders_tax_line (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    position integer NOT NULL,
    label text NOT NULL,
    rate_ppm integer NOT NULL CHECK (rate_ppm >= 0),
    base bigint NOT NULL,
    amount bigint NOT NULL,
    provenance jsonb NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, order_id, position),
    FOREIGN KEY (store_id, order_id) REFERENCES orders_order (store_id, id)
);
CREATE TABLE orders_payment (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    method text NOT NULL,
    status text NOT NULL CHECK (status IN
        ('pending', 'authorized', 'paid', 'declined', 'unknown', 'voided', 'refunded', 'offline')),
    currency char(3) NOT NULL,
    amount bigint NOT NULL CHECK (amount >= 0),
    authorized bigint NOT NULL DEFAULT 0,
    captured bigint NOT NULL DEFAULT 0,
    refunded bigint NOT NULL DEFAULT 0,
    idempotency_key text NOT NULL,
    reference text NOT NULL DEFAULT '',
    message text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, idempotency_key),
    FOREIGN KEY (store_id, order_id, currency) REFERENCES orders_order (store_id, id, currency),
    CONSTRAINT orders_payment_amounts_check CHECK (
        0 <= refunded AND refunded <= captured AND captured <= authorized AND authorized <= amount),
    CONSTRAINT orders_payment_voided_check CHECK (status <> 'voided' OR captured = 0)
);
CREATE UNIQUE INDEX orders_payment_reference ON orders_payment (store_id, method, reference)
    WHERE reference <> '';
CREATE INDEX orders_payment_order ON orders_payment (store_id, order_id);
CREATE TABLE orders_payment_entry (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    payment_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('authorize', 'capture', 'void', 'refund', 'decline', 'unknown', 'offline')),
    amount bigint NOT NULL CHECK (amount >= 0),
    reference text NOT NULL DEFAULT '',
    raw jsonb NOT NULL DEFAULT '{}',
    actor text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, payment_id) REFERENCES orders_payment (store_id, id)
);
CREATE INDEX orders_payment_entry_payment ON orders_payment_entry (store_id, payment_id);
CREATE TABLE orders_history (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    order_id uuid NOT NULL,
    kind text NOT NULL,
    from_status text NOT NULL DEFAULT '',
    to_status text NOT NULL DEFAULT '',
    text text NOT NULL DEFAULT '',
    actor text NOT NULL,
    plugin text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, order_id) REFERENCES orders_order (store_id, id)
);
CREATE INDEX orders_history_order ON orders_history (store_id, order_id, id);
"""

_TRANSITIONS = """
CREATE FUNCTION orders_check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('pending', 'confirmed'), ('pending', 'cancelled'),
        ('confirmed', 'completed'), ('confirmed', 'cancelled')) THEN
        RAISE EXCEPTION 'order % cannot go from % to %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_order_transition';
    END IF;
    IF NEW.version <> OLD.version + 1 THEN
        RAISE EXCEPTION 'order % was changed without a new version', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_order_version';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_order_transition BEFORE UPDATE ON orders_order
    FOR EACH ROW EXECUTE FUNCTION orders_check_transition();
CREATE FUNCTION orders_check_payment_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
        ('pending', 'authorized'), ('pending', 'paid'), ('pending', 'declined'), ('pending', 'unknown'),
        ('pending', 'offline'), ('unknown', 'authorized'), ('unknown', 'paid'), ('unknown', 'declined'),
        ('unknown', 'offline'), ('authorized', 'paid'), ('authorized', 'voided'), ('offline', 'paid'),
        ('offline', 'voided'), ('paid', 'refunded')) THEN
        RAISE EXCEPTION 'payment % cannot go from % to %', OLD.id, OLD.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_payment_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_payment_transition BEFORE UPDATE ON orders_payment
    FOR EACH ROW EXECUTE FUNCTION orders_check_payment_transition();
"""


def upgrade() -> None:
    sql(_TABLES)
    for name in ("orders_counter", "orders_order", "orders_payment"):
        tenant_table(name)
    for name in ("orders_line", "orders_tax_line", "orders_payment_entry", "orders_history"):
        tenant_table(name, append_only=True)
    sql(_TRANSITIONS)


def downgrade() -> None:
    sql("""
    DROP TABLE orders_history, orders_payment_entry, orders_payment, orders_tax_line, orders_line,
        orders_order, orders_counter;
    DROP FUNCTION orders_check_transition();
    DROP FUNCTION orders_check_payment_transition();
    """)
