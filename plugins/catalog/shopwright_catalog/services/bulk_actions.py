# SPDX-License-Identifier: Apache-2.0
"""What can be done to many products at once: each action makes of a product what it becomes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Literal, get_args

from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable
from shopwright_catalog.api import ProductInput
from shopwright_catalog.services.staff_view import Draft

Name = Literal[
    "publish", "unpublish", "archive", "restore", "add_tag", "remove_tag", "set_vendor", "set_type",
    "set_category", "price_percent", "price_amount",
]  # fmt: skip
NAMES: tuple[Name, ...] = get_args(Name)
PLAIN = frozenset({"publish", "unpublish", "archive", "restore"})
"""Actions that are given no value."""
_WHOLE = re.compile(r"-?\d{1,13}", re.ASCII)
_TIMES = ("publish_at", "unpublish_at")


@dataclass(frozen=True, slots=True)
class Action:
    """One action and what it is given: a tag, a name, a category's handle, percents, or minor units."""

    name: Name
    value: str = ""


def check(action: Action) -> None:
    """Refuse an action whose value it cannot use.

    Raises:
        Invalid: says what is expected, at ``/value``.
    """
    words = ""
    if action.name in {"add_tag", "remove_tag"} and not 1 <= len(action.value.strip()) <= 255:
        words = translatable("Give a tag of 1 to 255 characters.")
    elif action.name in {"set_vendor", "set_type"} and len(action.value) > 255:
        words = translatable("Use at most 255 characters.")
    elif action.name == "price_percent" and _percent(action.value) is None:
        words = translatable("Give percents from -100 to 1000, like -10 or 2.5.")
    elif action.name == "price_amount" and not _WHOLE.fullmatch(action.value):
        words = translatable("Give an amount to add, or one with a minus to take off.")
    if words:
        raise Invalid(words, errors=[FieldError("/value", "bad_value", words)])


def values_of(draft: Draft) -> dict[str, Any]:
    """Give what actions change of a product, as it is kept to undo them."""
    product = draft.product
    return {
        "archived": draft.archived,
        "published": product.published,
        **{name: _text(getattr(product, name)) for name in _TIMES},
        "tags": list(product.tags),
        "vendor": product.vendor,
        "product_type": product.product_type,
        "category_handles": list(product.category_handles),
        "prices": {str(variant.id): variant.price for variant in product.variants},
    }


def changes(action: Action, draft: Draft) -> dict[str, Any]:
    """Give the values that an action changes, as they become; empty when it changes nothing.

    Raises:
        Invalid: the action cannot be done to this product.
    """
    before = values_of(draft)
    if draft.archived and action.name not in {"restore", "archive"}:
        raise Invalid(translatable("The product is archived. Bring it back first."))
    return {name: value for name, value in _after(action, before).items() if before[name] != value}


def _after(action: Action, now: Mapping[str, Any]) -> dict[str, Any]:
    value, tags = action.value.strip(), now["tags"]
    off = {"published": False, "publish_at": None, "unpublish_at": None}
    match action.name:
        case "price_percent" | "price_amount":
            return {"prices": {id_: _price(action, price) for id_, price in now["prices"].items()}}
        case "add_tag":
            return {"tags": tags if value in tags else [*tags, value]}
        case "set_category":
            return {"category_handles": [value] if value else []}
    simple: dict[str, dict[str, Any]] = {
        "publish": {"published": True, "publish_at": None},
        "unpublish": off,
        "archive": {"archived": True, **off},
        "restore": {"archived": False},
        "remove_tag": {"tags": [tag for tag in tags if tag != value]},
        "set_vendor": {"vendor": value},
        "set_type": {"product_type": value},
    }
    return simple[action.name]


def changed(product: ProductInput, values: Mapping[str, Any]) -> ProductInput:
    """Give a product with other values."""
    found: dict[str, Any] = {
        name: values[name] for name in ("published", "vendor", "product_type") if name in values
    }
    found |= {name: tuple(values[name]) for name in ("tags", "category_handles") if name in values}
    found |= {name: _time(values[name]) for name in _TIMES if name in values}
    prices = values.get("prices", {})
    variants = tuple(replace(x, price=prices.get(str(x.id), x.price)) for x in product.variants)
    return replace(product, variants=variants, **found)


def _price(action: Action, price: int) -> int:
    if action.name == "price_amount":
        found = price + int(action.value)
    else:
        percent = _percent(action.value) or Decimal(0)
        found = int((price * (100 + percent) / 100).quantize(Decimal(1), ROUND_HALF_UP))
    if found < 0:
        raise Invalid(translatable("A price would be below zero."))
    return found


def _percent(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and -100 <= value <= 1000 else None


def _text(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _time(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
