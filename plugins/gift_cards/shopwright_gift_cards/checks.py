# SPDX-License-Identifier: Apache-2.0
"""The invariants of gift cards and credit for ``shopwright doctor``."""

from shopwright.doctor import DoctorCheck

checks = [
    DoctorCheck(
        "gift_cards.balance",
        "I20",
        "What is on a gift card or credit is the sum of its ledger, and never less than nothing",
        """
        SELECT a.id, 'balance ' || a.balance || ' of ' || coalesce(sum(e.amount), 0)
        FROM gift_cards_account a LEFT JOIN gift_cards_entry e ON e.store_id = a.store_id AND e.account_id = a.id
        GROUP BY a.store_id, a.id, a.balance
        HAVING a.balance <> coalesce(sum(e.amount), 0) OR a.balance < 0
        """,
    ),
    DoctorCheck(
        "gift_cards.expired",
        "I20",
        "Nothing is paid with a gift card or credit, or put on it, after it has expired",
        """
        SELECT e.id, e.kind || ' at ' || e.at FROM gift_cards_entry e
        JOIN gift_cards_account a ON a.store_id = e.store_id AND a.id = e.account_id
        WHERE e.at >= a.expires_at AND e.kind NOT IN ('release', 'expire')
        """,
    ),
]
