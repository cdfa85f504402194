# SPDX-License-Identifier: Apache-2.0
"""Taking in rows of a stock file within one transaction: checked under the locks, all of them or none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright.jsontext import dump
from shopwright_catalog import api as catalog
from shopwright_inventory.services import moves, rules, selling, stock, stock_take_scope
from shopwright_inventory.services.csv_stock import Refused, Row
from shopwright_inventory.services.moves import Reference
from shopwright_inventory.services.news import Change, tell
from shopwright_inventory.services.selling import Rules, Stocked

TOGETHER = 2_000
"""Rows in one transaction of a large file: orders wait for no more than these."""
_LOOK_UP = 5_000
Named = tuple[UUID, Row]

_LOCATIONS = text("SELECT code, id FROM inventory_location")
_ITEMS = text("""
INSERT INTO inventory_item (store_id, id, tracked)
SELECT :store_id, x.id, coalesce(x.tracked, x.counts)
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x (id uuid, tracked boolean, counts boolean) ORDER BY x.id
ON CONFLICT (store_id, id) DO UPDATE SET tracked = excluded.tracked OR inventory_item.tracked
""")
_UNTRACK = text("UPDATE inventory_item SET tracked = false WHERE tracked AND id = ANY(CAST(:ids AS uuid[]))")
_RULES = text("""
UPDATE inventory_item i SET policy = x.policy, safety_stock = x.safety_stock, backorder_limit = x.backorder_limit,
    available_on = x.available_on, low_stock_at = x.low_stock_at, version = i.version + 1
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x (id uuid, policy text, safety_stock integer,
    backorder_limit integer, available_on date, low_stock_at integer)
