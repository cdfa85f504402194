# SPDX-License-Identifier: Apache-2.0
"""The history of what guests pay for one piece: rows are added when that changes, and never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.actor import ANONYMOUS
from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright.money import Money
from shopwright_catalog import api as catalog
from shopwright_catalog.api import Price, PriceRequest

# One writer in a store at a time: a price that was read earlier must not be written after a newer one.
_ONE_WRITER = text("SELECT pg_advisory_xact_lock(hashtextextended('pricing.history:' || :store_id, 0))")
_ADD = text("""
INSERT INTO pricing_history (store_id, id, variant_id, currency, market, amount, rule, at)
SELECT w.store_id, w.id, w.variant_id, w.currency, w.market, w.amount, w.rule, w.at
FROM jsonb_populate_recordset(NULL::pricing_history, CAST(:rows AS jsonb)) AS w
WHERE w.amount IS DISTINCT FROM (SELECT h.amount FROM pricing_history h
    WHERE h.store_id = w.store_id AND h.variant_id = w.variant_id AND h.currency = w.currency
        AND h.market IN ('', w.market)
    ORDER BY h.at DESC, h.id DESC LIMIT 1)
""")
LOWEST = """
(SELECT coalesce(jsonb_agg(jsonb_build_array(v.id, newest.amount,
    (SELECT min(h.amount) FROM pricing_history h WHERE h.variant_id = v.id AND h.currency = {currency}
        AND h.market IN ('', {market}) AND (h.at, h.id) < (newest.at, newest.id) AND h.at >= coalesce((SELECT max(b.at) FROM pricing_history b
            WHERE b.variant_id = v.id AND b.currency = {currency} AND b.market IN ('', {market}) AND b.at <= newest.at - interval '30 days'
                AND b.id <> newest.id), '-infinity')),
    (SELECT min(h.amount) FROM pricing_history h WHERE h.variant_id = v.id AND h.currency = {currency}
        AND h.market IN ('', {market}) AND h.at >= coalesce((SELECT max(b.at) FROM pricing_history b
            WHERE b.variant_id = v.id AND b.currency = {currency} AND b.market IN ('', {market}) AND b.at <= {now} - interval '30 days'),
            '-infinity')))), '[]')
 FROM unnest($1::uuid[]) AS v(id) CROSS JOIN LATERAL (SELECT h.id, h.amount, h.at FROM pricing_history h
    WHERE h.variant_id = v.id AND h.currency = {currency} AND h.market IN ('', {market}) ORDER BY h.at DESC, h.id DESC LIMIT 1) AS newest)
"""
"""By variant of ``$1``: the newest amount, the lowest of the 30 days before it, and of those before now."""
_CHANGES = """
SELECT h.amount, h.currency, h.market, h.rule, h.at FROM pricing_history h WHERE h.variant_id = $1
ORDER BY h.at DESC, h.id DESC LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Lowest:
    """The lowest prices of a variant: in the 30 days before its latest change, and in those before now."""

    newest: int
    before: int | None
    recent: int

    def beside(self, shown: int) -> int | None:
        """Give the lowest price before the one that is shown; None when nothing is known of the time before."""
        return self.before if shown == self.newest else self.recent


async def record(ctx: Context, variant_ids: Sequence[UUID]) -> None:
    """Write down what guests pay now for variants in each market, where that has changed."""
    guests = await catalog.in_all_markets(ctx.as_actor(ANONYMOUS))

    async def work(session: AsyncSession) -> None:
        await session.execute(_ONE_WRITER, {"store_id": str(ctx.store.id)})
        infos = await catalog.variants(ctx, variant_ids)
        requests = [
            PriceRequest(x.id, x.product_id, x.price, x.compare_at) for x in infos.values() if x.published
        ]
        rows = []
        for guest in guests:
            prices = await catalog.prices(guest, requests)
            rows += [_row(guest, variant_id, price) for variant_id, price in sorted(prices.items())]
        if rows:
            await session.execute(_ADD, {"rows": dump(rows)})

    if variant_ids:
        await ctx.run(work)


def read_lowest(rows: Sequence[Any]) -> dict[UUID, Lowest]:
    """Read what ``LOWEST`` gives."""
    return {UUID(variant_id): Lowest(*amounts) for variant_id, *amounts in rows}


async def changes(ctx: Context, variant_id: UUID) -> list[Mapping[str, Any]]:
    """Give the latest changes of a variant's public price, the newest first."""
    return [
        {
            "price": Money(row["amount"], row["currency"]),
            "market": row["market"],
            "rule": row["rule"],
            "at": row["at"],
        }
        for row in await ctx.fetch_rows(_CHANGES, variant_id)
    ]


def _row(ctx: Context, variant_id: UUID, price: Price) -> dict[str, Any]:
    return {
        "store_id": ctx.store.id,
        "id": new_id(),
        "variant_id": variant_id,
        "currency": price.amount.currency,
        "market": ctx.market,
        "amount": price.amount.amount,
        "rule": price.provenance[-1].rule if price.provenance else "",
        "at": ctx.clock.now(),
    }
