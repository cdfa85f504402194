# SPDX-License-Identifier: Apache-2.0
"""Numbers and dates of the index as numbers too: listings are filtered by ranges of them with an index.

Comparing ``numeric`` is not leak-proof, so an index of it would not be used under row-level security; that of floating
numbers is. A day is counted as if months had 31 days: what counts is the order, and no text can be no date.
"""

from shopwright.db.schema import sql

revision = "0002_ranges"
down_revision = "0001_initial"


def upgrade() -> None:
    sql(r"""
    CREATE FUNCTION custom_fields_number(value text) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
        SELECT CASE
            WHEN value ~ '^-?[0-9]{1,16}(\.[0-9]{1,6})?$' THEN value::double precision
            WHEN value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN 86400.0
                * (left(value, 4)::integer * 372 + substr(value, 6, 2)::integer * 31 + substr(value, 9, 2)::integer)
            WHEN value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$' THEN 86400.0
                * (left(value, 4)::integer * 372 + substr(value, 6, 2)::integer * 31 + substr(value, 9, 2)::integer)
                + substr(value, 12, 2)::integer * 3600 + substr(value, 15, 2)::integer * 60
                + rtrim(substr(value, 18), 'Z')::double precision
        END
    $$;
    ALTER TABLE custom_fields_index
        ADD COLUMN number double precision GENERATED ALWAYS AS (custom_fields_number(value)) STORED;
    CREATE INDEX custom_fields_index_number ON custom_fields_index (store_id, entity, key, number, entity_id)
        WHERE number IS NOT NULL;
    """)


def downgrade() -> None:
    sql("ALTER TABLE custom_fields_index DROP COLUMN number; DROP FUNCTION custom_fields_number(text);")
