# SPDX-License-Identifier: Apache-2.0
"""The inventory's invariants for ``shopwright doctor``."""

from shopwright.doctor import DoctorCheck

checks = [
    DoctorCheck(
        "inventory.on_hand",
        "I1",
        "What is on hand is the sum of its moves",
        """
        SELECT l.id, 'on hand ' || l.on_hand || ', moves ' || coalesce(sum(m.quantity), 0)
        FROM inventory_level l LEFT JOIN inventory_move m ON m.store_id = l.store_id
            AND m.variant_id = l.variant_id AND m.location_id = l.location_id
        GROUP BY l.store_id, l.id, l.on_hand HAVING l.on_hand <> coalesce(sum(m.quantity), 0)
        """,
        "Count the item at that location: the count writes the missing move.",
    ),
    DoctorCheck(
        "inventory.not_negative",
        "I2",
        "Nothing on hand is below zero",
        "SELECT id, 'on hand ' || on_hand FROM inventory_level WHERE on_hand < 0",
    ),
    DoctorCheck(
        "inventory.reserved",
        "I3",
        "What is reserved and allocated is the sum of its reservations",
        """
        SELECT l.id, 'reserved ' || l.reserved || ' of ' || coalesce(sum(r.quantity)
                FILTER (WHERE r.state = 'active'), 0)
            || ', allocated ' || l.allocated || ' of ' || coalesce(sum(r.quantity)
                FILTER (WHERE r.state = 'claimed'), 0)
        FROM inventory_level l LEFT JOIN inventory_reservation r ON r.store_id = l.store_id
            AND r.variant_id = l.variant_id AND r.location_id = l.location_id
        GROUP BY l.store_id, l.id, l.reserved, l.allocated, l.on_hand, l.backorder
        HAVING l.reserved <> coalesce(sum(r.quantity) FILTER (WHERE r.state = 'active'), 0)
            OR l.allocated <> coalesce(sum(r.quantity) FILTER (WHERE r.state = 'claimed'), 0)
            OR l.reserved + l.allocated > l.on_hand + l.backorder
        """,
    ),
    DoctorCheck(
        "inventory.backorder",
        "I3",
        "Nothing may be held beyond what is on hand but by the rules of its item",
        """
        SELECT l.variant_id, 'may hold ' || sum(l.backorder) || ' more than it has, limit ' || CASE
            WHEN i.policy = 'deny' THEN '0' ELSE coalesce(i.backorder_limit::text, 'none') END
        FROM inventory_level l JOIN inventory_item i ON i.store_id = l.store_id AND i.id = l.variant_id
        GROUP BY l.store_id, l.variant_id, i.policy, i.backorder_limit
        HAVING sum(l.backorder) > greatest(
            CASE WHEN i.policy = 'deny' THEN 0 ELSE coalesce(i.backorder_limit, 2147483647) END,
            sum(greatest(l.reserved + l.allocated - l.on_hand, 0)))
        """,
        "Save the item's rules again, or count it: both work out anew what its levels may hold.",
    ),
    DoctorCheck(
        "inventory.expired",
        "I5",
        "No reservation is active long after its time",
        """
        SELECT id, 'expired ' || expires_at FROM inventory_reservation
        WHERE state = 'active' AND expires_at < now() - interval '10 minutes'
        """,
        "Is a worker running? `shopwright worker` releases what is due every minute.",
    ),
]
