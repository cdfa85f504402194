# SPDX-License-Identifier: Apache-2.0
"""Tags and option values of products, one a row: listings are filtered by them with an index, and count them.

An index on the arrays themselves would not be used under row-level security, whose rows only equality may find.
"""

from shopwright.db.schema import TENANT, for_each_store, sql, tenant_table

revision = "0011_facet_values"
down_revision = "0010_last_changed"

# A colon ends the name of a filter, so a name with one cannot be asked for.
_VALUES = """
SELECT DISTINCT p.store_id, p.id AS product_id, x.key, x.value
FROM catalog_product p CROSS JOIN LATERAL (
    SELECT 'tag' AS key, t.value FROM unnest(p.tags) AS t (value)
    UNION
    SELECT 'option.' || o.name, v.options[o.place]
    FROM unnest(p.option_names) WITH ORDINALITY AS o (name, place)
    JOIN catalog_variant v ON v.store_id = p.store_id AND v.product_id = p.id AND NOT v.archived
    WHERE strpos(o.name, ':') = 0
) AS x WHERE x.value <> '' AND {which}
"""


def upgrade() -> None:
    values = _VALUES.format(which="p.store_id = store AND p.id = ANY(products)")
    sql(f"""
    CREATE TABLE catalog_facet_value (
        store_id uuid NOT NULL,
        product_id uuid NOT NULL,
        key text NOT NULL,
        value text NOT NULL,
        PRIMARY KEY (store_id, key, value, product_id),
        FOREIGN KEY (store_id, product_id) REFERENCES catalog_product (store_id, id) ON DELETE CASCADE
    );
    CREATE INDEX catalog_facet_value_product ON catalog_facet_value (store_id, product_id);
    CREATE FUNCTION catalog_write_facets(store uuid, products uuid[]) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM catalog_facet_value f WHERE f.store_id = store AND f.product_id = ANY(products)
            AND NOT EXISTS (SELECT 1 FROM ({values}) w
                WHERE w.product_id = f.product_id AND w.key = f.key AND w.value = f.value);
        INSERT INTO catalog_facet_value (store_id, product_id, key, value) {values} ON CONFLICT DO NOTHING;
    END $$;
    CREATE FUNCTION catalog_facets_added() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- What is new adds values and takes none away, so nothing else of the product is looked at.
        INSERT INTO catalog_facet_value (store_id, product_id, key, value)
        SELECT DISTINCT n.store_id, n.product_id, 'option.' || o.name, n.options[o.place]
        FROM added n JOIN catalog_product p ON p.store_id = n.store_id AND p.id = n.product_id
        CROSS JOIN LATERAL unnest(p.option_names) WITH ORDINALITY AS o (name, place)
        WHERE NOT n.archived AND strpos(o.name, ':') = 0 AND n.options[o.place] <> '' ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
    CREATE FUNCTION catalog_facets_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM catalog_write_facets(n.store_id, array_agg(DISTINCT n.product_id))
        FROM added n JOIN gone o ON o.store_id = n.store_id AND o.id = n.id
        WHERE (o.options, o.archived) IS DISTINCT FROM (n.options, n.archived) GROUP BY n.store_id;
        RETURN NULL;
    END $$;
    CREATE FUNCTION catalog_facets_gone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM catalog_write_facets(o.store_id, array_agg(DISTINCT o.product_id)) FROM gone o
        GROUP BY o.store_id HAVING bool_or(o.options <> '{{}}');
        RETURN NULL;
    END $$;
    CREATE FUNCTION catalog_facets_named() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM catalog_write_facets(NEW.store_id, ARRAY[NEW.id]);
        RETURN NULL;
    END $$;
    CREATE FUNCTION catalog_facets_tagged() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO catalog_facet_value (store_id, product_id, key, value)
        SELECT DISTINCT n.store_id, n.id, 'tag', t.value FROM added n CROSS JOIN unnest(n.tags) AS t (value)
        WHERE t.value <> '' ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
    CREATE TRIGGER catalog_variant_facets_added AFTER INSERT ON catalog_variant REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION catalog_facets_added();
    CREATE TRIGGER catalog_variant_facets_changed AFTER UPDATE ON catalog_variant
        REFERENCING OLD TABLE AS gone NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION catalog_facets_changed();
    CREATE TRIGGER catalog_variant_facets_gone AFTER DELETE ON catalog_variant REFERENCING OLD TABLE AS gone
        FOR EACH STATEMENT EXECUTE FUNCTION catalog_facets_gone();
    CREATE TRIGGER catalog_product_facets_added AFTER INSERT ON catalog_product REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION catalog_facets_tagged();
    CREATE TRIGGER catalog_product_facets_changed AFTER UPDATE OF tags, option_names ON catalog_product FOR EACH ROW
        WHEN ((OLD.tags, OLD.option_names) IS DISTINCT FROM (NEW.tags, NEW.option_names))
        EXECUTE FUNCTION catalog_facets_named();
    """)
    tenant_table("catalog_facet_value")
    mine = _VALUES.format(which=f"p.store_id = {TENANT}")
    for_each_store(f"INSERT INTO catalog_facet_value (store_id, product_id, key, value) {mine}")


def downgrade() -> None:
    sql("""
    DROP TRIGGER catalog_product_facets_changed ON catalog_product;
    DROP TRIGGER catalog_product_facets_added ON catalog_product;
    DROP TRIGGER catalog_variant_facets_gone ON catalog_variant;
    DROP TRIGGER catalog_variant_facets_changed ON catalog_variant;
    DROP TRIGGER catalog_variant_facets_added ON catalog_variant;
    DROP FUNCTION catalog_facets_tagged();
    DROP FUNCTION catalog_facets_named();
    DROP FUNCTION catalog_facets_gone();
    DROP FUNCTION catalog_facets_changed();
    DROP FUNCTION catalog_facets_added();
    DROP FUNCTION catalog_write_facets(uuid, uuid[]);
    DROP TABLE catalog_facet_value;
    """)
