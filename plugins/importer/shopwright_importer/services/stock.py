# SPDX-License-Identifier: Apache-2.0
"""Stock of imported variants: counted when the file says something new, left alone when it only says it again.

What a file said last time is remembered: a file that is imported again must not undo the sales of the meantime.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_catalog.api import SavedProduct
from shopwright_importer.services.records import Parsed
from shopwright_inventory import api as inventory

_SAID = text("SELECT handle, counted FROM importer_stock WHERE handle = ANY(:handles)")
_SAY = text("""
INSERT INTO importer_stock (store_id, id, handle, counted)
SELECT store_id, id, handle, counted FROM jsonb_populate_recordset(NULL::importer_stock, CAST(:rows AS jsonb))
ON CONFLICT (store_id, handle) DO UPDATE SET counted = excluded.counted
""")


async def count(
    ctx: Context, session: AsyncSession, products: Sequence[tuple[Parsed, SavedProduct]]
) -> set[str]:
    """Count the stock of products that were just saved; give the handles of those for which it was new."""
    handles = [parsed.product.handle for parsed, _ in products if parsed.product]
    found = await session.execute(_SAID, {"handles": handles})
    said: dict[str, dict[str, int | None]] = {row.handle: row.counted for row in found}
    rows: list[dict[str, Any]] = []
    news: dict[UUID, int | None] = {}
    for parsed, saved in products:
        handle = parsed.product.handle if parsed.product else ""
        before = {} if saved.outcome == "created" else said.get(handle, {})
        now = {str(id_): number for id_, number in zip(saved.variant_ids, parsed.on_hand, strict=True)}
        if now != before:
            news |= {UUID(id_): n for id_, n in now.items() if id_ not in before or before[id_] != n}
            rows.append({"store_id": ctx.store.id, "id": new_id(), "handle": handle, "counted": now})
    if rows:
        await inventory.count_many(ctx, session, on_hand=news, reason="counted")
        await session.execute(_SAY, {"rows": dump(rows)})
    return {row["handle"] for row in rows}
