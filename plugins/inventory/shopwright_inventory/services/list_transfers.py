# SPDX-License-Identifier: Apache-2.0
"""Transfers as staff see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright_catalog import api as catalog
from shopwright_inventory.services.cursors import decoded
from shopwright_inventory.services.list_stock import title_of

State = Literal["draft", "sent", "received", "cancelled"]
_COLUMNS = """
t.id, t.reference, f.code, f.name, o.code, o.name, t.state, l.items, l.quantity, l.in_transit, t.note,
t.created_by, t.created_at, t.sent_at, t.closed_at, t.version
"""
_FROM = """
FROM inventory_transfer t JOIN inventory_location f ON f.store_id = t.store_id AND f.id = t.from_id
JOIN inventory_location o ON o.store_id = t.store_id AND o.id = t.to_id
CROSS JOIN LATERAL (
    SELECT count(*) AS items, coalesce(sum(x.quantity), 0)::bigint AS quantity,
        coalesce(sum(x.sent - x.received - x.written_off - x.brought_back), 0)::bigint AS in_transit
    FROM inventory_transfer_line x WHERE x.store_id = t.store_id AND x.transfer_id = t.id) l
"""
_PAGE = f"""
SELECT {_COLUMNS} {_FROM} WHERE ($1::uuid IS NULL OR t.id < $1) AND ($2::text = '' OR t.state = $2)
ORDER BY t.id DESC LIMIT $3
"""
_ONE = f"SELECT {_COLUMNS} {_FROM} WHERE t.id = $1"
_LINES = """
SELECT variant_id, quantity, sent, received, written_off, brought_back,
    sent - received - written_off - brought_back AS in_transit
FROM inventory_transfer_line WHERE transfer_id = $1 ORDER BY id
"""
_WRITE_OFFS = """
SELECT l.variant_id, w.quantity, w.reason, w.note, w.actor, w.at FROM inventory_write_off w
JOIN inventory_transfer_line l ON l.store_id = w.store_id AND l.id = w.line_id
WHERE l.transfer_id = $1 ORDER BY w.id
"""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer in a list: how many lines it has, how many pieces, and how many of these are on their way."""

    id: UUID
    reference: str
    from_location: str
    from_name: str
    to_location: str
    to_name: str
    state: State
    items: int
    quantity: int
    in_transit: int
    note: str
    created_by: str
    created_at: datetime
    sent_at: datetime | None
    closed_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class TransferLine:
    """A variant of a transfer: what was sent is what came, was written off or brought back, or is on its way."""

    variant_id: UUID
    sku: str
    title: str
    quantity: int
    sent: int
    received: int
    written_off: int
    brought_back: int
    in_transit: int


@dataclass(frozen=True, slots=True)
class WriteOff:
    """What never came of a variant."""

    variant_id: UUID
    sku: str
    title: str
    quantity: int
    reason: Literal["missing", "damaged"]
    note: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TransferDetail(Transfer):
    """A transfer with its lines and what was written off."""

    lines: list[TransferLine]
    write_offs: list[WriteOff]


@dataclass(frozen=True, slots=True)
class TransferPage:
    """Transfers, newest first; ``next_cursor`` is empty on the last page."""

    items: list[Transfer]
    next_cursor: str


async def page(ctx: Context, *, state: str = "", cursor: str = "", limit: int = 50) -> TransferPage:
    """Give a page of transfers, of one state or of all.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    rows = await ctx.fetch_rows(_PAGE, decoded(cursor), state, limit + 1)
    found = [Transfer(*row) for row in rows]
    return TransferPage(found[:limit], str(found[limit - 1].id) if len(found) > limit else "")


async def by_id(ctx: Context, transfer_id: UUID) -> TransferDetail:
    """Give one transfer.

    Raises:
        NotFound: there is none of this id.
    """
    heads = await ctx.fetch_rows(_ONE, transfer_id)
    if not heads:
        raise NotFound("There is no such transfer.", code="transfer_not_found")
    rows = await ctx.fetch_rows(_LINES, transfer_id)
    lost = await ctx.fetch_rows(_WRITE_OFFS, transfer_id) if heads[0]["sent_at"] else []
    infos = await catalog.variants(ctx, [row["variant_id"] for row in rows])
    names = {id_: (id_, info.sku, title_of(info)) for id_, info in infos.items()}
    lines = [TransferLine(*names[row[0]], *tuple(row)[1:]) for row in rows if row[0] in names]
    write_offs = [WriteOff(*names[row[0]], *tuple(row)[1:]) for row in lost if row[0] in names]
    return TransferDetail(*(*heads[0], lines, write_offs))
