# SPDX-License-Identifier: Apache-2.0
"""The invariants of markets for ``shopwright doctor``."""

from shopwright.doctor import DoctorCheck

checks = [
    DoctorCheck(
        "markets.rates",
        "I20",
        "Every open market in another currency than the store's has an exchange rate",
        """
        SELECT m.id, m.code || ': ' || m.currency FROM markets_market m
        JOIN kernel_store s ON s.id = m.store_id
        WHERE m.enabled AND m.currency <> s.currency AND NOT EXISTS (SELECT 1 FROM markets_rate r
            WHERE r.store_id = m.store_id AND r.currency = m.currency)
        """,
    ),
]
