# SPDX-License-Identifier: Apache-2.0
"""Promotions in a cart: what each line gets off, free shipping, and why an entered code does not apply."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

import orjson

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright.jsontext import dump
from shopwright.money import Money, Provenance
from shopwright_catalog import api as catalog
from shopwright_catalog.api import ExchangeRate
from shopwright_checkout.api import Cart, LineTotals, ShippingRate, Totals
from shopwright_discounts.api import Basket, Reason
from shopwright_discounts.services.catalogue import audience_of, groups_for, item_of, rounding_of
from shopwright_discounts.services.currency import converted
from shopwright_discounts.services.engine import CHOOSE_GIFT, Candidate, Outcome, Refused, gifts_of, run
from shopwright_discounts.services.privacy import people_of
from shopwright_discounts.services.promotions import Live, enabled, local_now
from shopwright_orders import api as orders

NOTE = "discounts"
"""Where the totals' notes tell what was given and what was not."""
TRIED = "discounts.tried"
"""Attribute of a cart that is only tried, with codes to try: of one that is stored nobody can set it."""
_STATE = """
SELECT 'coupon' AS what, c.id, c.promotion_id, c.code, c.uses, c.limit_total AS most, c.enabled, 0::bigint AS spent
FROM discounts_cart_coupon x JOIN discounts_coupon c ON c.store_id = x.store_id AND c.id = x.coupon_id
WHERE x.cart_id = $1
UNION ALL
SELECT 'coupon', c.id, c.promotion_id, c.code, c.uses, c.limit_total, c.enabled, 0 FROM discounts_coupon c
WHERE c.code = ANY($4::text[])
UNION ALL
SELECT 'promotion', p.id, p.id, '', p.uses, p.limit_total, p.enabled, p.spent FROM discounts_promotion p
WHERE p.id = ANY($2::uuid[])
UNION ALL
SELECT 'person', u.id, u.promotion_id, '', u.uses, NULL, true, 0 FROM discounts_person u
WHERE u.promotion_id = ANY($2::uuid[]) AND u.who = ANY($3::text[])
ORDER BY 1, 4
"""
CODE_USED_UP = Reason("coupon_used_up", translatable("This code has been used up."))
CODE_OFF = Reason("coupon_off", translatable("This code is not valid any more."))
USED_UP = Reason("promotion_used_up", translatable("This offer is used up."))
USED_BEFORE = Reason("used_before", translatable("You have used this offer already."))
TWICE = Reason("same_offer", translatable("Another code in your cart gives this offer already."))
OVER = Reason("promotion_off", translatable("This offer is over."))


@dataclass(frozen=True, slots=True)
class Given:
    """A promotion that was applied to a cart, as the order is to hold it."""

    promotion_id: str
    code: str
    title: str
    version: int
    amount: int
    spent: int
    """The same in the store's currency, as its budget is counted."""
    coupon_id: str | None = None
    coupon: str = ""
    per_customer: int | None = None
    budget_left: int | None = None
    free_shipping: bool = False


@dataclass(frozen=True, slots=True)
class CodeState:
    """A code in a cart: whether it applies, and why not in the customer's words."""

    code: str
    applies: bool
    title: str = ""
    reason_code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift that is not in the cart yet: products to choose from, by handle."""

    promotion: str
    title: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What promotions did to a cart."""

    given: tuple[Given, ...] = ()
    codes: tuple[CodeState, ...] = ()
    gifts: tuple[Gift, ...] = ()
    refused: tuple[CodeState, ...] = ()
    """Promotions that do not apply and why, each under its own code; told of a cart that is only tried."""


def read_note(notes: Mapping[str, str]) -> Note:
    if NOTE not in notes:
        return Note()
    data = orjson.loads(notes[NOTE])
    states = {name: tuple(CodeState(**x) for x in data[name]) for name in ("codes", "refused")}
    gifts = tuple(Gift(x["promotion"], x["title"], tuple(x["products"])) for x in data["gifts"])
    return Note(tuple(Given(**x) for x in data["given"]), gifts=gifts, **states)


