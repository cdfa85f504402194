# SPDX-License-Identifier: Apache-2.0
"""Segments as staff type them: the form of one condition is made of its kind's model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Invalid
from shopwright.i18n import translatable
from shopwright.money import Money
from shopwright.settings.fields import describe
from shopwright_customers.admin.forms import Code, Title, Typed
from shopwright_customers.api import Condition, ConditionKind
from shopwright_customers.hookspecs import customer_conditions

_WORDS = {
    "int": translatable("Please give a number of this size."),
    "greater": translatable("Please give a number of this size."),
    "less": translatable("Please give a number of this size."),
    "date": translatable("Please give a date."),
    "missing": translatable("Please fill this in."),
    "string_too_short": translatable("Please fill this in."),
}
"""What staff read in a form for an error whose code begins so."""


class SegmentForm(Typed):
    """A segment without its conditions."""

    code: Code
    title: Title
    match: Literal["all", "any"] = "all"


class ChangedSegment(SegmentForm):
    """A segment without its conditions, with the version the caller has seen."""

    version: int


class ConditionBody(Typed):
    """A condition: the code of its kind, and what the kind is given."""

    code: str = Field(max_length=100)
    values: dict[str, Any] = Field(default_factory=dict)
    negated: bool = False


class SegmentBody(SegmentForm):
    """A segment to save."""

    conditions: list[ConditionBody] = Field(default_factory=list, max_length=20)


class ChangedSegmentBody(SegmentBody):
    """A segment to replace, with the version the caller has seen, if not by ``If-Match``."""

    version: int | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """A field of a condition's form; ``type`` is of the HTML input, ``checkbox`` and ``select`` included."""

    name: str
    label: str
    type: str
    choices: tuple[tuple[str, str], ...] = ()


async def inputs(ctx: Context, kind: ConditionKind) -> list[Input]:
    """Give the fields of a kind's form."""
    offered, money = await kind.choices(ctx), money_fields(kind.values)
    found = []
    for field in describe(kind.values, {}):
        choices = tuple(offered.get(field.name, ())) or tuple((x, ctx.gettext(x)) for x in field.choices)
        kinds = {"bool": "checkbox", "int": "number", "date": "date"}
        type_ = "select" if choices else kinds.get(_plain(kind.values, field.name), "text")
        label = ctx.gettext(field.label)
        if field.name in money:
            type_, label = "text", f"{label} ({ctx.store.currency})"
        found.append(Input(field.name, label, type_, choices))
    return found


def typed_values(ctx: Context, kind: ConditionKind, raw: Mapping[str, str]) -> dict[str, Any]:
    """Take what was typed into a kind's form; what cannot be read is left to the kind's model to refuse."""
    money, values = money_fields(kind.values), dict[str, Any]()
    for name in kind.values.model_fields:
        text = raw.get(name, "").replace("\0", "").strip()
        if _plain(kind.values, name) == "bool":
            values[name] = name in raw
        elif name in money:
            values[name] = _minor(text, ctx.store.currency)
        elif text:
            values[name] = text
    return values


async def words(ctx: Context, condition: Condition) -> str:
    """Say a condition in words; by its code when its plugin is off."""
    kind = ctx.hooks.registered(customer_conditions).get(condition.code)
    if kind is None:
        return ctx.gettext("%(code)s (its plugin is off: this holds for nobody)", code=condition.code)
    offered, money = await kind.choices(ctx), money_fields(kind.values)
    shown = []
    for name, value in condition.values.items():
        labels = dict(offered.get(name, ()))
        amount = name in money and isinstance(value, int)
        text = ctx.format_money(Money(value, ctx.store.currency)) if amount else str(value)
        shown.append(labels.get(text, text))
    said = f"{kind.label(ctx)}: {', '.join(shown)}" if shown else kind.label(ctx)
    return ctx.gettext("Not: %(condition)s", condition=said) if condition.negated else said


def errors_of(ctx: Context, error: Invalid) -> dict[str, str]:
    """Give what is wrong with a condition by the name of its field."""
    found = {}
    for each in error.errors:
        said = next((text for start, text in _WORDS.items() if each.code.startswith(start)), each.message)
        found[each.pointer.rpartition("/")[2]] = ctx.gettext(said)
    return found


def money_fields(model: type[BaseModel]) -> frozenset[str]:
    """Name the fields that hold minor units."""
    extras = {name: info.json_schema_extra for name, info in model.model_fields.items()}
    return frozenset(n for n, extra in extras.items() if isinstance(extra, Mapping) and extra.get("money"))


def conditions_of(body: Sequence[ConditionBody]) -> list[Condition]:
    return [Condition(each.code, each.values, each.negated) for each in body]


def _plain(model: type[BaseModel], name: str) -> str:
    annotation = model.model_fields[name].annotation
    return annotation.__name__ if isinstance(annotation, type) else ""


def _minor(text: str, currency: str) -> int | str:
    try:
        return Money.from_decimal(text, currency).amount
    except ValueError:
        return text
