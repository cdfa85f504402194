# SPDX-License-Identifier: Apache-2.0
"""Exchange rates: entered by staff or fetched by plugins, only ever added; and how prices are rounded with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.money import CURRENCIES
from shopwright_markets import jobs
from shopwright_markets.api import RateQuote
from shopwright_markets.hookspecs import exchange_rates
from shopwright_markets.services import kept
from shopwright_markets.services.changes import forget, told

_LARGEST = Decimal(10) ** 9
_SMALLEST = Decimal("0.0000001")
_CURRENCY = text("""
INSERT INTO markets_currency (store_id, id, currency) VALUES (:store_id, :id, :currency)
ON CONFLICT (store_id, currency) DO NOTHING
""")
_ADD = text("""
INSERT INTO markets_rate (store_id, id, currency, rate, valid_from, source, actor, created_at)
VALUES (:store_id, :id, :currency, :rate, :valid_from, :source, :actor, :now)
""")
_LOCK = text("SELECT id, version FROM markets_currency WHERE currency = :currency FOR UPDATE")
_ROUNDING = text("""
UPDATE markets_currency SET step = :step, less = :less, version = version + 1 WHERE currency = :currency
""")
_USED = "SELECT DISTINCT currency FROM markets_market UNION SELECT currency FROM markets_currency"


@dataclass(frozen=True, slots=True)
class RateInput:
    """A rate to add: so much of ``currency`` is one unit of the store's. ``valid_from`` is now, or later."""

    currency: str
    rate: Decimal
    valid_from: datetime | None = None
    source: str = ""


async def add(ctx: Context, new: RateInput) -> None:
    """Add a rate. It holds from its moment on, until a later one does.

    Raises:
        Invalid: names the field and what is accepted.
    """
    now = ctx.clock.now()
    since = new.valid_from or now
    if errors := _errors(ctx, new, now):
        raise Invalid(errors=errors)

    async def work(session: AsyncSession) -> None:
        await _add(ctx, session, new, since)
        await told(ctx, session, currency=new.currency)
        if since > now:
            payload = jobs.Turn(new.currency)
            await ctx.enqueue(session, jobs.turn, payload, delay=(since - now).total_seconds())

    await ctx.run(work)
    forget(ctx)


async def turn(ctx: Context, currency: str) -> None:
    """Let prices follow a rate that begins now."""
    await ctx.run(lambda session: told(ctx, session, currency=currency))
    forget(ctx)


async def set_rounding(ctx: Context, currency: str, version: int | None, *, step: int, less: int) -> None:
    """Say how converted prices are rounded: to multiples of ``step`` minor units, less ``less``.

    Raises:
        Invalid, NotFound, Conflict: also when somebody else changed it meanwhile.
    """
    if not 1 <= step <= 1_000_000 or not 0 <= less < step:
        message = translatable("Round to 1 to 1,000,000 minor units, less fewer than that.")
        raise Invalid(errors=[FieldError("/step", "out_of_range", message)])

    async def work(session: AsyncSession) -> None:
        row = (await session.execute(_LOCK, {"currency": currency})).one_or_none()
        if row is None:
            raise NotFound("There is no exchange rate for this currency.", code="currency_not_found")
        if version is not None and row.version != version:
            message = translatable("The rounding was changed meanwhile. Look at it again before you save.")
            raise Conflict(message, code="version_conflict", extra={"version": row.version})
        values = {"currency": currency, "step": step, "less": less}
        await session.execute(_ROUNDING, values)
        await ctx.audit(
            session, "markets.rounding_changed", subject=("markets.currency", row.id), data=values
        )
        await told(ctx, session, currency=currency)

    await ctx.run(work)
    forget(ctx)


async def fetch(ctx: Context) -> list[RateQuote]:
    """Ask plugins for the rates of the store's currencies, and add those that differ; gives what was added.

    Where several plugins know a currency, the newest quote is taken.
    """
    wanted = [row["currency"] for row in await ctx.fetch_rows(_USED) if row["currency"] != ctx.store.currency]
    if not wanted:
        return []
    quotes = await ctx.hooks.collect(exchange_rates, base=ctx.store.currency, currencies=sorted(wanted))
    now, known = ctx.clock.now(), await kept.read(ctx)
    newest: dict[str, RateQuote] = {}
    for quote in sorted(quotes, key=lambda x: x.as_of):
        if quote.currency in wanted and not _errors(ctx, RateInput(quote.currency, quote.rate), now):
            newest[quote.currency] = quote
    changed = [x for x in newest.values() if _differs(x, known.rate(x.currency, now))]

    async def work(session: AsyncSession) -> None:
        for quote in changed:
            source = f"{quote.as_of:%Y-%m-%d %H:%M}"
            await _add(ctx, session, RateInput(quote.currency, quote.rate, source=source), now)
        await told(ctx, session)

    if changed:
        await ctx.run(work)
        forget(ctx)
    return changed


def _differs(quote: RateQuote, known: object) -> bool:
    return getattr(known, "rate", None) != quote.rate


async def _add(ctx: Context, session: AsyncSession, new: RateInput, since: datetime) -> None:
    values = {"store_id": ctx.store.id, "currency": new.currency}
    await session.execute(_CURRENCY, values | {"id": new_id()})
    rate_id = new_id()
    await session.execute(_ADD, values | {
        "id": rate_id, "rate": new.rate, "valid_from": since, "source": new.source,
        "actor": f"{ctx.actor.kind}:{ctx.actor.id or ''}", "now": ctx.clock.now(),
    })  # fmt: skip
    data = {"currency": new.currency, "rate": f"{new.rate:f}", "valid_from": since.isoformat()}
    await ctx.audit(session, "markets.rate_added", subject=("markets.rate", rate_id), data=data)


def _errors(ctx: Context, new: RateInput, now: datetime) -> Sequence[FieldError]:
    errors = []
    if new.currency not in CURRENCIES or new.currency == ctx.store.currency:
        message = translatable("Use the three capitals of a currency that is not the store's, like CHF.")
        errors.append(FieldError("/currency", "unknown", message))
    if not new.rate.is_finite() or not _SMALLEST <= new.rate <= _LARGEST:
        message = translatable("Give a rate above 0, like 0.9412.")
        errors.append(FieldError("/rate", "out_of_range", message))
    elif int(new.rate.as_tuple().exponent) < -10:
        errors.append(FieldError("/rate", "too_precise", translatable("Give at most ten decimals.")))
    if new.valid_from is not None and new.valid_from < now:
        message = translatable(
            "A rate holds from now or later on: what was sold was sold at the rate of then."
        )
        errors.append(FieldError("/valid_from", "past", message))
    return errors
