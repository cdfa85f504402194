# SPDX-License-Identifier: Apache-2.0
"""Locations, levels, the ledger of moves, and reservations."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLES = """
CREATE TABLE inventory_location (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    code text NOT NULL CHECK (code <> ''),
    name text NOT NULL,
    priority integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, code)
);
CREATE TABLE inventory_item (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    tracked boolean NOT NULL,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, id) REFERENCES catalog_variant (store_id, id) ON DELETE CASCADE
);
CREATE TABLE inventory_level (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    variant_id uuid NOT NULL,
    location_id uuid NOT NULL,
    on_hand integer NOT NULL DEFAULT 0,
    reserved integer NOT NULL DEFAULT 0,
    allocated integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, variant_id, location_id),
    FOREIGN KEY (store_id, variant_id) REFERENCES inventory_item (store_id, id) ON DELETE CASCADE,
    FOREIGN KEY (store_id, location_id) REFERENCES inventory_location (store_id, id),
    CONSTRAINT inventory_level_on_hand_check CHECK (on_hand >= 0),
    CONSTRAINT inventory_level_held_check CHECK (
        reserved >= 0 AND allocated >= 0 AND reserved + allocated <= on_hand)
);
CREATE TABLE inventory_move (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    variant_id uuid NOT NULL,
    location_id uuid NOT NULL,
    quantity integer NOT NULL CHECK (quantity <> 0),
    reason text NOT NULL CHECK (reason IN ('received', 'counted', 'adjusted', 'returned', 'shipped', 'damaged')),
    note text NOT NULL DEFAULT '',
    actor text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, location_id) REFERENCES inventory_location (store_id, id)
);
CREATE INDEX inventory_move_variant ON inventory_move (store_id, variant_id, location_id, id);
CREATE TABLE inventory_reservation (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    owner uuid NOT NULL,
    variant_id uuid NOT NULL,
    location_id uuid NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'claimed', 'released')),
    reason text NOT NULL DEFAULT '',
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, variant_id, location_id)
        REFERENCES inventory_level (store_id, variant_id, location_id)
);
CREATE INDEX inventory_reservation_owner ON inventory_reservation (store_id, owner);
CREATE UNIQUE INDEX inventory_reservation_held ON inventory_reservation (store_id, owner, variant_id, location_id)
    WHERE state <> 'released';
CREATE INDEX inventory_reservation_due ON inventory_reservation (store_id, expires_at) WHERE state = 'active';
CREATE FUNCTION inventory_check_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('active', 'claimed'), ('active', 'released'), ('claimed', 'released')) THEN
        RAISE EXCEPTION 'reservation % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inventory_reservation_transition BEFORE UPDATE ON inventory_reservation
    FOR EACH ROW EXECUTE FUNCTION inventory_check_reservation();
"""


def upgrade() -> None:
    sql(_TABLES)
    for name in ("location", "item", "level", "reservation"):
        tenant_table(f"inventory_{name}")
    tenant_table("inventory_move", append_only=True)


def downgrade() -> None:
    sql("""
    DROP TABLE inventory_reservation, inventory_move, inventory_level, inventory_item, inventory_location;
    DROP FUNCTION inventory_check_reservation();
    """)
