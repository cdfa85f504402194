# SPDX-License-Identifier: Apache-2.0
"""What prices, offers and taxes go by: the groups and the company of a customer."""

from dataclasses import dataclass
from uuid import UUID

from shopwright.context import Context

_KNOWN = """
SELECT (SELECT array_agg(g.code) FROM customers_membership m
    JOIN customers_group g ON g.store_id = m.store_id AND g.id = m.group_id WHERE m.customer_id = $1) AS groups,
    c.id AS company, c.tax_id
FROM (SELECT 1) AS always LEFT JOIN customers_buyer b ON b.customer_id = $1
LEFT JOIN customers_company c ON c.store_id = b.store_id AND c.id = b.company_id
"""


@dataclass(frozen=True, slots=True)
class Belonging:
    """An answer to the optional hook ``customer_audience``."""

    groups: frozenset[str]
    companies: frozenset[UUID]
    tax_ids: frozenset[str]


async def of_customer(ctx: Context, customer_id: UUID) -> Belonging:
    """Tell the groups and the company of a customer: one statement."""
    row = (await ctx.fetch_rows(_KNOWN, customer_id))[0]
    return Belonging(
        groups=frozenset(row["groups"] or ()),
        companies=frozenset() if row["company"] is None else frozenset({row["company"]}),
        tax_ids=frozenset({row["tax_id"]} if row["tax_id"] else ()),
    )
