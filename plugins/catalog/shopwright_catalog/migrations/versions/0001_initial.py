# SPDX-License-Identifier: Apache-2.0
"""Products, variants, images and categories."""

from shopwright.db.schema import sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLES = """
CREATE TABLE catalog_product (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    handle text NOT NULL CHECK (handle <> ''),
    title text NOT NULL CHECK (title <> ''),
    description_html text NOT NULL DEFAULT '',
    vendor text NOT NULL DEFAULT '',
    product_type text NOT NULL DEFAULT '',
    tags text[] NOT NULL DEFAULT '{}',
    published boolean NOT NULL,
    archived boolean NOT NULL DEFAULT false CHECK (NOT (archived AND published)),
    seo_title text NOT NULL DEFAULT '',
    seo_description text NOT NULL DEFAULT '',
    option_names text[] NOT NULL DEFAULT '{}',
    position integer NOT NULL DEFAULT 0,
    price_min bigint NOT NULL,
    price_max bigint NOT NULL,
    translations jsonb NOT NULL DEFAULT '{}',
    fingerprint text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, handle),
    CONSTRAINT catalog_product_prices_check CHECK (0 <= price_min AND price_min <= price_max)
);
CREATE INDEX catalog_product_featured ON catalog_product (store_id, position, id) WHERE published;
CREATE INDEX catalog_product_newest ON catalog_product (store_id, id) WHERE published;
CREATE INDEX catalog_product_price ON catalog_product (store_id, price_min, id) WHERE published;
CREATE INDEX catalog_product_title ON catalog_product (store_id, title, id) WHERE published;
CREATE TABLE catalog_image (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    position integer NOT NULL,
    source text NOT NULL,
    alt text NOT NULL DEFAULT '',
    width integer NOT NULL DEFAULT 0,
    height integer NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, product_id, source),
    FOREIGN KEY (store_id, product_id) REFERENCES catalog_product (store_id, id) ON DELETE CASCADE
);
CREATE INDEX catalog_image_product ON catalog_image (store_id, product_id, position);
CREATE TABLE catalog_variant (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    position integer NOT NULL,
    sku text NOT NULL DEFAULT '',
    barcode text NOT NULL DEFAULT '',
    options text[] NOT NULL DEFAULT '{}',
    price bigint NOT NULL CHECK (price >= 0),
    compare_at bigint CHECK (compare_at >= 0),
    weight_grams integer NOT NULL DEFAULT 0 CHECK (weight_grams >= 0),
    requires_shipping boolean NOT NULL DEFAULT true,
    taxable boolean NOT NULL DEFAULT true,
    tax_category text NOT NULL DEFAULT 'standard',
    image_source text NOT NULL DEFAULT '',
    archived boolean NOT NULL DEFAULT false,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (store_id, id),
    FOREIGN KEY (store_id, product_id) REFERENCES catalog_product (store_id, id) ON DELETE CASCADE
);
CREATE INDEX catalog_variant_product ON catalog_variant (store_id, product_id, position) WHERE NOT archived;
CREATE INDEX catalog_variant_sku ON catalog_variant (store_id, sku) WHERE sku <> '';
CREATE UNIQUE INDEX catalog_variant_options ON catalog_variant (store_id, product_id, options)
    WHERE NOT archived;
CREATE TABLE catalog_category (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    parent_id uuid,
    handle text NOT NULL CHECK (handle <> ''),
    title text NOT NULL CHECK (title <> ''),
    description text NOT NULL DEFAULT '',
    image_source text NOT NULL DEFAULT '',
    image_alt text NOT NULL DEFAULT '',
    position integer NOT NULL DEFAULT 0,
    visible boolean NOT NULL DEFAULT true,
    translations jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, handle),
    FOREIGN KEY (store_id, parent_id) REFERENCES catalog_category (store_id, id)
);
CREATE TABLE catalog_category_product (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    category_id uuid NOT NULL,
    product_id uuid NOT NULL,
    position integer NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, category_id, product_id),
    FOREIGN KEY (store_id, category_id) REFERENCES catalog_category (store_id, id) ON DELETE CASCADE,
    FOREIGN KEY (store_id, product_id) REFERENCES catalog_product (store_id, id) ON DELETE CASCADE
);
CREATE INDEX catalog_category_product_product ON catalog_category_product (store_id, product_id);
"""


def upgrade() -> None:
    sql(_TABLES)
    for name in ("product", "image", "variant", "category", "category_product"):
        tenant_table(f"catalog_{name}", definer_reads=name == "product")


def downgrade() -> None:
    sql("""
    DROP TABLE catalog_category_product, catalog_category, catalog_variant, catalog_image, catalog_product;
    """)
