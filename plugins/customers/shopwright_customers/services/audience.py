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

_TAXED = f"""{_TAGS}
UNION ALL
SELECT 'vat:' || c.tax_id FROM customers_buyer b
JOIN customers_company c ON c.store_id = b.store_id AND c.id = b.company_id WHERE b.customer_id = $1 AND c.tax_id <> ''
"""


async def tags_of(ctx: Context, customer_id: UUID) -> list[str]:
    """Give ``group:<code>`` for each group and ``company:<id>``: one statement."""
    return [row[0] for row in await ctx.fetch_rows(_TAGS, customer_id)]


async def tax_tags_of(ctx: Context, customer_id: UUID) -> list[str]:
    """Give the same, and ``vat:<number>`` for the tax id of the company: one statement."""
    return [row[0] for row in await ctx.fetch_rows(_TAXED, customer_id)]
