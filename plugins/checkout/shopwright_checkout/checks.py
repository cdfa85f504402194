# SPDX-License-Identifier: Apache-2.0
"""The checkout's invariants for ``shopwright doctor``."""

from shopwright.doctor import DoctorCheck

# A line may be made of other things, which are then held besides what other lines hold of the same.
checks = [
    DoctorCheck(
        "checkout.lines",
        "I32",
        "No line of a cart is zero or negative",
        "SELECT id, 'quantity ' || quantity FROM checkout_cart_line WHERE quantity < 1",
    ),
    DoctorCheck(
        "checkout.placed",
        "I15",
        "Each placed cart has exactly one order",
        """
        SELECT c.id, count(o.id) || ' orders' FROM checkout_cart c
        LEFT JOIN orders_order o ON o.store_id = c.store_id AND o.cart_id = c.id
        WHERE c.status = 'placed' GROUP BY c.id HAVING count(o.id) <> 1
        UNION ALL
        SELECT o.id, 'the cart is open or gone' FROM orders_order o
        LEFT JOIN checkout_cart c ON c.store_id = o.store_id AND c.id = o.cart_id AND c.status = 'placed'
        WHERE c.id IS NULL
        """,
    ),
    DoctorCheck(
        "checkout.held",
        "I5",
        "A confirmed order holds its stock, a cancelled one none",
        """
        SELECT o.id, 'order ' || o.status || ', reservation ' || r.state
        FROM orders_order o JOIN inventory_reservation r ON r.store_id = o.store_id AND r.owner = o.id
        WHERE (o.status = 'cancelled' AND r.state <> 'released')
            OR (o.status = 'confirmed' AND r.state = 'active')
        UNION ALL
        SELECT l.order_id, 'wants ' || sum(l.quantity) || ', holds ' || coalesce(max(h.held), 0)
        FROM orders_line l JOIN orders_order o ON o.store_id = l.store_id AND o.id = l.order_id
        JOIN inventory_item i ON i.store_id = l.store_id AND i.id = l.variant_id AND i.tracked
        LEFT JOIN LATERAL (SELECT sum(r.quantity) AS held FROM inventory_reservation r
            WHERE r.store_id = l.store_id AND r.owner = l.order_id AND r.variant_id = l.variant_id
                AND r.state <> 'released') h ON true
        WHERE o.status = 'confirmed' AND l.stocked GROUP BY l.store_id, l.order_id, l.variant_id
        HAVING sum(l.quantity) > coalesce(max(h.held), 0) OR (sum(l.quantity) < max(h.held) AND NOT EXISTS (
            SELECT 1 FROM orders_line b WHERE b.store_id = l.store_id AND b.order_id = l.order_id AND b.stocked
                AND b.kind NOT IN ('', 'catalog.physical')))
        """,
        "Look at the order: its stock may have to be counted or the order cancelled.",
    ),
]
