# SPDX-License-Identifier: Apache-2.0
"""Baskets and promotions for tests, made of plain values."""

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from shopwright.money import Rounding
from shopwright_discounts.api import Basket, Item
from shopwright_discounts.services import actions, conditions
from shopwright_discounts.services.engine import Candidate, Outcome, Promotion, run

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""A Monday."""
CONDITIONS = {kind.code.partition(".")[2]: kind for kind in conditions.KINDS}
ACTIONS = {kind.code.partition(".")[2]: kind for kind in actions.KINDS}


def item(handle: str, price: int, quantity: int = 1, **values: Any) -> Item:
    """Make a line; its variant's id goes by the handle, so that ties go by the alphabet."""
    number = UUID(int=int.from_bytes(handle.encode()))
    facts = {name: frozenset(values.pop(name, ())) for name in ("tags", "categories", "groups")}
    return Item(f"line-{handle}", number, number, price, quantity, handle=handle, **facts, **values)


def basket(*items: Item, currency: str = "EUR", rounding: str = "half_up", **values: Any) -> Basket:
    values.setdefault("now", NOON)
    return Basket(currency, items, rounding=Rounding(rounding), **values)


def promotion(
    code: str, *parts: tuple[str, dict[str, Any]], currency: str = "EUR", **values: Any
) -> Promotion:
    """Make a promotion of parts named as their kinds: ``("percentage", {"percent": 10})``."""
    read = [(kind, CONDITIONS.get(kind) or ACTIONS[kind], given) for kind, given in parts]
    made = [(name, kind, kind.model.model_validate(given)) for name, kind, given in read]
    return Promotion(
        id=uuid5(NAMESPACE_OID, code),
        code=code,
        title=code.title(),
        currency=currency,
        conditions=tuple((kind, values) for name, kind, values in made if name in CONDITIONS),
        actions=tuple((kind, values) for name, kind, values in made if name in ACTIONS),
        **values,
    )


def computed(given: Basket, *promotions: Promotion) -> Outcome:
    return run([Candidate(x) for x in promotions], given)


def off(given: Basket, *promotions: Promotion) -> dict[str, int]:
    """Give what each line gets off, by handle; lines that get nothing are left out."""
    outcome = computed(given, *promotions)
    amounts = {x.handle: outcome.off(x.key) for x in given.items}
    return {handle: amount for handle, amount in amounts.items() if amount}
