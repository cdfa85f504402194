# SPDX-License-Identifier: Apache-2.0
"""The invariants of discounts for ``shopwright doctor``."""

from shopwright.doctor import DoctorCheck

checks = [
    DoctorCheck(
        "discounts.uses",
        "I20",
        "What was used of a promotion is the sum of its redemptions",
        """
        SELECT p.id, 'uses ' || p.uses || ' of ' || count(r.id) || ', spent ' || p.spent || ' of '
            || coalesce(sum(r.amount), 0)
        FROM discounts_promotion p LEFT JOIN discounts_redemption r ON r.store_id = p.store_id
            AND r.promotion_id = p.id AND r.state <> 'released'
        GROUP BY p.store_id, p.id, p.uses, p.spent
        HAVING p.uses <> count(r.id) OR p.spent <> coalesce(sum(r.amount), 0)
        """,
    ),
    DoctorCheck(
        "discounts.coupons",
        "I20",
        "What was used of a code is the number of its redemptions, and within its limit",
        """
        SELECT c.id, c.code || ': uses ' || c.uses || ' of ' || count(r.id)
        FROM discounts_coupon c LEFT JOIN discounts_redemption r ON r.store_id = c.store_id
            AND r.coupon_id = c.id AND r.state <> 'released'
        GROUP BY c.store_id, c.id, c.code, c.uses, c.limit_total
        HAVING c.uses <> count(r.id) OR c.uses > c.limit_total
        """,
    ),
]
