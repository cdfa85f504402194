# SPDX-License-Identifier: Apache-2.0
"""The generated settings form: from described fields to inputs, and from what was typed back to values."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from shopwright.settings import SettingField

Typed = Mapping[str, Sequence[str]]
Values = dict[Any, dict[str, Any]]


def view(fields: Sequence[SettingField], typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give what the template shows: lists of models as rows, with one empty row more."""
    return [
        {
            "field": field,
            "value": _shown(field, typed.get(field.name, field.value)),
            "rows": _rows(field, typed),
        }
        for field in fields
    ]


def read(fields: Sequence[SettingField], typed: Typed) -> Values:
    """Give the values that were typed, by scope."""
    values: Values = {"installation": {}, "store": {}, "language": {}}
    for field in fields:
        if field.kind == "models":
            values[field.scope][field.name] = _models(field, typed)
        elif field.kind == "bool":
            values[field.scope][field.name] = field.name in typed
        elif field.kind == "list":
            lines = "\n".join(typed.get(field.name, ())).splitlines()
            values[field.scope][field.name] = [line.strip() for line in lines if line.strip()]
        elif field.kind == "mapping":
            values[field.scope][field.name] = _mapping("\n".join(typed.get(field.name, ())))
        elif field.name in typed:
            values[field.scope][field.name] = typed[field.name][-1].strip()
    return values


def _shown(field: SettingField, value: Any) -> Any:
    if field.kind == "list":
        return "\n".join(str(item) for item in value or ())
    if field.kind == "mapping":
        return _lines(value or {})
    return value


def _rows(field: SettingField, typed: Mapping[str, Any]) -> list[dict[str, str]]:
    if field.kind != "models":
        return []
    items = typed.get(field.name, field.value) or ()
    plain = [item.model_dump() if isinstance(item, BaseModel) else item for item in items]
    rows = [{part.name: _cell(part, item.get(part.name)) for part in field.fields} for item in plain]
    return [*rows, {part.name: "" for part in field.fields}]


def _cell(part: SettingField, value: Any) -> str:
    if value is None:
        return ""
    if part.kind == "mapping":
        return _lines(value)
    if part.kind == "list":
        return ", ".join(str(item) for item in value)
    return str(value)


def _models(field: SettingField, typed: Typed) -> list[dict[str, Any]]:
    columns = {part: list(typed.get(f"{field.name}.{part.name}", ())) for part in field.fields}
    count = max((len(cells) for cells in columns.values()), default=0)
    removed = set(typed.get(f"{field.name}.remove", ()))
    found = []
    for index in range(count):
        cells = {
            part: column[index].strip() if index < len(column) else "" for part, column in columns.items()
        }
        if any(cells.values()) and str(index) not in removed:
            found.append({part.name: _parsed(part, text) for part, text in cells.items() if text})
    return found


def _parsed(part: SettingField, text: str) -> Any:
    if part.kind == "mapping":
        return _mapping(text)
    if part.kind == "list":
        return [item.strip() for item in text.split(",") if item.strip()]
    return text


def _mapping(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _lines(value: Mapping[str, Any]) -> str:
    return "\n".join(f"{name} = {text}" for name, text in value.items())
