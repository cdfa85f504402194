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
    DoctorCheck(
        "inventory.transfers",
        "I1",
        "What a transfer sent was received, written off or brought back, or is on its way",
        """
        SELECT l.id, t.state || ', sent ' || l.sent || ', received ' || l.received || ', written off '
            || l.written_off || ' of ' || coalesce(w.quantity, 0) || ', brought back ' || l.brought_back
        FROM inventory_transfer_line l
        JOIN inventory_transfer t ON t.store_id = l.store_id AND t.id = l.transfer_id
        LEFT JOIN (SELECT store_id, line_id, sum(quantity) AS quantity FROM inventory_write_off
            GROUP BY store_id, line_id) w ON w.store_id = l.store_id AND w.line_id = l.id
        WHERE l.written_off <> coalesce(w.quantity, 0) OR (t.sent_at IS NULL) <> (l.sent = 0)
            OR l.received + l.written_off + l.brought_back > l.sent
            OR t.state IN ('received', 'cancelled') AND l.received + l.written_off + l.brought_back < l.sent
        """,
    ),
    DoctorCheck(
        "inventory.transfer_moves",
        "I1",
        "The moves of a transfer agree with its lines",
        """
        SELECT coalesce(l.transfer_id, m.reference_id), 'out ' || coalesce(m.out, 0) || ' of '
            || coalesce(l.sent, 0) || ', in ' || coalesce(m.came, 0) || ' of '
            || coalesce(l.received + l.brought_back, 0) || ', variant ' || coalesce(l.variant_id, m.variant_id)
        FROM inventory_transfer_line l FULL JOIN (
            SELECT store_id, reference_id, variant_id,
                -coalesce(sum(quantity) FILTER (WHERE reason = 'transfer_out'), 0) AS out,
                coalesce(sum(quantity) FILTER (WHERE reason = 'transfer_in'), 0) AS came
            FROM inventory_move WHERE reference_kind = 'transfer'
            GROUP BY store_id, reference_id, variant_id
        ) m ON m.store_id = l.store_id AND m.reference_id = l.transfer_id AND m.variant_id = l.variant_id
        WHERE coalesce(m.out, 0) <> coalesce(l.sent, 0)
            OR coalesce(m.came, 0) <> coalesce(l.received + l.brought_back, 0)
        """,
    ),
    DoctorCheck(
        "inventory.delivery_moves",
        "I1",
        "The moves of a delivery agree with its lines",
        """
        SELECT coalesce(l.delivery_id, m.reference_id), 'moves ' || coalesce(m.quantity, 0) || ', received '
            || coalesce(l.received, 0) || ', variant ' || coalesce(l.variant_id, m.variant_id)
        FROM inventory_delivery_line l FULL JOIN (
            SELECT store_id, reference_id, variant_id, sum(quantity) AS quantity
            FROM inventory_move WHERE reference_kind = 'delivery' GROUP BY store_id, reference_id, variant_id
        ) m ON m.store_id = l.store_id AND m.reference_id = l.delivery_id AND m.variant_id = l.variant_id
        WHERE coalesce(m.quantity, 0) <> coalesce(l.received, 0)
        """,
    ),
    DoctorCheck(
        "inventory.stock_take_moves",
        "I1",
        "The moves of a stock-take are its differences",
        """
        SELECT coalesce(l.stock_take_id, m.reference_id), 'moves ' || coalesce(m.quantity, 0) || ', difference '
            || coalesce(l.difference, 0) || ', variant ' || coalesce(l.variant_id, m.variant_id)
        FROM (SELECT store_id, stock_take_id, variant_id, difference FROM inventory_stock_take_line
            WHERE applied_at IS NOT NULL AND difference <> 0
        ) l FULL JOIN (
            SELECT store_id, reference_id, variant_id, sum(quantity) AS quantity
            FROM inventory_move WHERE reference_kind = 'stock_take' GROUP BY store_id, reference_id, variant_id
        ) m ON m.store_id = l.store_id AND m.reference_id = l.stock_take_id AND m.variant_id = l.variant_id
        WHERE coalesce(m.quantity, 0) <> coalesce(l.difference, 0)
        """,
    ),
]
