# SPDX-License-Identifier: Apache-2.0
"""Which promotions apply to a basket, and what each takes off. Pure: no database, no clock, no store.

Promotions are tried by priority, then by code. Conditions look at the prices before discounts, actions at what
is left after the promotions before. Of an exclusion group the first that does something applies; one that does
not combine applies only alone. Nothing costs less than nothing, whatever a kind answers.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shopwright.i18n import translatable
from shopwright_discounts.api import ActionKind, Basket, ConditionKind, Effect, Reason, ordered

log = logging.getLogger(__name__)

NOTHING_FITS = Reason("nothing_fits", translatable("Nothing in your cart is part of this offer."))
NO_EFFECT = Reason("no_effect", translatable("This offer would change nothing in your cart."))
NOT_YET = Reason("not_yet", translatable("This offer has not begun yet."))
OVER = Reason("over", translatable("This offer is over."))
OTHER_CURRENCY = Reason("other_currency", translatable("This offer does not hold in your currency."))
BUDGET = Reason("budget_used_up", translatable("This offer is used up."))
CHOOSE_GIFT = Reason("choose_gift", translatable("Choose your gift: it is not in your cart yet."))
BROKEN = Reason("broken", translatable("This offer cannot be computed at the moment."))


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion with its parts read: each kind with its values."""

    id: UUID
    code: str
    title: str
    currency: str
    priority: int = 0
    exclusion_group: str = ""
    combines: bool = True
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    conditions: tuple[tuple[ConditionKind, Any], ...] = ()
    actions: tuple[tuple[ActionKind, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A promotion to try. ``blocked`` says why it cannot apply whatever is in the basket."""

    promotion: Promotion
    blocked: Reason | None = None
    budget: int | None = None
    """The most it may take off."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What a promotion takes off, by item key."""

    promotion: Promotion
    amounts: dict[str, int]
    free_shipping: bool
    detail: str

    @property
    def total(self) -> int:
        return sum(self.amounts.values())


@dataclass(frozen=True, slots=True)
class Refused:
    """A promotion that does not apply, and why."""

    promotion: Promotion
    reason: Reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of all candidates, in the order in which they were tried."""

    applied: tuple[Applied, ...] = ()
    refused: tuple[Refused, ...] = ()

    def off(self, key: str) -> int:
        return sum(applied.amounts.get(key, 0) for applied in self.applied)


def run(candidates: Sequence[Candidate], basket: Basket) -> Outcome:
    """Try all candidates on a basket."""
    basket = replace(basket, items=ordered(basket.items))
    applied: list[Applied] = []
    refused: list[Refused] = []
    for candidate in sorted(candidates, key=lambda c: (-c.promotion.priority, c.promotion.code)):
        found = _tried(candidate, basket, applied)
        if isinstance(found, Reason):
            refused.append(Refused(candidate.promotion, found))
            continue
        applied.append(found)
        basket = _reduced(basket, found.amounts)
    return Outcome(tuple(applied), tuple(refused))


def _tried(candidate: Candidate, basket: Basket, applied: Sequence[Applied]) -> Applied | Reason:
    promotion = candidate.promotion
    try:
        reason = candidate.blocked or _period(promotion, basket) or _in_the_way(promotion, applied)
        gifts = gifts_of(promotion)
        chosen = _selected(promotion, _of(basket, gifts, among=False))
        reason = reason or objection(promotion, chosen)
        if reason is not None:
            return reason
        found = _acted(promotion, chosen, _of(basket, gifts, among=True))
    except Exception:
        # A kind may be anybody's; what it breaks is its own promotion.
        log.exception("promotion %s cannot be computed", promotion.code)
        return BROKEN
    if not found.amounts and not found.free_shipping:
        return NO_EFFECT if not gifts or _of(basket, gifts, among=True).items else CHOOSE_GIFT
    if candidate.budget is not None and found.total > candidate.budget:
        return BUDGET
    return found


def _period(promotion: Promotion, basket: Basket) -> Reason | None:
    if promotion.starts_at is not None and basket.now < promotion.starts_at:
        return NOT_YET
    if promotion.ends_at is not None and basket.now >= promotion.ends_at:
        return OVER
    return OTHER_CURRENCY if promotion.currency != basket.currency else None


def _in_the_way(promotion: Promotion, applied: Sequence[Applied]) -> Reason | None:
    for other in applied:
        same = promotion.exclusion_group and promotion.exclusion_group == other.promotion.exclusion_group
        if same or not promotion.combines or not other.promotion.combines:
            words = translatable("This offer cannot be combined with “%(title)s”.")
            return Reason("not_combinable", words, {"title": other.promotion.title})
    return None


def gifts_of(promotion: Promotion) -> frozenset[str]:
    """Give the handles of the products a promotion gives away."""
    given = [kind.gives(values) for kind, values in promotion.actions if kind.gives is not None]
    return frozenset(handle.casefold() for handles in given for handle in handles)


def _of(basket: Basket, handles: frozenset[str], *, among: bool) -> Basket:
    items = tuple(x for x in basket.items if (x.handle.casefold() in handles) == among)
    return replace(basket, items=items)


def _selected(promotion: Promotion, basket: Basket) -> Basket:
    selecting = [(kind.selects, values) for kind, values in promotion.conditions if kind.selects is not None]
    items = tuple(x for x in basket.items if all(selects(values, x) for selects, values in selecting))
    return replace(basket, items=items)


def objection(promotion: Promotion, basket: Basket) -> Reason | None:
    """Give the first reason of a promotion's conditions not to apply to a basket of the items it selects."""
    if not basket.items:
        return NOTHING_FITS
    for kind, values in promotion.conditions:
        reason = kind.objection(values, basket) if kind.objection is not None else None
        if reason is not None:
            return reason
    return None


def _acted(promotion: Promotion, basket: Basket, gifts: Basket) -> Applied:
    amounts: dict[str, int] = {}
    details: list[str] = []
    free_shipping = False
    for kind, values in promotion.actions:
        on = basket if kind.gives is None else gifts
        effect = kind.evaluate(values, on)
        allowed = _allowed(effect, on)
        basket, gifts = _reduced(basket, allowed), _reduced(gifts, allowed)
        amounts = {key: amounts.get(key, 0) + allowed.get(key, 0) for key in {**amounts, **allowed}}
        free_shipping = free_shipping or effect.free_shipping
        details += [effect.detail] if effect.detail else []
    return Applied(promotion, amounts, free_shipping, ", ".join(details))


def _allowed(effect: Effect, basket: Basket) -> dict[str, int]:
    """Keep what can be taken off: of items the action was given, and no more than is left of each."""
    wanted = {item.key: min(effect.amounts.get(item.key, 0), item.remaining) for item in basket.items}
    return {key: amount for key, amount in wanted.items() if amount > 0}


def _reduced(basket: Basket, amounts: dict[str, int]) -> Basket:
    if not amounts:
        return basket
    items = tuple(
        replace(x, discount=x.discount + amounts[x.key]) if x.key in amounts else x for x in basket.items
    )
    return replace(basket, items=items)