async def discounted(ctx: Context, totals: Totals, cart: Cart) -> Totals | None:
    """Apply the store's promotions to a cart; None when it has none. One statement at most, where one is limited."""
    found = [x for x in await enabled(ctx) if not x.is_catalogue]
    if not found or not totals.lines:
        return None
    rate = await catalog.rate_to(ctx, totals.currency)
    found = converted(found, rate)
    state = _State(found, await _rows(ctx, cart, found), rate)
    candidates = state.candidates(ctx.locale)
    outcome = run(candidates, await _basket(ctx, totals, cart, [x for x in found if state.is_wanted(x)]))
    note = Note(state.given(outcome), state.codes(ctx, outcome), tuple(_gifts(outcome)))
    if TRIED in cart.attributes:
        note = replace(note, refused=tuple(_refused(ctx, x) for x in outcome.refused))
    if note == Note():
        return None
    version = ctx.version_of(NOTE)
    lines = tuple(_line(line, outcome, totals.currency, version) for line in totals.lines)
    return _noted(replace(totals, lines=lines), note)


async def shipped_free(ctx: Context, totals: Totals) -> Totals | None:
    """Take off the price of shipping, where a promotion gives that."""
    note, rate = read_note(totals.notes), totals.shipping_rate
    if rate is None or not rate.price.amount:
        return None
    for given in note.given:
        if given.free_shipping and (given.budget_left is None or rate.price.amount <= given.budget_left):
            return await _without_shipping(ctx, totals, note, given, rate)
    return None


def _spent(rate: ExchangeRate | None, amount: int) -> int:
    return amount if rate is None else rate.back(Money(amount, rate.target)).amount


async def _without_shipping(
    ctx: Context, totals: Totals, note: Note, given: Given, rate: ShippingRate
) -> Totals:
    amount = given.amount + rate.price.amount
    spent = _spent(await catalog.rate_to(ctx, totals.currency), amount)
    more = replace(given, amount=amount, spent=spent, budget_left=None)
    note = replace(note, given=tuple(more if x is given else x for x in note.given))
    trail = Provenance(NOTE, ctx.version_of(NOTE), given.code, -rate.price, given.title)
    free = replace(rate, price=Money.zero(totals.currency))
    return _noted(replace(totals, shipping_rate=free, provenance=(*totals.provenance, trail)), note)


def _noted(totals: Totals, note: Note) -> Totals:
    return replace(totals, notes={**totals.notes, NOTE: dump(asdict(note))})


def _refused(ctx: Context, refused: Refused) -> CodeState:
    promotion, reason = refused.promotion, refused.reason
    return CodeState(
        promotion.code,
        applies=False,
        title=promotion.title,
        reason_code=reason.code,
        reason=said(ctx, reason),
    )


def _gifts(outcome: Outcome) -> Iterator[Gift]:
    for x in outcome.refused:
        if x.reason is CHOOSE_GIFT:
            yield Gift(x.promotion.code, x.promotion.title, tuple(sorted(gifts_of(x.promotion))))


async def _rows(ctx: Context, cart: Cart, found: Sequence[Live]) -> list[Any]:
    limited = [x.promotion.id for x in found if x.is_limited]
    if not limited and not any(x.needs_coupon for x in found):
        return []
    return await ctx.fetch_rows(
        _STATE,
        cart.id,
        limited,
        people_of(cart.customer_id, cart.email),
        cart.attributes.get(TRIED, "").split(),
    )


async def _basket(ctx: Context, totals: Totals, cart: Cart, found: Sequence[Live]) -> Basket:
    asks_first = any(
        kind.code == "discounts.first_order" for x in found for kind, _ in x.promotion.conditions
    )
    has_ordered = asks_first and await orders.has_ordered(ctx, cart.customer_id, cart.email)
    groups = await groups_for(ctx, found, [x.variant.product_id for x in totals.lines])
    items = tuple(
        item_of(
            str(x.line_id), x.variant.id, x.variant.product_id, x.unit_price, x.quantity, x.variant.facts,
            groups.get(x.variant.product_id, frozenset()),
        )
        for x in totals.lines
    )  # fmt: skip
    # What other plugins took off already is not there to be taken again.
    taken = {str(x.line_id): x.discount.amount for x in totals.lines}
    items = tuple(replace(item, discount=taken[item.key]) for item in items)
    audience = await audience_of(ctx, found)
    return Basket(totals.currency, items, local_now(ctx), audience, has_ordered, rounding_of(ctx))


def _line(line: LineTotals, outcome: Outcome, currency: str, version: str) -> LineTotals:
    key = str(line.line_id)
    trail = tuple(
        Provenance(
            NOTE,
            version,
            x.promotion.code,
            Money(-x.amounts[key], currency),
            _detail(x.promotion.title, x.detail),
        )
        for x in outcome.applied
        if key in x.amounts
    )
    if not trail:
        return line
    discount = line.discount + Money(outcome.off(key), currency)
    return replace(line, discount=discount, provenance=(*line.provenance, *trail))


