# SPDX-License-Identifier: Apache-2.0
"""What an untrusted template may see, compare and show: frozen values, and nothing that can hide a large thing."""

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any
from uuid import UUID

from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.runtime import AsyncLoopContext, BlockReference, LoopContext, Macro, TemplateReference, Undefined
from jinja2.utils import Namespace
from markupsafe import Markup
from pydantic import BaseModel

from shopwright.money import Money
from shopwright.templating.meter import MAX_TEXT
from shopwright.templating.rendering import meter

_SCALARS = (str, bool, int, float, type(None), UUID, date, time, Decimal, Enum, Undefined, Money)
_LISTS = (list, tuple, set, frozenset, range)
_LOOP = frozenset(
    "index index0 revindex revindex0 first last length depth depth0 previtem nextitem cycle".split()
)
METHODS: tuple[tuple[type, frozenset[str]], ...] = (
    (str, frozenset("upper lower title capitalize strip startswith endswith split".split())),
    (Mapping, frozenset("items keys values get".split())),
    (date, frozenset({"isoformat"})),
    (LoopContext, frozenset({"cycle"})),
)
_ATTRIBUTES: tuple[tuple[type, frozenset[str]], ...] = (
    (LoopContext, _LOOP),
    (AsyncLoopContext, _LOOP),
    (Macro, frozenset({"name", "arguments"})),
    (BlockReference, frozenset({"super"})),
    (date, frozenset("year month day hour minute isoformat".split())),
    (Enum, frozenset({"name", "value"})),
)


def may_see(value: object, name: str) -> bool:
    """Tell whether a template may read an attribute."""
    if name.startswith("_") or isinstance(value, type):
        return False
    kind = type(value)
    if dataclasses.is_dataclass(value):
        return kind.__dataclass_params__.frozen and not _is_context(kind) and _is_data(kind, name)  # type: ignore[attr-defined]
    if isinstance(value, BaseModel):
        return bool(kind.model_config.get("frozen")) and (name in kind.model_fields or _is_data(kind, name))  # type: ignore[attr-defined]
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return name in kind._fields
    if isinstance(value, Mapping):
        return True
    if isinstance(value, Namespace | TemplateReference | TemplateModule):
        return True
    return any(isinstance(value, owner) and name in names for owner, names in (*METHODS, *_ATTRIBUTES))


def _is_data(kind: type, name: str) -> bool:
    names = {field.name for field in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else ()
    return name in names or isinstance(getattr(kind, name, None), property | cached_property)


def _is_context(kind: type) -> bool:
    from shopwright.context import Context

    return issubclass(kind, Context)


def is_scalar(value: object) -> bool:
    return isinstance(value, _SCALARS)


def scalar(value: Any) -> Any:
    """Let a plain value pass.

    Raises:
        SecurityError: it is something else.
    """
    if not is_scalar(value):
        raise SecurityError(f"a {type(value).__name__} cannot stand here; use a text, a number or a field")
    return value


def model(value: Any) -> Any:
    """Let a plain value or a frozen view model pass."""
    return value if _is_model(value) else scalar(value)


def _is_model(value: object) -> bool:
    is_class = isinstance(value, type)
    return not is_class and (dataclasses.is_dataclass(value) or isinstance(value, BaseModel))


def comparable(value: Any) -> Any:
    """Let pass what can be compared quickly: plain values, view models, and lists of those."""
    if isinstance(value, Mapping):
        items: Iterator[object] = iter([*value.keys(), *value.values()])
    elif isinstance(value, _LISTS):
        items = iter(value)
    else:
        return model(value)
    meter().step(len(value) / 10)
    for item in () if isinstance(value, range) else items:
        model(item)
    return value


def shown(value: Any) -> Any:
    """Let pass what a template may write; the last step of every ``{{ … }}``."""
    if isinstance(value, Money):
        raise SecurityError("write an amount with the filter money: {{ … | money }}")
    if not isinstance(value, str):
        return scalar(value)
    meter().text(len(value))
    return value


def joined(values: list[Any]) -> str:
    """Put texts together, escaping what is not markup when something is."""
    parts = [scalar(value) for value in values]
    texts = [part if isinstance(part, str) else str(part) for part in parts]
    size = sum(map(len, texts))
    meter().text(size)
    if size > MAX_TEXT:
        raise SecurityError(f"a text of more than {MAX_TEXT} characters cannot be put together")
    if any(hasattr(part, "__html__") for part in parts):
        return Markup("").join(texts)
    return "".join(texts)
