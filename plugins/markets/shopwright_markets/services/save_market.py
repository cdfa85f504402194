# SPDX-License-Identifier: Apache-2.0
"""Adding, changing and removing markets; each change checks the version the person saw."""

import re
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from babel import Locale
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.money import CURRENCIES
from shopwright_markets.services.changes import forget, told

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_COUNTRIES = frozenset(x for x in map(str, Locale("en").territories) if len(x) == 2 and x.isalpha())
_LIST = "title, currency, locale, countries, position, enabled"
_VALUES = ":title, :currency, :locale, CAST(:countries AS text[]), :position, :enabled"
_ADD = text(f"""
INSERT INTO markets_market (store_id, id, code, {_LIST}) VALUES (:store_id, :id, :code, {_VALUES})
ON CONFLICT (store_id, code) DO NOTHING RETURNING id
""")
_LOCK = text("SELECT id, version FROM markets_market WHERE code = :code FOR UPDATE")
_UPDATE = text(f"UPDATE markets_market SET ({_LIST}, version) = ({_VALUES}, version + 1) WHERE code = :code")
_DELETE = text("DELETE FROM markets_market WHERE code = :code")
_HAS_RATE = text("SELECT 1 FROM markets_rate WHERE currency = :currency AND valid_from <= :now LIMIT 1")


@dataclass(frozen=True, slots=True)
class MarketInput:
    """A market to save. No countries: everywhere; an empty ``locale``: the one the visitor reads."""

    title: str
    currency: str
    locale: str = ""
    countries: tuple[str, ...] = ()
    position: int = 0
    enabled: bool = True


async def add(ctx: Context, code: str, new: MarketInput) -> UUID:
    """Add a market.

    Raises:
        Invalid, Conflict: a field is wrong, or there is a market of this code.
    """
    errors = _errors(ctx, new)
    if not _CODE.fullmatch(code):
        message = translatable("Use a lower-case letter first, then letters, digits, - and _, 40 at most.")
        errors.insert(0, FieldError("/code", "pattern", message))
    if errors:
        raise Invalid(errors=errors)

    async def work(session: AsyncSession) -> UUID:
        await _check_rate(ctx, session, new)
        values = asdict(new) | {"store_id": ctx.store.id, "id": new_id(), "code": code}
        made = (await session.execute(_ADD, _listed(values))).scalar_one_or_none()
        if made is None:
            message = translatable("There is a market of this code already.")
            raise Conflict(message, code="market_exists", errors=[FieldError("/code", "taken", message)])
        await _noted(ctx, session, "markets.market_added", made, code, asdict(new))
        return UUID(str(made))

    made = await ctx.run(work)
    forget(ctx)
    return made


async def update(ctx: Context, code: str, version: int | None, changed: MarketInput) -> None:
    """Change a market, at the version somebody saw if that is told.

    Raises:
        Invalid, NotFound, Conflict: also when somebody else changed it meanwhile.
    """
    if errors := _errors(ctx, changed):
        raise Invalid(errors=errors)

    async def work(session: AsyncSession) -> None:
        market_id = await _lock(session, code, version)
        await _check_rate(ctx, session, changed)
        await session.execute(_UPDATE, _listed(asdict(changed)) | {"code": code})
        await _noted(ctx, session, "markets.market_changed", market_id, code, asdict(changed))

    await ctx.run(work)
    forget(ctx)


async def delete(ctx: Context, code: str, version: int | None) -> None:
    """Remove a market; its carts move to another one, its orders stay as they are.

    Raises:
        NotFound, Conflict: also when somebody else changed it meanwhile.
    """

    async def work(session: AsyncSession) -> None:
        market_id = await _lock(session, code, version)
        await session.execute(_DELETE, {"code": code})
        await _noted(ctx, session, "markets.market_removed", market_id, code, {})

    await ctx.run(work)
    forget(ctx)


async def _lock(session: AsyncSession, code: str, version: int | None) -> UUID:
    row = (await session.execute(_LOCK, {"code": code})).one_or_none()
    if row is None:
        raise NotFound("There is no such market.", code="market_not_found")
    if version is not None and row.version != version:
        raise Conflict(
            translatable("The market was changed meanwhile. Look at it again before you save."),
            code="version_conflict",
            extra={"version": row.version},
        )
    return UUID(str(row.id))


async def _check_rate(ctx: Context, session: AsyncSession, market: MarketInput) -> None:
    if market.currency == ctx.store.currency or not market.enabled:
        return
    values = {"currency": market.currency, "now": ctx.clock.now()}
    if (await session.execute(_HAS_RATE, values)).one_or_none() is None:
        message = translatable("Enter an exchange rate for this currency first.")
        raise Invalid(errors=[FieldError("/currency", "no_exchange_rate", message)])


async def _noted(
    ctx: Context, session: AsyncSession, action: str, market_id: Any, code: str, data: dict[str, Any]
) -> None:
    await ctx.audit(session, action, subject=("markets.market", market_id), data={"code": code} | data)
    await told(ctx, session, code=code)


def _listed(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"title": values["title"].strip(), "countries": sorted(set(values["countries"]))}


def _errors(ctx: Context, market: MarketInput) -> list[FieldError]:
    errors = []
    if not market.title.strip() or len(market.title) > 80:
        message = translatable("Give the market a name of up to 80 letters.")
        errors.append(FieldError("/title", "required", message))
    if market.currency not in CURRENCIES:
        message = translatable("Use the three capitals of a currency, like EUR.")
        errors.append(FieldError("/currency", "unknown", message))
    if market.locale and market.locale not in ctx.store.locales:
        message = translatable("The store does not have this language.")
        errors.append(FieldError("/locale", "unknown", message))
    if wrong := sorted(set(market.countries) - _COUNTRIES):
        message = translatable("Use the two capitals of countries, like DE or US.")
        errors.append(FieldError(f"/countries/{market.countries.index(wrong[0])}", "unknown", message))
    return errors
