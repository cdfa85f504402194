# SPDX-License-Identifier: Apache-2.0
"""Transfers between locations, deliveries of suppliers, and what made a move."""

from shopwright.db.schema import sql, tenant_table

revision = "0003_transfers"
down_revision = "0002_selling_rules"

_MOVES = """
ALTER TABLE inventory_move
    ADD COLUMN reference_kind text,
    ADD COLUMN reference_id uuid,
    ADD CONSTRAINT inventory_move_reference_check CHECK (
        (reference_kind IS NULL) = (reference_id IS NULL) AND reference_kind <> '') NOT VALID;
CREATE INDEX inventory_move_reference ON inventory_move (store_id, reference_id)
    WHERE reference_id IS NOT NULL;
"""
_TRANSFERS = """
CREATE TABLE inventory_transfer (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    reference text NOT NULL DEFAULT '',
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'sent', 'received', 'cancelled')),
    note text NOT NULL DEFAULT '',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    closed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, from_id) REFERENCES inventory_location (store_id, id),
    FOREIGN KEY (store_id, to_id) REFERENCES inventory_location (store_id, id),
    CONSTRAINT inventory_transfer_places_check CHECK (from_id <> to_id),
    CONSTRAINT inventory_transfer_times_check CHECK (
        (state <> 'draft' OR sent_at IS NULL) AND (state NOT IN ('sent', 'received') OR sent_at IS NOT NULL)
        AND (state IN ('received', 'cancelled')) = (closed_at IS NOT NULL))
);
CREATE INDEX inventory_transfer_state ON inventory_transfer (store_id, state, id);
CREATE TABLE inventory_transfer_line (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    transfer_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    quantity integer NOT NULL,
    sent integer NOT NULL DEFAULT 0,
    received integer NOT NULL DEFAULT 0,
    written_off integer NOT NULL DEFAULT 0,
    brought_back integer NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, transfer_id, variant_id),
    FOREIGN KEY (store_id, transfer_id) REFERENCES inventory_transfer (store_id, id) ON DELETE CASCADE,
    FOREIGN KEY (store_id, variant_id) REFERENCES catalog_variant (store_id, id) ON DELETE CASCADE,
    CONSTRAINT inventory_transfer_line_quantity_check CHECK (quantity BETWEEN 1 AND 1000000),
    CONSTRAINT inventory_transfer_line_sent_check CHECK (sent IN (0, quantity)),
    CONSTRAINT inventory_transfer_line_arrived_check CHECK (
        received >= 0 AND written_off >= 0 AND brought_back >= 0
        AND received + written_off + brought_back <= sent)
);
CREATE INDEX inventory_transfer_line_variant ON inventory_transfer_line (store_id, variant_id);
CREATE TABLE inventory_write_off (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    line_id uuid NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    reason text NOT NULL CHECK (reason IN ('missing', 'damaged')),
    note text NOT NULL DEFAULT '',
    actor text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, line_id) REFERENCES inventory_transfer_line (store_id, id) ON DELETE CASCADE
);
CREATE INDEX inventory_write_off_line ON inventory_write_off (store_id, line_id);
"""
_DELIVERIES = """
CREATE TABLE inventory_delivery (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    reference text NOT NULL CHECK (reference <> ''),
    supplier text NOT NULL DEFAULT '',
    location_id uuid NOT NULL,
    expected_on date,
    state text NOT NULL DEFAULT 'expected' CHECK (state IN ('expected', 'received', 'cancelled')),
    note text NOT NULL DEFAULT '',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, location_id) REFERENCES inventory_location (store_id, id),
    CONSTRAINT inventory_delivery_times_check CHECK ((state <> 'expected') = (closed_at IS NOT NULL))
);
CREATE INDEX inventory_delivery_state ON inventory_delivery (store_id, state, id);
CREATE TABLE inventory_delivery_line (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    expected integer NOT NULL,
    received integer NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, delivery_id, variant_id),
    FOREIGN KEY (store_id, delivery_id) REFERENCES inventory_delivery (store_id, id) ON DELETE CASCADE,
    FOREIGN KEY (store_id, variant_id) REFERENCES catalog_variant (store_id, id) ON DELETE CASCADE,
    CONSTRAINT inventory_delivery_line_check CHECK (expected BETWEEN 0 AND 1000000 AND received >= 0)
);
CREATE INDEX inventory_delivery_line_variant ON inventory_delivery_line (store_id, variant_id);
"""
# One function for both: the transitions that a table allows are the argument of its trigger.
_TRANSITIONS = """
CREATE FUNCTION inventory_check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND position(OLD.state || '>' || NEW.state || ';' IN TG_ARGV[0]) = 0 THEN
        RAISE EXCEPTION '% % cannot go from % to %', TG_TABLE_NAME, OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inventory_transfer_transition BEFORE UPDATE ON inventory_transfer FOR EACH ROW
    EXECUTE FUNCTION inventory_check_transition('draft>sent;draft>cancelled;sent>received;sent>cancelled;');
CREATE TRIGGER inventory_delivery_transition BEFORE UPDATE ON inventory_delivery FOR EACH ROW
    EXECUTE FUNCTION inventory_check_transition('expected>received;expected>cancelled;');
"""


def upgrade() -> None:
    sql(_MOVES)
    sql(_TRANSFERS)
    sql(_DELIVERIES)
    sql(_TRANSITIONS)
    for name in ("transfer", "transfer_line", "delivery", "delivery_line"):
        tenant_table(f"inventory_{name}")
    tenant_table("inventory_write_off", append_only=True)


def downgrade() -> None:
    sql("""
    DROP TABLE inventory_delivery_line, inventory_delivery, inventory_write_off, inventory_transfer_line,
        inventory_transfer;
    DROP FUNCTION inventory_check_transition();
    DROP INDEX inventory_move_reference;
    ALTER TABLE inventory_move DROP COLUMN reference_kind, DROP COLUMN reference_id;
    """)