def _detail(title: str, detail: str) -> str:
    return f"{title} ({detail})" if detail else title


class _State:
    """Which promotions are to be tried on a cart, with the codes that were entered and what has been used."""

    def __init__(self, found: Sequence[Live], rows: Sequence[Any], rate: ExchangeRate | None) -> None:
        self._rate = rate
        self._live = {x.promotion.id: x for x in found}
        self._entered = [row for row in rows if row["what"] == "coupon"]
        self._used = {row["promotion_id"]: row for row in rows if row["what"] == "promotion"}
        self._people: dict[UUID, int] = {}
        for row in rows:
            if row["what"] == "person":
                before = self._people.get(row["promotion_id"], 0)
                self._people[row["promotion_id"]] = max(before, row["uses"])
        self._coupons: dict[UUID, Any] = {}
        for row in self._entered:
            if _coupon_fault(row) is None:
                self._coupons.setdefault(row["promotion_id"], row)

    def is_wanted(self, live: Live) -> bool:
        return not live.needs_coupon or live.promotion.id in self._coupons

    def candidates(self, locale: str) -> list[Candidate]:
        return [
            Candidate(replace(x.promotion, title=x.title(locale)), self._blocked(x), self._budget_left(x))
            for x in self._live.values()
            if self.is_wanted(x)
        ]

    def given(self, outcome: Outcome) -> tuple[Given, ...]:
        result = []
        for x in outcome.applied:
            live, coupon = self._live[x.promotion.id], self._coupons.get(x.promotion.id)
            left = self._budget_left(live)
            result.append(
                Given(
                    promotion_id=str(x.promotion.id),
                    code=x.promotion.code,
                    title=x.promotion.title,
                    version=live.version,
                    amount=x.total,
                    spent=_spent(self._rate, x.total),
                    coupon_id=str(coupon["id"]) if coupon else None,
                    coupon=coupon["code"] if coupon else "",
                    per_customer=live.limit_per_customer,
                    # Only free shipping asks for it, and nobody else is to see it.
                    budget_left=left - x.total if x.free_shipping and left is not None else None,
                    free_shipping=x.free_shipping,
                )
            )
        return tuple(result)

    def codes(self, ctx: Context, outcome: Outcome) -> tuple[CodeState, ...]:
        reasons = {x.promotion.id: x.reason for x in outcome.refused}
        return tuple(self._code(ctx, row, reasons) for row in self._entered)

    def _code(self, ctx: Context, row: Any, reasons: Mapping[UUID, Reason]) -> CodeState:
        live = self._live.get(row["promotion_id"])
        reason = _coupon_fault(row) or (OVER if live is None else reasons.get(row["promotion_id"]))
        if reason is None and self._coupons[row["promotion_id"]] is not row:
            reason = TWICE
        title = live.title(ctx.locale) if live else ""
        if reason is None:
            return CodeState(row["code"], applies=True, title=title)
        return CodeState(
            row["code"], applies=False, title=title, reason_code=reason.code, reason=said(ctx, reason)
        )

    def _blocked(self, live: Live) -> Reason | None:
        used = self._used.get(live.promotion.id)
        if used is None:
            return None
        if not used["enabled"]:
            return OVER
        if live.limit_total is not None and used["uses"] >= live.limit_total:
            return USED_UP
        if live.limit_per_customer is not None:
            return USED_BEFORE if self._people.get(live.promotion.id, 0) >= live.limit_per_customer else None
        return None

    def _budget_left(self, live: Live) -> int | None:
        if live.budget is None:
            return None
        used = self._used.get(live.promotion.id)
        left = max(0, live.budget - (used["spent"] if used else 0))
        if self._rate is None:
            return left
        found = self._rate.minor(left)
        # Rounding must not promise what the budget does not hold when it is counted back.
        return found - (_spent(self._rate, found) > left)


def _coupon_fault(row: Any) -> Reason | None:
    if not row["enabled"]:
        return CODE_OFF
    return CODE_USED_UP if row["most"] is not None and row["uses"] >= row["most"] else None


def said(ctx: Context, reason: Reason) -> str:
    """Say a reason in the context's language."""
    values = {
        name: ctx.format_money(value) if isinstance(value, Money) else value
        for name, value in reason.values.items()
    }
    return ctx.gettext(reason.words, **values)
