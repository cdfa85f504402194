# SPDX-License-Identifier: Apache-2.0
"""What prices and offers go by: the groups and the company of a customer, as tags."""

from uuid import UUID

from shopwright.context import Context

_TAGS = """
SELECT 'group:' || g.code FROM customers_membership m
JOIN customers_group g ON g.store_id = m.store_id AND g.id = m.group_id WHERE m.customer_id = $1
UNION ALL
SELECT 'company:' || company_id FROM customers_buyer WHERE customer_id = $1
"""


async def tags_of(ctx: Context, customer_id: UUID) -> list[str]:
    """Give ``group:<code>`` for each group and ``company:<id>``: one statement."""
    return [row[0] for row in await ctx.fetch_rows(_TAGS, customer_id)]
