# SPDX-License-Identifier: Apache-2.0
"""For migrations of plugins whose things have pages: a table of the names things have in any language."""

from shopwright.db.schema import TENANT, for_each_store, sql, tenant_table

_NAMES = """
SELECT {row}.handle AS handle UNION SELECT t.value ->> 'handle' FROM jsonb_each({row}.translations) t
WHERE coalesce(t.value ->> 'handle', '') <> ''
"""


def handle_table(thing: str) -> None:
    """Make ``<thing>_handle``: each handle of the store with the one thing that has it, in whatever language.

    Triggers keep it with the rows of ``thing``, which has the columns ``store_id``, ``id``, ``handle`` and
    ``translations`` (by locale, with ``handle`` where a language has one of its own).
    """
    sql(f"""
    CREATE TABLE {thing}_handle (
        store_id uuid NOT NULL REFERENCES kernel_store (id),
        handle text NOT NULL,
        thing_id uuid NOT NULL,
        PRIMARY KEY (store_id, handle)
    );
    CREATE FUNCTION {thing}_name() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO {thing}_handle (store_id, handle, thing_id)
        SELECT n.store_id, x.handle, n.id FROM added n CROSS JOIN LATERAL ({_NAMES.format(row="n")}) AS x;
        RETURN NULL;
    END $$;
    CREATE TRIGGER {thing}_named AFTER INSERT ON {thing} REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION {thing}_name();
    CREATE FUNCTION {thing}_rename() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        before text[] := ARRAY({_NAMES.format(row="OLD")});
        after text[] := '{{}}';
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            after := ARRAY({_NAMES.format(row="NEW")});
        END IF;
        DELETE FROM {thing}_handle h WHERE h.store_id = OLD.store_id AND h.thing_id = OLD.id
            AND h.handle = ANY(before) AND h.handle <> ALL(after);
        INSERT INTO {thing}_handle (store_id, handle, thing_id)
        SELECT OLD.store_id, x, OLD.id FROM unnest(after) AS x WHERE x <> ALL(before);
        RETURN NULL;
    END $$;
    CREATE TRIGGER {thing}_renamed AFTER UPDATE OF handle, translations ON {thing} FOR EACH ROW
        WHEN ((OLD.handle, OLD.translations) IS DISTINCT FROM (NEW.handle, NEW.translations))
        EXECUTE FUNCTION {thing}_rename();
    CREATE TRIGGER {thing}_unnamed AFTER DELETE ON {thing} FOR EACH ROW EXECUTE FUNCTION {thing}_rename();
    """)
    tenant_table(f"{thing}_handle")
    # Whoever migrates may see rows of all stores, where search functions do.
    for_each_store(f"""
    INSERT INTO {thing}_handle (store_id, handle, thing_id)
    SELECT p.store_id, x.handle, p.id FROM {thing} p CROSS JOIN LATERAL ({_NAMES.format(row="p")}) AS x
    WHERE p.store_id = {TENANT};
    """)


def drop_handle_table(thing: str) -> None:
    """Undo ``handle_table``."""
    sql(f"""
    DROP TRIGGER {thing}_unnamed ON {thing};
    DROP TRIGGER {thing}_renamed ON {thing};
    DROP TRIGGER {thing}_named ON {thing};
    DROP FUNCTION {thing}_rename();
    DROP FUNCTION {thing}_name();
    DROP TABLE {thing}_handle;
    """)
