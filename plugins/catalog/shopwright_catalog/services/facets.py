# SPDX-License-Identifier: Apache-2.0
"""Counting by what a listing can be narrowed: all facets of a page in one statement, over its first hits only."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from shopwright.context import Context
from shopwright_catalog.api import ListingFilter
from shopwright_catalog.api.facets import (
    Facet,
    FacetDefinition,
    Facets,
    FacetSource,
    FacetValue,
    ListingPart,
    ends_of,
)
from shopwright_catalog.hookspecs import listing_facets
from shopwright_catalog.services import filtering
from shopwright_catalog.services.own_facets import own_facets

VALUES = 60
"""Values of a facet at most."""
_APART = 4
"""Facets whose choice does not narrow themselves, each with hits of its own; of more, all choices count."""
_KEPT = 300.0
_CATEGORY = """
SELECT x.product_id FROM catalog_category_product x WHERE x.listed AND x.category_id = (
    SELECT c.id FROM catalog_category_handle h JOIN catalog_category c ON c.store_id = h.store_id AND c.id = h.thing_id
    WHERE c.visible AND h.handle = $1)
"""
_ALL = "SELECT x.id FROM catalog_product x WHERE x.published"

Row = tuple[int, str, str | None, str | None, str | None, int]
"""Number of the hits, key, name, value, label, count; without a key: how many hits there are."""


async def count(ctx: Context, part: ListingPart, filters: Sequence[str]) -> Facets:
    """Do what ``api.count_facets`` says."""
    sources = [await own_facets(ctx), *await ctx.hooks.collect(listing_facets)]
    hidden = {filtering.split(text)[0] for text in part.fixed}
    keys = list(dict.fromkeys(key for key, _ in map(filtering.split, filters)))[:_APART]
    sql, args = await _statement(ctx, part, filters, keys, sources)

    async def read() -> bytes:
        rows = await ctx.fetch_rows(sql, *args)
        return orjson.dumps([tuple(row.values()) for row in rows])

    if part.name and not filters:
        named = (ctx.kernel.directory.version, part.name, ctx.locale, sql, args)
        digest = hashlib.sha256(repr(named).encode()).hexdigest()
        tags = {"catalog.products", *(tag for source in sources for tag in source.tags)}
        document = await ctx.kernel.backend.cache.get_or_set(
            f"{ctx.store.id}:catalog.facets:{digest}", _KEPT, read, [f"{ctx.store.id}:{tag}" for tag in tags]
        )
    else:
        document = await read()
    rows: list[Row] = [x for x in orjson.loads(document) if x[1] not in hidden]
    return _shown(rows, sources, filters, keys, part.most)


async def _statement(
    ctx: Context,
    part: ListingPart,
    filters: Sequence[str],
    keys: Sequence[str],
    sources: Sequence[FacetSource],
) -> tuple[str, list[Any]]:
    """Write the statement: the hits behind all filters, then for each facet with a choice those without that choice."""
    base = part.within or ListingFilter("", _ALL)
    if part.category is not None:
        base = ListingFilter("", _CATEGORY, (part.category,))
    found = await filtering.conditions(ctx, filters)
    # What holds for all listings is in both.
    fixed = [x for x in await filtering.conditions(ctx, part.fixed) if x not in found]
    hits: list[str] = []
    args: list[Any] = []
    for number, apart in enumerate(("", *keys)):
        there = [x for x in found if x.key != apart or not apart]
        source = filtering.numbered(base.sql, len(args))
        args += base.args
        condition, more = filtering.added("true", "w.id", [*fixed, *there], len(args))
        args += more
        hits.append(
            f"hits{number} AS MATERIALIZED (SELECT w.id FROM ({source}) AS w (id) WHERE {condition} LIMIT {part.most + 1})"
        )
    counted = []
    for number, apart in enumerate(("", *keys)):
        counted.append(f"SELECT {number}, '', NULL, NULL, NULL, count(*) FROM hits{number}")
        for one in (x for x in sources if x.sql and (not apart or x.owns(apart))):
            piece = filtering.numbered(one.sql, len(args)).replace("{hits}", f"hits{number}")
            args += one.args
            of_one = ""
            if apart:
                args.append(apart)
                of_one = f"WHERE s.facet = ${len(args)}::text"
            counted.append(
                f"SELECT {number}, s.* FROM ({piece}) AS s (facet, title, value, label, hits) {of_one}"
            )
    sql = f"""
    WITH {", ".join(hits)}
    SELECT part, facet, title, value, label, hits FROM (
        SELECT u.*, row_number() OVER (PARTITION BY part, facet ORDER BY hits DESC, value) AS place
        FROM ({" UNION ALL ".join(counted)}) AS u (part, facet, title, value, label, hits)
    ) AS placed WHERE place <= {VALUES}
    """
    return sql, args


def _shown(
    rows: Sequence[Row],
    sources: Sequence[FacetSource],
    filters: Sequence[str],
    keys: Sequence[str],
    most: int,
) -> Facets:
    chosen: dict[str, list[str]] = {}
    for key, value in map(filtering.split, filters):
        chosen.setdefault(key, []).append(value)
    totals = {row[0]: row[5] for row in rows if not row[1]}
    parts = {key: number for number, key in enumerate(keys, 1)}
    by_key: dict[str, list[Row]] = {}
    for row in rows:
        if row[1] and row[0] == parts.get(row[1], 0):
            by_key.setdefault(row[1], []).append(row)
    # A plugin may name a facet that another one counts, so the last one that names it is heard.
    definitions = {x.key: x for source in sources for x in source.facets}
    items = []
    for key in dict.fromkeys([*by_key, *chosen]):
        found = by_key.get(key, [])
        is_exact = totals.get(parts.get(key, 0), 0) <= most
        definition = definitions.get(key) or _unnamed(key, found)
        one = _facet(definition, found, chosen.get(key, []), is_exact=is_exact)
        if one is not None:
            items.append((definition.position, definition.label, one))
    return Facets(
        items=tuple(one for _, _, one in sorted(items, key=lambda x: x[:2])),
        total=min(totals.get(0, 0), most),
        is_counted=totals.get(0, 0) <= most,
        without={key: totals.get(number, 0) for key, number in parts.items()},
    )


def _unnamed(key: str, found: Sequence[Row]) -> FacetDefinition:
    """Name a facet by its rows, or else by its key."""
    title = next((row[2] for row in found if row[2]), None)
    return FacetDefinition(key, title or key.partition(".")[2] or key)


def _facet(
    definition: FacetDefinition, found: Sequence[Row], chosen: Sequence[str], *, is_exact: bool
) -> Facet | None:
    """Make a facet; None where nothing is to be chosen by it."""
    if definition.kind == "range":
        return _range(definition, found, chosen)
    counts: Mapping[str, tuple[str | None, int]] = {row[3] or "": (row[4], row[5]) for row in found}
    shown = [*counts, *(value for value in dict.fromkeys(chosen) if value not in counts)]
    if not chosen and len(shown) < (1 if definition.kind == "switch" else 2):
        return None
    values = []
    for value in shown:
        label, number = counts.get(value, (None, 0))
        label = definition.labels.get(value) or label or value
        values.append(FacetValue(value, label, number if is_exact else None, value in chosen))
    return Facet(definition.key, definition.label, definition.kind, tuple(values))


def _range(definition: FacetDefinition, found: Sequence[Row], chosen: Sequence[str]) -> Facet | None:
    least, most = _ends(found[0][3] or "") if found else ("", "")
    if not chosen and least == most:
        return None
    values = tuple(FacetValue(x, x.replace("..", " – ").strip(), None, True) for x in dict.fromkeys(chosen))
    typed = _ends(chosen[0]) if len(values) == 1 else ("", "")
    return Facet(definition.key, definition.label, "range", values, definition.input, least, most, *typed)


def _ends(value: str) -> tuple[str, str]:
    try:
        return ends_of(value)
    except ValueError:
        return value, value
