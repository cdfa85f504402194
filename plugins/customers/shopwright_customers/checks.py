# SPDX-License-Identifier: Apache-2.0
"""What ``shopwright doctor`` looks at: nobody who was disabled is signed in."""

from shopwright.doctor import DoctorCheck

checks = (
    DoctorCheck(
        code="customers.sessions_of_disabled",
        invariant="I31",
        title="No disabled customer has a session",
        sql="""
            SELECT DISTINCT c.id::text, 'this customer is disabled and has a session'
            FROM kernel_session s JOIN customers_customer c ON c.store_id = s.store_id AND c.id = s.customer_id
            WHERE c.disabled_at < now() - interval '5 minutes'
        """,
        hint="Enable the customer and disable them again: that ends the sessions.",
    ),
)
