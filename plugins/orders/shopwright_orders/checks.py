# SPDX-License-Identifier: Apache-2.0
"""The invariants of orders and payments for ``shopwright doctor``."""

from shopwright.doctor import DoctorCheck

checks = [
    DoctorCheck(
        "orders.total",
        "I7",
        "An order's total is the sum of its parts",
        """
        SELECT id, 'total ' || total FROM orders_order WHERE total <> subtotal - discount + shipping + fees
            + CASE WHEN prices_include_tax THEN 0 ELSE tax END
        """,
    ),
    DoctorCheck(
        "orders.lines",
        "I8",
        "The lines of an order make its subtotal, discount and fees",
        """
        SELECT o.id, 'subtotal ' || o.subtotal || ' of ' || coalesce(sum(l.unit_price * l.quantity), 0)
            || ', discount ' || o.discount || ' of ' || coalesce(sum(l.discount), 0)
        FROM orders_order o LEFT JOIN orders_line l ON l.store_id = o.store_id AND l.order_id = o.id
        GROUP BY o.id, o.subtotal, o.discount
        HAVING o.subtotal <> coalesce(sum(l.unit_price * l.quantity), 0)
            OR o.discount <> coalesce(sum(l.discount), 0)
        UNION ALL
        SELECT o.id, 'fees ' || o.fees || ' of ' || coalesce(sum(f.amount), 0)
        FROM orders_order o LEFT JOIN orders_fee_line f ON f.store_id = o.store_id AND f.order_id = o.id
        GROUP BY o.id, o.fees HAVING o.fees <> coalesce(sum(f.amount), 0)
        UNION ALL
        SELECT id, 'line total ' || total FROM orders_line WHERE total <> unit_price * quantity - discount
        """,
    ),
    DoctorCheck(
        "orders.tax",
        "I9",
        "The taxes of an order are the sum of its rates and of its lines",
        """
        SELECT o.id, 'tax ' || o.tax || ', by rate ' || t.amount || ', by line ' || l.tax + f.tax + o.shipping_tax
        FROM orders_order o
        CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS amount FROM orders_tax_line x
            WHERE x.store_id = o.store_id AND x.order_id = o.id) t
        CROSS JOIN LATERAL (SELECT coalesce(sum(tax), 0) AS tax FROM orders_line x
            WHERE x.store_id = o.store_id AND x.order_id = o.id) l
        CROSS JOIN LATERAL (SELECT coalesce(sum(tax), 0) AS tax FROM orders_fee_line x
            WHERE x.store_id = o.store_id AND x.order_id = o.id) f
        WHERE o.tax <> t.amount OR o.tax <> l.tax + f.tax + o.shipping_tax
        """,
    ),
    DoctorCheck(
        "orders.positive",
        "I10",
        "No amount of an order is negative",
        """
        SELECT id, 'total ' || total FROM orders_order
        WHERE least(subtotal, discount, shipping, fees, tax, total) < 0 OR discount > subtotal
        """,
    ),
    DoctorCheck(
        "orders.currency",
        "I11",
        "An order and its payments share one currency",
        """
        SELECT p.id, p.currency || ' for ' || o.currency FROM orders_payment p
        JOIN orders_order o ON o.store_id = p.store_id AND o.id = p.order_id WHERE p.currency <> o.currency
        """,
    ),
    DoctorCheck(
        "orders.payment_amounts",
        "I12",
        "Refunds are within captures, captures within what was authorised, and the ledger says the same",
        """
        SELECT p.id, 'authorized ' || p.authorized || ', captured ' || p.captured || ', refunded ' || p.refunded
        FROM orders_payment p LEFT JOIN orders_payment_entry e ON e.store_id = p.store_id AND e.payment_id = p.id
        GROUP BY p.id, p.authorized, p.captured, p.refunded
        HAVING NOT (0 <= p.refunded AND p.refunded <= p.captured AND p.captured <= p.authorized)
            OR p.captured <> coalesce(sum(e.amount) FILTER (WHERE e.kind = 'capture'), 0)
            OR p.refunded <> coalesce(sum(e.amount) FILTER (WHERE e.kind = 'refund'), 0)
        """,
    ),
    DoctorCheck(
        "orders.payment_status",
        "I13",
        "An order's payment status is that of its chosen payment",
        """
        SELECT o.id, o.payment_status || ', payment ' || p.status FROM orders_order o
        JOIN orders_payment p ON p.store_id = o.store_id AND p.order_id = o.id
        WHERE o.payment_status <> p.status AND NOT p.stored
        UNION ALL
        SELECT o.id, 'no payment' FROM orders_order o WHERE NOT EXISTS (
            SELECT 1 FROM orders_payment p WHERE p.store_id = o.store_id AND p.order_id = o.id)
        """,
    ),
    DoctorCheck(
        "orders.payments",
        "I13",
        "An order's payments make its total, and those with stored value follow the chosen one",
        """
        SELECT o.id, 'total ' || o.total || ', payments ' || sum(p.amount) FROM orders_order o
        JOIN orders_payment p ON p.store_id = o.store_id AND p.order_id = o.id
        GROUP BY o.id, o.total HAVING o.total <> sum(p.amount)
        UNION ALL
        SELECT o.id, 'stored value ' || p.status || ', order ' || o.status || ' ' || o.payment_status
        FROM orders_order o JOIN orders_payment p ON p.store_id = o.store_id AND p.order_id = o.id
        WHERE p.stored AND (p.status <> 'authorized') <> (o.status = 'cancelled' OR o.payment_status IN ('paid', 'refunded'))
        """,
    ),
    DoctorCheck(
        "orders.confirmed",
        "I14",
        "A confirmed order is paid, authorised, or offline",
        """
        SELECT id, payment_status FROM orders_order WHERE status IN ('confirmed', 'completed')
            AND payment_status NOT IN ('authorized', 'paid', 'offline', 'refunded', 'voided')
        """,
    ),
    DoctorCheck(
        "orders.one_per_cart",
        "I15",
        "A cart has at most one order",
        "SELECT cart_id, count(*) || ' orders' FROM orders_order GROUP BY cart_id HAVING count(*) > 1",
    ),
    DoctorCheck(
        "orders.reference",
        "I17",
        "A provider's payment belongs to one payment of ours",
        """
        SELECT min(id::text), reference FROM orders_payment WHERE reference <> ''
        GROUP BY method, reference HAVING count(*) > 1
        """,
    ),
    DoctorCheck(
        "orders.history",
        "I21",
        "An order's history is a path from its start to its state",
        """
        SELECT o.id, o.status || ', history ends at ' || coalesce(h.to_status, 'nothing')
        FROM orders_order o LEFT JOIN LATERAL (SELECT to_status FROM orders_history x
            WHERE x.store_id = o.store_id AND x.order_id = o.id AND x.to_status <> ''
            ORDER BY x.id DESC LIMIT 1) h ON true
        WHERE h.to_status IS DISTINCT FROM o.status
        """,
    ),
    DoctorCheck(
        "orders.number",
        "I28",
        "An order's number is its own",
        "SELECT min(id::text), number FROM orders_order GROUP BY number HAVING count(*) > 1",
    ),
    DoctorCheck(
        "orders.pending",
        "I16",
        "No order waits for its payment longer than a day",
        """
        SELECT id, 'waits since ' || placed_at FROM orders_order
        WHERE status = 'pending' AND placed_at < now() - interval '1 day'
        """,
        "Is a worker running? It asks the provider until the outcome is known.",
    ),
]
