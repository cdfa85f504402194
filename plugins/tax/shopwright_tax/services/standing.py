# SPDX-License-Identifier: Apache-2.0
"""Who pays no tax in a cart, and why: an exemption that staff entered, or a business in another EU country."""

from dataclasses import asdict, dataclass, replace
from typing import Literal

import orjson
from stdnum.eu import vat

from shopwright.context import Context
from shopwright.errors import Rejection
from shopwright.i18n import translatable
from shopwright.jsontext import dump
from shopwright.money import Money, Provenance
from shopwright_catalog import api as catalog
from shopwright_checkout.api import Cart, TaxLine, TaxResult, Totals
from shopwright_tax.services.calculate import compute
from shopwright_tax.services.rates import rates_of, today
from shopwright_tax.settings import TaxSettings

NOTE = "tax"
VAT_ID = "tax.vat_id"
"""The field of the checkout in which businesses give their number."""
_EU = frozenset(code.upper() for code in vat.MEMBER_STATES)
_EXEMPT = """
SELECT reason, certificate FROM tax_exemption WHERE subject = ANY($1::text[])
    AND (valid_from IS NULL OR valid_from <= $2) AND (valid_until IS NULL OR valid_until >= $2)
ORDER BY subject, id LIMIT 1
"""
_LABELS = {"reverse_charge": translatable("Reverse charge"), "exempt": translatable("Exempt from tax")}


@dataclass(frozen=True, slots=True)
class Standing:
    """Why nothing is taxed; ``detail`` is the number or the certificate."""

    code: Literal["reverse_charge", "exempt"]
    detail: str


async def noted(ctx: Context, totals: Totals, cart: Cart) -> Totals | None:
    """Note in a cart's totals that it is not taxed; None when it is."""
    found = await _standing(ctx, cart)
    return replace(totals, notes={**totals.notes, NOTE: dump(asdict(found))}) if found else None


def read(totals: Totals) -> Standing | None:
    return Standing(**orjson.loads(totals.notes[NOTE])) if NOTE in totals.notes else None


async def without_tax(ctx: Context, totals: Totals) -> Totals | None:
    """Take the tax of the store's home out of prices that include it, for who pays none."""
    settings, standing = ctx.settings(TaxSettings), read(totals)
    if standing is None or not settings.prices_include_tax:
        return None
    included = compute(totals, await rates_of(ctx, settings.home_country, settings.home_region), settings)
    zero, version = Money.zero(totals.currency), ctx.version_of(NOTE)
    lines = []
    for line in totals.lines:
        off = included.by_line.get(line.line_id, zero)
        trail = Provenance(NOTE, version, standing.code, -off, standing.detail)
        lines.append(
            replace(line, discount=line.discount + off, provenance=(*line.provenance, trail)) if off else line
        )
    rate = totals.shipping_rate
    return replace(
        totals,
        lines=tuple(lines),
        shipping_rate=replace(rate, price=rate.price - included.on_shipping) if rate else None,
        fees=tuple(
            replace(fee, amount=fee.amount - included.by_fee.get(fee.code, zero)) for fee in totals.fees
        ),
    )


def untaxed(ctx: Context, totals: Totals, standing: Standing) -> TaxResult:
    """Give taxes of nothing, with the line that says why."""
    zero = Money.zero(totals.currency)
    base = totals.subtotal - totals.discount + totals.shipping + totals.fee_total
    line = TaxLine(ctx.gettext(_LABELS[standing.code]), 0, base, zero, standing.detail)
    included = ctx.settings(TaxSettings).prices_include_tax
    return TaxResult(included=included, by_line={}, on_shipping=zero, lines=(line,))


def check_number(ctx: Context, cart: Cart) -> list[Rejection]:
    """Refuse a number that cannot be one."""
    typed = cart.attributes.get(VAT_ID, "")
    if not typed or vat.is_valid(typed):
        return []
    words = ctx.gettext("This is no VAT number: look for a missing or mistyped digit, or leave it empty.")
    return [Rejection(VAT_ID, words, f"attributes/{VAT_ID}")]


async def _standing(ctx: Context, cart: Cart) -> Standing | None:
    settings, typed = ctx.settings(TaxSettings), cart.attributes.get(VAT_ID, "")
    is_known = ctx.actor.kind == "customer" and ctx.actor.id is not None
    if not is_known and not (typed and settings.reverse_charge):
        return None
    who = await catalog.audience(ctx) if is_known else catalog.Audience()
    country = cart.shipping_address.country if cart.shipping_address else ""
    if settings.reverse_charge:
        numbers = [typed, *sorted(who.tax_ids)]
        number = next((x for x in numbers if _holds(x, country, settings.home_country)), "")
        if number:
            return Standing("reverse_charge", vat.compact(number))
    if not is_known:
        return None
    rows = await ctx.fetch_rows(_EXEMPT, sorted(who.tags), today(ctx))
    if not rows:
        return None
    reason, certificate = rows[0]["reason"], rows[0]["certificate"]
    return Standing("exempt", f"{reason} ({certificate})" if certificate else reason)


def _holds(number: str, country: str, home: str) -> bool:
    """Tell whether a business with this number in another EU country than ours is asked for a parcel."""
    if country not in _EU or home not in _EU or country == home or not vat.is_valid(number):
        return False
    prefix = vat.compact(number)[:2]
    return ("GR" if prefix == "EL" else prefix) == country
