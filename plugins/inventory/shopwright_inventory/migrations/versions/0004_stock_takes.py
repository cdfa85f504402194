# SPDX-License-Identifier: Apache-2.0
"""Stock-takes with their lines, and files of stock that were taken in."""

from shopwright.db.schema import sql, tenant_table

revision = "0004_stock_takes"
down_revision = "0003_transfers"

_STOCK_TAKES = """
CREATE TABLE inventory_stock_take (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    location_id uuid NOT NULL,
    scope text NOT NULL CHECK (scope IN ('location', 'catalogue', 'category', 'collection', 'skus')),
    handle text NOT NULL DEFAULT '',
    blind boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'counting' CHECK (state IN ('counting', 'applying', 'applied', 'cancelled')),
    total integer NOT NULL DEFAULT 0,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, location_id) REFERENCES inventory_location (store_id, id),
    CONSTRAINT inventory_stock_take_times_check CHECK (
        (state IN ('applied', 'cancelled')) = (closed_at IS NOT NULL))
);
CREATE INDEX inventory_stock_take_state ON inventory_stock_take (store_id, state, id);
CREATE TRIGGER inventory_stock_take_transition BEFORE UPDATE ON inventory_stock_take FOR EACH ROW
    EXECUTE FUNCTION inventory_check_transition(
        'counting>applying;applying>counting;applying>applied;counting>cancelled;');
"""
# What was counted and what was on hand then belong together: the difference is of these two, whatever moves later.
_LINES = """
CREATE TABLE inventory_stock_take_line (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    stock_take_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    position integer NOT NULL,
    counted integer,
    on_hand integer,
    difference integer GENERATED ALWAYS AS (counted - on_hand) STORED,
    counted_by text,
    counted_at timestamptz,
    held integer,
    applied_at timestamptz,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, stock_take_id, variant_id),
    UNIQUE (store_id, stock_take_id, position),
    FOREIGN KEY (store_id, stock_take_id) REFERENCES inventory_stock_take (store_id, id) ON DELETE CASCADE,
    FOREIGN KEY (store_id, variant_id) REFERENCES catalog_variant (store_id, id) ON DELETE CASCADE,
    CONSTRAINT inventory_stock_take_line_numbers_check CHECK (
        counted BETWEEN 0 AND 1000000000 AND on_hand >= 0 AND held >= 0),
    CONSTRAINT inventory_stock_take_line_counted_check CHECK (
        num_nulls(counted, on_hand, counted_by, counted_at) IN (0, 4)
        AND (applied_at IS NULL OR counted IS NOT NULL AND held IS NULL))
);
CREATE INDEX inventory_stock_take_line_variant ON inventory_stock_take_line (store_id, variant_id);
"""
_FILES = """
CREATE TABLE inventory_file (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    state text NOT NULL CHECK (state IN ('waiting', 'finished', 'refused', 'failed')),
    content text NOT NULL DEFAULT '',
    total integer NOT NULL DEFAULT 0,
    done integer NOT NULL DEFAULT 0,
    changed integer NOT NULL DEFAULT 0,
    problems jsonb NOT NULL DEFAULT '[]',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    PRIMARY KEY (store_id, id),
    CONSTRAINT inventory_file_times_check CHECK ((state = 'waiting') = (closed_at IS NULL)),
    CONSTRAINT inventory_file_numbers_check CHECK (done BETWEEN 0 AND total AND changed >= 0)
);
"""


def upgrade() -> None:
    sql(_STOCK_TAKES)
    sql(_LINES)
    sql(_FILES)
    for name in ("stock_take", "stock_take_line", "file"):
        tenant_table(f"inventory_{name}")


def downgrade() -> None:
    sql("DROP TABLE inventory_file, inventory_stock_take_line, inventory_stock_take;")
