# SPDX-License-Identifier: Apache-2.0
"""Keep beside each product of a category what listings are ordered by, so that a page of a big one costs no more."""

from shopwright.db.schema import sql

revision = "0004_category_order"
down_revision = "0003_renditions"


def upgrade() -> None:
    sql("""
    ALTER TABLE catalog_category_product ADD COLUMN listed boolean NOT NULL DEFAULT false,
        ADD COLUMN featured integer NOT NULL DEFAULT 0, ADD COLUMN price bigint NOT NULL DEFAULT 0,
        ADD COLUMN title text NOT NULL DEFAULT '';
    UPDATE catalog_category_product cp SET listed = p.published, featured = p.position, price = p.price_min,
        title = p.title FROM catalog_product p WHERE p.store_id = cp.store_id AND p.id = cp.product_id;
    CREATE INDEX catalog_category_product_featured
        ON catalog_category_product (store_id, category_id, featured, product_id) WHERE listed;
    CREATE INDEX catalog_category_product_newest
        ON catalog_category_product (store_id, category_id, product_id) WHERE listed;
    CREATE INDEX catalog_category_product_price
        ON catalog_category_product (store_id, category_id, price, product_id) WHERE listed;
    CREATE INDEX catalog_category_product_title
        ON catalog_category_product (store_id, category_id, title, product_id) WHERE listed;
    CREATE FUNCTION catalog_read_order() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        SELECT p.published, p.position, p.price_min, p.title INTO NEW.listed, NEW.featured, NEW.price, NEW.title
        FROM catalog_product p WHERE p.store_id = NEW.store_id AND p.id = NEW.product_id;
        RETURN NEW;
    END $$;
    CREATE TRIGGER catalog_category_product_order BEFORE INSERT ON catalog_category_product
        FOR EACH ROW EXECUTE FUNCTION catalog_read_order();
    CREATE FUNCTION catalog_tell_order() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE catalog_category_product SET listed = NEW.published, featured = NEW.position, price = NEW.price_min,
            title = NEW.title WHERE store_id = NEW.store_id AND product_id = NEW.id;
        RETURN NULL;
    END $$;
    CREATE TRIGGER catalog_product_order AFTER UPDATE ON catalog_product FOR EACH ROW
        WHEN ((OLD.published, OLD.position, OLD.price_min, OLD.title)
            IS DISTINCT FROM (NEW.published, NEW.position, NEW.price_min, NEW.title))
        EXECUTE FUNCTION catalog_tell_order();
    """)


def downgrade() -> None:
    sql("""
    DROP TRIGGER catalog_product_order ON catalog_product;
    DROP TRIGGER catalog_category_product_order ON catalog_category_product;
    DROP FUNCTION catalog_tell_order();
    DROP FUNCTION catalog_read_order();
    ALTER TABLE catalog_category_product DROP COLUMN listed, DROP COLUMN featured, DROP COLUMN price,
        DROP COLUMN title;
    """)
