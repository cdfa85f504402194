# SPDX-License-Identifier: Apache-2.0
"""Who is in a segment: asked for given customers, counted, and page by page."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from shopwright.context import Context
from shopwright_customers.api import Condition, CustomerInfo
from shopwright_customers.hookspecs import customer_conditions
from shopwright_customers.services import accounts, segments
from shopwright_customers.services.segments import SavedSegment

log = logging.getLogger(__name__)
BATCH = 1000
"""Customers a kind is asked for at once."""
LOOKED_AT = 20_000
"""Customers that are looked at for one page, or for a number."""
_OURS = "SELECT id FROM customers_customer WHERE id = ANY($1)"
_NEXT = "SELECT id FROM customers_customer WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2"


@dataclass(frozen=True, slots=True)
class Count:
    """How many customers are in a segment; more than that when not all were looked at."""

    number: int
    is_complete: bool


async def customers_in(ctx: Context, code: str, customer_ids: Collection[UUID]) -> frozenset[UUID]:
    segment = await segments.by_code(ctx, code) if customer_ids else None
    if segment is None:
        return frozenset()
    ids = list(customer_ids)
    if any(condition.negated for condition in segment.conditions):
        # Who is no customer of this store fulfils nothing, and so all that is negated.
        ids = [row["id"] for row in await ctx.fetch_rows(_OURS, ids)]
    return await among(ctx, segment, ids)


async def among(ctx: Context, segment: SavedSegment, customer_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Give those of the customers who are in the segment; a condition is asked only for who is still open."""
    if not segment.conditions:
        return frozenset()
    wants_all = segment.match == "all"
    found, left = set[UUID](), set(customer_ids)
    for condition in segment.conditions:
        if not left:
            break
        holds = await _holding(ctx, condition, sorted(left))
        if wants_all:
            left = holds
        else:
            found |= holds
            left -= holds
    return frozenset(left if wants_all else found)


async def count(ctx: Context, segment: SavedSegment) -> Count:
    """Count the customers of a segment, as far as it can be done for a page."""
    number, after, looked_at = 0, None, 0
    while looked_at < LOOKED_AT:
        ids = await _batch(ctx, after)
        number += len(await among(ctx, segment, ids)) if ids else 0
        looked_at += len(ids)
        if len(ids) < BATCH:
            return Count(number, is_complete=True)
        after = ids[-1]
    return Count(number, is_complete=False)


async def page(
    ctx: Context, segment: SavedSegment, *, after: UUID | None = None, limit: int = 50
) -> tuple[list[CustomerInfo], UUID | None]:
    """Give customers of a segment, newest first, and where the next page begins.

    A page may be short, even empty, and have a next one: that many customers were looked at without more.
    """
    found: list[UUID] = []
    for _ in range(LOOKED_AT // BATCH):
        ids = await _batch(ctx, after)
        members = await among(ctx, segment, ids) if ids else frozenset()
        found += [id_ for id_ in ids if id_ in members]
        if len(found) > limit:
            return await accounts.by_ids(ctx, found[:limit]), found[limit - 1]
        if len(ids) < BATCH:
            return await accounts.by_ids(ctx, found), None
        after = ids[-1]
    return await accounts.by_ids(ctx, found), after


async def _batch(ctx: Context, after: UUID | None) -> list[UUID]:
    return [row["id"] for row in await ctx.fetch_rows(_NEXT, after, BATCH)]


async def _holding(ctx: Context, condition: Condition, customer_ids: Sequence[UUID]) -> set[UUID]:
    """Give the customers for whom a condition holds; nobody when its plugin is off, and when it fails."""
    kind = ctx.hooks.registered(customer_conditions).get(condition.code)
    if kind is None:
        return set()
    try:
        values = kind.values.model_validate(dict(condition.values))
        holds = set(customer_ids) & await kind.matching(ctx, values, customer_ids)
    except ValidationError:
        return set()
    except Exception:
        # Prices and offers ask for segments: a broken kind must not keep anybody from buying.
        log.exception("the condition %s could not be asked", condition.code)
        return set()
    return set(customer_ids) - holds if condition.negated else holds
