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
        GROUP BY l.store_id, l.id, l.reserved, l.allocated
        HAVING l.reserved <> coalesce(sum(r.quantity) FILTER (WHERE r.state = 'active'), 0)
            OR l.allocated <> coalesce(sum(r.quantity) FILTER (WHERE r.state = 'claimed'), 0)
            OR l.reserved + l.allocated > l.on_hand
        """,
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
