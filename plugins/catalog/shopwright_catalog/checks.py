# SPDX-License-Identifier: Apache-2.0
"""The catalogue's invariants for ``shopwright doctor``."""

from shopwright.doctor import DoctorCheck

checks = [
    DoctorCheck(
        "catalog.prices",
        "C1",
        "A product's price range is that of its variants",
        """
        SELECT p.id, p.price_min || ' to ' || p.price_max FROM catalog_product p
        JOIN catalog_variant v ON v.store_id = p.store_id AND v.product_id = p.id AND NOT v.archived
        WHERE NOT p.archived GROUP BY p.id, p.price_min, p.price_max
        HAVING min(v.price) <> p.price_min OR max(v.price) <> p.price_max
        """,
        "Save the product again in the admin.",
    ),
    DoctorCheck(
        "catalog.variants",
        "C2",
        "A product has a variant",
        """
        SELECT p.id, p.handle FROM catalog_product p WHERE NOT p.archived AND NOT EXISTS (SELECT 1 FROM catalog_variant v
            WHERE v.store_id = p.store_id AND v.product_id = p.id AND NOT v.archived)
        """,
        "Give the product a variant in the admin, or take it away.",
    ),
    DoctorCheck(
        "catalog.tree",
        "C3",
        "A product is in all that is above its categories, and nowhere else",
        """
        WITH RECURSIVE up AS (
            SELECT cp.store_id, cp.product_id, cp.category_id AS id FROM catalog_category_product cp WHERE cp.direct
            UNION
            SELECT up.store_id, up.product_id, c.parent_id FROM up
            JOIN catalog_category c ON c.store_id = up.store_id AND c.id = up.id AND c.parent_id IS NOT NULL
        )
        SELECT coalesce(up.product_id, cp.product_id),
            CASE WHEN up.id IS NULL THEN 'in ' || cp.category_id ELSE 'not in ' || up.id END
        FROM up FULL JOIN catalog_category_product cp
            ON cp.store_id = up.store_id AND cp.product_id = up.product_id AND cp.category_id = up.id
        WHERE up.id IS NULL OR cp.category_id IS NULL
        """,
        "Save the category again with another parent, and back.",
    ),
]
