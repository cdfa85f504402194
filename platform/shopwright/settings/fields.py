# SPDX-License-Identifier: Apache-2.0
"""What an admin form needs to know about each setting, read from the plugin's model."""

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from shopwright.plugin import PluginSettings

Scope = Literal["installation", "store", "language"]
Kind = Literal["text", "number", "bool", "choice", "secret", "list", "models", "mapping"]


@dataclass(frozen=True, slots=True)
class SettingField:
    """One setting as a form shows it. A secret's ``value`` is never filled; ``is_set`` tells whether there is one."""

    name: str
    label: str
    help: str
    kind: Kind
    scope: Scope
    required: bool
    value: Any
    is_set: bool
    choices: tuple[str, ...] = ()
    fields: tuple["SettingField", ...] = ()
    """The columns of a list of models."""


def scope_of(info: FieldInfo) -> Scope:
    extra = info.json_schema_extra
    scope = extra.get("scope", "store") if isinstance(extra, Mapping) else "store"
    return typing.cast("Scope", scope)


def is_secret(info: FieldInfo) -> bool:
    return SecretStr in _alternatives(info.annotation)


def describe(model: type[BaseModel], values: Mapping[str, Any]) -> list[SettingField]:
    """Describe the fields of a model with their present values."""
    return [_field(name, info, values.get(name)) for name, info in model.model_fields.items()]


def _field(name: str, info: FieldInfo, value: Any) -> SettingField:
    kind, choices, fields = _kind(info.annotation)
    secret = kind == "secret"
    return SettingField(
        name=name,
        label=info.title or name.replace("_", " ").capitalize(),
        help=info.description or "",
        kind=kind,
        scope=scope_of(info),
        required=info.is_required(),
        value=None if secret else value,
        is_set=bool(value.get_secret_value()) if isinstance(value, SecretStr) else value is not None,
        choices=choices,
        fields=fields,
    )


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...], tuple[SettingField, ...]]:
    plain = [part for part in _alternatives(annotation) if part is not type(None)]
    first = plain[0] if plain else str
    origin = typing.get_origin(first)
    if origin is Literal:
        return "choice", tuple(str(x) for x in typing.get_args(first)), ()
    if origin in {tuple, list, frozenset, set}:
        inner = typing.get_args(first)[0]
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return "models", (), tuple(describe(inner, {}))
        return "list", (), ()
    if origin is dict:
        return "mapping", (), ()
    if first is SecretStr:
        return "secret", (), ()
    if first is bool:
        return "bool", (), ()
    if first in {int, float}:
        return "number", (), ()
    return "text", (), ()


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        return typing.get_args(annotation)
    return (annotation,)


def secret_names(model: type[PluginSettings]) -> frozenset[str]:
    return frozenset(name for name, info in model.model_fields.items() if is_secret(info))