WHERE i.id = x.id
""")


async def named(ctx: Context, rows: Sequence[Row]) -> tuple[list[Named], list[Refused]]:
    """Find the variants of rows; tell of rows that name none, several, or the same level as another row."""
    ids = await _ids_of(ctx, rows)
    known = await _stocked(ctx, [found for ids_ in ids.values() for found in ids_])
    made: list[Named] = []
    refused: list[Refused] = []
    first: dict[tuple[UUID, str], int] = {}
    for row in rows:
        found = [id_ for id_ in ids.get(row.key, []) if id_ in known]
        if len(found) != 1 or not known[found[0]]:
            words = _SEVERAL if len(found) > 1 else _NOT_STOCKED if found else _UNKNOWN
            refused.append(Refused(row.line, row.key[0], words, {"key": row.key[1][:80]}))
            continue
        place = (found[0], row.location or stock.DEFAULT if row.is_stock else row.location)
        if place in first:
            refused.append(Refused(row.line, "location", _TWICE, {"line": first[place]}))
        first.setdefault(place, row.line)
        made.append((found[0], row))
    return sorted(made, key=lambda pair: pair[0]), refused


def rounds(rows: Sequence[Named]) -> Iterator[Sequence[Named]]:
    """Cut sorted rows into parts of about two thousand, never between two rows of one variant."""
    start = 0
    while start < len(rows):
        end = min(start + TOGETHER, len(rows))
        while end < len(rows) and rows[end][0] == rows[end - 1][0]:
            end += 1
        yield rows[start:end]
        start = end


async def take_in(
    ctx: Context, session: AsyncSession, rows: Sequence[Named], *, name: str, file_id: UUID
) -> tuple[int, list[Refused]]:
    """Write rows; gives how many levels and rules changed, or what is refused.

    The caller gives the transaction up when something is refused.
    """
    places = {row.code: UUID(str(row.id)) for row in await session.execute(_LOCATIONS)}
    refused = [
        Refused(row.line, "location", _NO_PLACE, {"code": row.location[:80]})
        for _, row in rows
        if row.location and row.location not in places
    ]
    rows = [pair for pair in rows if not pair[1].location or pair[1].location in places]
    if any(row.is_stock and not row.location for _, row in rows):
        places[""] = await stock.location_id(ctx, session)
    changed, wrong = await _round(ctx, session, rows, places, name, file_id) if rows else (0, [])
    return changed, [*refused, *wrong]


async def _round(
    ctx: Context,
    session: AsyncSession,
    rows: Sequence[Named],
    places: Mapping[str, UUID],
    name: str,
    file_id: UUID,
) -> tuple[int, list[Refused]]:
    ids = list(dict.fromkeys(variant_id for variant_id, _ in rows))
    wrong = await _track(ctx, session, rows)
    # All levels of these variants at once, so that two writers cannot wait for each other.
    await selling.lock(session, ids)
    before = await selling.read(session, ids)
    new, refused = _new_rules(rows, before)
    wrong += refused
    if not wrong:
        await _save_rules(ctx, session, new, before)
    changed = len(new)
    groups: dict[tuple[str, str], list[Named]] = {}
    for pair in rows:
        if pair[1].is_stock:
            reason = "counted" if pair[1].change is None else "adjusted"
            groups.setdefault((pair[1].location, reason), []).append(pair)
    for (code, reason), group in sorted(groups.items()):
        found = await moves.locked(ctx, session, places[code], [variant_id for variant_id, _ in group])
        quantities, refused = _quantities(group, found, places[code])
        wrong += refused
        if not wrong:
            await moves.move(
                ctx, session, location_id=places[code], quantities=quantities, found=found, reason=reason,
                note=name, reference=Reference("file", file_id),
            )  # fmt: skip
        changed += len(quantities)
    return changed, wrong


async def _track(ctx: Context, session: AsyncSession, rows: Sequence[Named]) -> list[Refused]:
    """Start or end stock-keeping as rows say; a row that only counts starts it."""
    said: dict[UUID, tuple[bool | None, int]] = {}
    counts: dict[UUID, bool] = {}
    wrong = []
    for variant_id, row in rows:
        counts[variant_id] = counts.get(variant_id, False) or row.is_stock
        if row.tracked is None:
            continue
        earlier = said.setdefault(variant_id, (row.tracked, row.line))
        if earlier[0] is not row.tracked:
            wrong.append(Refused(row.line, "tracked", _OTHERWISE, {"line": earlier[1]}))
    items = [
        {"id": id_, "tracked": said[id_][0] if id_ in said else None, "counts": does}
        for id_, does in counts.items()
    ]
    await session.execute(_ITEMS, {"store_id": ctx.store.id, "rows": dump(items)})
    await session.execute(_UNTRACK, {"ids": [id_ for id_, (tracked, _) in said.items() if not tracked]})
    return wrong


def _new_rules(
    rows: Sequence[Named], before: Mapping[UUID, Stocked]
) -> tuple[dict[UUID, Rules], list[Refused]]:
    """Give the rules that change; rows of one variant must say the same."""
    found: dict[UUID, tuple[Rules, int]] = {}
    wrong = []
    for variant_id, row in rows:
        if not row.rules:
            continue
        made = replace(before[variant_id].rules, **row.rules)
        earlier = found.setdefault(variant_id, (made, row.line))
        if earlier[0] != made:
            wrong.append(Refused(row.line, next(iter(row.rules)), _OTHERWISE, {"line": earlier[1]}))
        wrong += [Refused(row.line, e.pointer.strip("/"), e.message) for e in rules.errors_of(made)]
    new = {id_: made for id_, (made, _) in found.items() if made != before[id_].rules}
    return new, wrong


async def _save_rules(
    ctx: Context, session: AsyncSession, new: Mapping[UUID, Rules], before: Mapping[UUID, Stocked]
) -> None:
    """Write changed rules of locked variants, and tell what they change for customers."""
    if not new:
        return
    await session.execute(_RULES, {"rows": dump([{"id": id_, **asdict(x)} for id_, x in new.items()])})
    await selling.spread(session, list(new))
    after = await selling.read(session, list(new))
    changes = [
        Change(id_, made, before[id_].in_stock, after[id_].in_stock)
        for id_, made in new.items()
        if before[id_].tracked
    ]
    await tell(ctx, session, changes, reason="rules")


def _quantities(
    group: Sequence[Named], found: Mapping[UUID, Stocked], location_id: UUID
) -> tuple[dict[UUID, int], list[Refused]]:
    """Give by how much locked levels change, and refuse what would take away what is reserved or sold."""
    quantities, wrong = {}, []
    for variant_id, row in group:
        level = next(x for x in found[variant_id].levels if x.location_id == location_id)
        difference = row.change if row.on_hand is None else row.on_hand - level.on_hand
        least = max(level.held - level.backorder, 0)
        column = "on_hand" if row.change is None else "change"
        if not difference:
            continue
        if level.on_hand + difference > stock.MAX_ON_HAND:
            wrong.append(Refused(row.line, column, _TOO_MUCH))
        elif difference < 0 and level.on_hand + difference < least:
            values = {"number": level.on_hand, "least": least}
            wrong.append(Refused(row.line, column, _HELD, values))
        quantities[variant_id] = difference
    return quantities, wrong


async def _ids_of(ctx: Context, rows: Sequence[Row]) -> dict[tuple[str, str], list[UUID]]:
    """Give the variants of the keys of rows."""
    found: dict[tuple[str, str], list[UUID]] = {}
    by_code: dict[str, list[str]] = {"sku": [], "barcode": []}
    for kind, value in {row.key for row in rows}:
        if kind in by_code:
            by_code[kind].append(value)
            continue
        try:
            found[kind, value] = [UUID(value)]
        except ValueError:
            found[kind, value] = []
    for id_, ids in (await catalog.ids_of_skus(ctx, by_code["sku"])).items():
        found["sku", id_] = list(ids)
    for code, several in (await stock_take_scope.of_barcodes(ctx, by_code["barcode"])).items():
        found["barcode", code] = several
    return found


async def _stocked(ctx: Context, ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Tell of variants whether they can lie in stock; unknown ones are left out."""
    known: dict[UUID, bool] = {}
    for start in range(0, len(ids), _LOOK_UP):
        infos = await catalog.variants(ctx, ids[start : start + _LOOK_UP])
        known |= {id_: info.stocked for id_, info in infos.items()}
    return known


_UNKNOWN = translatable("There is no item “%(key)s”.")
_SEVERAL = translatable("Several items are “%(key)s”: name this one by variant_id.")
_NOT_STOCKED = translatable("“%(key)s” never lies in stock.")
_TWICE = translatable("Line %(line)s is about the same item and location. Leave one of them out.")
_OTHERWISE = translatable("Line %(line)s says otherwise about the same item.")
_NO_PLACE = translatable("There is no location “%(code)s”.")
_TOO_MUCH = translatable("There would be too many.")
_HELD = translatable("%(number)s are on hand, and at least %(least)s must stay: they are reserved or sold.")
