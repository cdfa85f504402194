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
]
