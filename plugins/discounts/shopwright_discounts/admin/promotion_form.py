# SPDX-License-Identifier: Apache-2.0
"""The editor of a promotion: what is typed in, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable
from shopwright_discounts.admin import parts_form
from shopwright_discounts.admin.parts_form import Posted
from shopwright_discounts.hookspecs import promotion_actions, promotion_conditions
from shopwright_discounts.services.read_promotions import SavedPromotion
from shopwright_discounts.services.save_promotion import PartInput, PromotionInput

_TEXTS = (
    "code",
    "title",
    "exclusion_group",
    "starts_at",
    "ends_at",
    "priority",
    "limit_total",
    "limit_per_customer",
    "budget",
)
_BOXES = ("enabled", "needs_coupon", "combines")
_NUMBERS = ("priority", "limit_total", "limit_per_customer")


@dataclass(frozen=True, slots=True)
class Typed:
    """A promotion as it stands in the form."""

    texts: dict[str, str]
    boxes: dict[str, bool]
    titles: dict[str, str] = field(default_factory=dict)
    conditions: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    version: int = 0


def blank() -> Typed:
    """Begin a promotion."""
    return Typed(
        dict.fromkeys(_TEXTS, "") | {"priority": "0"}, dict.fromkeys(_BOXES, False) | {"combines": True}
    )


def of(ctx: Context, saved: SavedPromotion) -> Typed:
    """Fill the form with a saved promotion."""
    zone = ZoneInfo(ctx.store.timezone)
    texts = {name: "" if getattr(saved, name) is None else str(getattr(saved, name)) for name in _TEXTS}
    texts["budget"] = parts_form.major(saved.budget, saved.currency)
    for name in ("starts_at", "ends_at"):
        moment = getattr(saved, name)
        texts[name] = moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment else ""
    return Typed(
        texts,
        {name: getattr(saved, name) for name in _BOXES},
        dict(saved.titles),
        [dict(part) for part in saved.conditions],
        [dict(part) for part in saved.actions],
        saved.version,
    )


def read(ctx: Context, posted: Posted) -> Typed:
    """Read the form as it was sent."""
    version = posted.get("version", "")
    return Typed(
        {name: posted.get(name, "").strip() for name in _TEXTS},
        {name: name in posted for name in _BOXES},
        {
            x: posted.get(f"title.{x}", "").strip()
            for x in ctx.store.locales
            if posted.get(f"title.{x}", "").strip()
        },
        parts_form.read(ctx, "conditions", ctx.hooks.registered(promotion_conditions), posted),
        parts_form.read(ctx, "actions", ctx.hooks.registered(promotion_actions), posted),
        int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
    )


def meant(ctx: Context, typed: Typed) -> PromotionInput:
    """Say what a form means.

    Raises:
        Invalid: a number, an amount or a time cannot be read.
    """
    errors: list[FieldError] = []
    values: dict[str, Any] = {name: _number(typed.texts, name, errors) for name in _NUMBERS}
    values = values | typed.boxes | {"priority": values["priority"] or 0}
    for name in ("starts_at", "ends_at"):
        values[name] = _moment(ctx, typed.texts, name, errors)
    budget = parts_form.minor(typed.texts["budget"], ctx.store.currency) if typed.texts["budget"] else None
    if isinstance(budget, str):
        errors.append(FieldError("/budget", "amount", translatable("Write an amount like 12.50.")))
    if errors:
        raise Invalid(errors=errors)
    return PromotionInput(
        code=typed.texts["code"],
        title=typed.texts["title"],
        exclusion_group=typed.texts["exclusion_group"],
        titles=typed.titles,
        conditions=[PartInput(x["kind"], x["values"]) for x in typed.conditions],
        actions=[PartInput(x["kind"], x["values"]) for x in typed.actions],
        budget=budget if isinstance(budget, int) else None,
        **values,
    )


def _number(texts: Mapping[str, str], name: str, errors: list[FieldError]) -> int | None:
    typed = texts[name]
    if not typed:
        return None
    digits = typed.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) < 12:
        return int(typed)
    errors.append(FieldError(f"/{name}", "int", translatable("Please give a whole number.")))
    return None


def _moment(ctx: Context, texts: Mapping[str, str], name: str, errors: list[FieldError]) -> datetime | None:
    if not texts[name]:
        return None
    try:
        return datetime.fromisoformat(texts[name]).replace(tzinfo=ZoneInfo(ctx.store.timezone))
    except ValueError:
        errors.append(FieldError(f"/{name}", "time", translatable("Please give a date and a time.")))
        return None
