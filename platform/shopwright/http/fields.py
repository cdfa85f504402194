# SPDX-License-Identifier: Apache-2.0
"""Reading flat input, as queries and forms are: texts by name, into the fields of a model."""

import re
import types
import typing
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

# int("١٢") is 12 and pydantic takes "1.0" and "1_000": here a number is what a person would write.
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_MANY = frozenset({list, tuple, set, frozenset})
_TEXTS = _MANY | {str, typing.Literal}


@dataclass(frozen=True, slots=True)
class Shape:
    """The names a model reads: which are whole numbers, may be given several times, or are no text and may be None."""

    names: tuple[str, ...]
    integers: frozenset[str]
    repeated: frozenset[str]
    optional: frozenset[str]


@lru_cache(maxsize=1024)
def shape_of(model: type[BaseModel]) -> Shape:
    """Tell how a model is read from texts."""
    names = {info.alias or name: _kinds(info.annotation) for name, info in model.model_fields.items()}
    return Shape(
        names=tuple(names),
        integers=frozenset(name for name, kinds in names.items() if int in kinds and str not in kinds),
        repeated=frozenset(name for name, kinds in names.items() if kinds & _MANY),
        optional=frozenset(n for n, kinds in names.items() if type(None) in kinds and not kinds & _TEXTS),
    )


def gather(shape: Shape, given: Mapping[str, Collection[str]]) -> tuple[dict[str, Any], dict[str, str]]:
    """Give the values of a model's fields, and for those that cannot be read the kind of error."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name in shape.names:
        if name not in given:
            continue
        texts = list(given[name])
        if any("\0" in text for text in texts):
            errors[name] = "nul_character"
        elif name in shape.repeated:
            values[name] = [text for text in texts if text]
        elif texts:
            values[name] = texts[-1]
            if name in shape.integers and not _INTEGER.fullmatch(texts[-1].strip()):
                errors[name] = "int_parsing"
    return {name: value for name, value in values.items() if name not in errors}, errors


def _kinds(annotation: Any) -> set[Any]:
    """Give the plain types an annotation allows."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _kinds(typing.get_args(annotation)[0])
    if origin in {typing.Union, types.UnionType}:
        return set().union(*(_kinds(part) for part in typing.get_args(annotation)))
    return {origin or annotation}
