# SPDX-License-Identifier: Apache-2.0
"""Forms for conditions and actions, made of their kinds' models: any kind of any plugin gets one."""

import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any, Literal

from pydantic.fields import FieldInfo

from shopwright.context import Context
from shopwright.money import Money
from shopwright_discounts.api import ActionKind, ConditionKind, is_money

Look = Literal["text", "number", "time", "money", "checkbox", "select", "boxes", "lines"]
Posted = Any
"""What was sent: a mapping of names to texts, with ``getall`` for names that come several times."""


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of a kind's form, filled in."""

    name: str
    label: str
    help: str
    look: Look
    value: Any
    required: bool
    choices: Sequence[tuple[str, str]] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class FormPart:
    """A condition or an action in the form; ``prefix`` begins the names of its fields."""

    prefix: str
    kind: str
    label: str
    fields: Sequence[FormField]
    error: str = ""


Part = Mapping[str, Any]
"""``kind`` and ``values`` of a condition or an action."""
Kinds = Mapping[str, ConditionKind] | Mapping[str, ActionKind]


def shown(
    ctx: Context, name: str, kinds: Kinds, parts: Sequence[Part], errors: Mapping[str, str]
) -> list[FormPart]:
    """Give the forms of saved or typed parts; ``errors`` are by JSON pointer."""
    return [_part(ctx, f"{name}.{n}", kinds, part, errors) for n, part in enumerate(parts)]


def read(ctx: Context, name: str, kinds: Kinds, posted: Posted) -> list[dict[str, Any]]:
    """Give the parts that were typed in, without those that are to be removed."""
    parts = []
    for prefix in _prefixes(name, posted):
        kind = posted[f"{prefix}.kind"]
        if f"{prefix}.remove" not in posted:
            known = kinds.get(kind)
            values = _values(ctx, prefix, known, posted) if known else {}
            parts.append({"kind": kind, "values": values})
    return parts


def _prefixes(name: str, posted: Posted) -> Iterator[str]:
    for index in range(20):
        if f"{name}.{index}.kind" in posted:
            yield f"{name}.{index}"


def _values(ctx: Context, prefix: str, kind: ConditionKind | ActionKind, posted: Posted) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field, info in kind.model.model_fields.items():
        name, look = f"{prefix}.{field}", _look(info)
        if look == "checkbox":
            values[field] = name in posted
        elif look == "boxes":
            values[field] = posted.getall(name, [])
        elif look == "lines":
            values[field] = [line.strip() for line in posted.get(name, "").splitlines() if line.strip()]
        elif posted.get(name, "").strip():
            typed = posted[name].strip()
            values[field] = minor(typed, ctx.store.currency) if look == "money" else typed
    return values


def minor(typed: str, currency: str) -> int | str:
    """Read an amount in the currency's own notation; what is none stays as it is, to be refused."""
    try:
        return Money.from_decimal(typed.replace(",", "."), currency).amount
    except ValueError:
        return typed


def major(value: object, currency: str) -> str:
    """Write minor units in the currency's own notation."""
    return f"{Money(value, currency).to_decimal():f}" if isinstance(value, int) else str(value or "")


def _part(ctx: Context, prefix: str, kinds: Kinds, part: Part, errors: Mapping[str, str]) -> FormPart:
    kind = kinds.get(part["kind"])
    pointer = "/" + prefix.replace(".", "/")
    if kind is None:
        label = ctx.gettext("%(kind)s (its plugin is off)", kind=part["kind"])
        return FormPart(prefix, part["kind"], label, (), errors.get(f"{pointer}/kind", ""))
    fields = [
        _field(
            ctx, f"{prefix}.{name}", name, info, part["values"], _error(errors, f"{pointer}/values/{name}")
        )
        for name, info in kind.model.model_fields.items()
    ]
    return FormPart(prefix, kind.code, ctx.gettext(kind.label), fields, errors.get(f"{pointer}/values", ""))


def _error(errors: Mapping[str, str], pointer: str) -> str:
    found = [words for name, words in errors.items() if name == pointer or name.startswith(f"{pointer}/")]
    return " ".join(found)


def _field(
    ctx: Context, name: str, field: str, info: FieldInfo, values: Mapping[str, Any], error: str
) -> FormField:
    look = _look(info)
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    value = values.get(field, default)
    return FormField(
        name=name,
        label=ctx.gettext(info.title or field.replace("_", " ").capitalize()),
        help=ctx.gettext(info.description) if info.description else "",
        look=look,
        value=_written(value, look, ctx.store.currency),
        required=info.is_required() and look not in {"boxes", "checkbox"},
        choices=[(x, ctx.gettext(x)) for x in _choices(info)],
        error=error,
    )


def _written(value: Any, look: Look, currency: str) -> Any:
    if look == "checkbox":
        return bool(value)
    if look == "boxes":
        return list(value or ())
    if look == "lines":
        return "\n".join(_line(x) for x in value or ())
    if look == "money":
        return major(value, currency)
    return "" if value is None else str(value)


def _line(value: Any) -> str:
    return ": ".join(str(x) for x in value.values()) if isinstance(value, Mapping) else str(value)


def _look(info: FieldInfo) -> Look:
    kind = _plain(info.annotation)
    if is_money(info):
        return "money"
    if _is_list(kind):
        return "boxes" if _choices(info) else "lines"
    if _choices(info):
        return "select"
    looks: dict[Any, Look] = {bool: "checkbox", int: "number", time: "time"}
    return looks.get(kind, "text")


def _is_list(kind: Any) -> bool:
    return typing.get_origin(kind) in {list, tuple, set, frozenset}


def _choices(info: FieldInfo) -> tuple[str, ...]:
    kind = _plain(info.annotation)
    inner = _plain(typing.get_args(kind)[0]) if _is_list(kind) else kind
    return typing.get_args(inner) if typing.get_origin(inner) is Literal else ()


def _plain(annotation: Any) -> Any:
    """Take ``Annotated`` and ``| None`` off a type."""
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    inner = [x for x in typing.get_args(annotation) if x is not type(None)]
    is_optional = type(None) in typing.get_args(annotation)
    return _plain(inner[0]) if is_optional else annotation
