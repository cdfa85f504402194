# SPDX-License-Identifier: Apache-2.0
"""Which options the variants of products have."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_OPTIONS = text("""
SELECT p.handle, v.options FROM catalog_product p
JOIN catalog_variant v ON v.store_id = p.store_id AND v.product_id = p.id AND NOT v.archived
WHERE p.handle = ANY(:handles)
""")


async def live_options(session: AsyncSession, handles: Sequence[str]) -> dict[str, set[tuple[str, ...]]]:
    """Do what ``api.live_options`` says."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for row in await session.execute(_OPTIONS, {"handles": list(handles)}):
        found.setdefault(row.handle, set()).add(tuple(row.options))
    return found
