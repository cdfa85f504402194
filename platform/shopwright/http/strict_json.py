# SPDX-License-Identifier: Apache-2.0
"""Strict JSON (RFC 8259, RFC 7493): what two readers could understand differently is refused."""

import json
import math
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shopwright.errors import BadRequest, FieldError, Invalid

MAX_DEPTH = 32


def check(raw: bytes) -> None:
    """Refuse NaN, numbers beyond floats, repeated names, more than 32 levels, and NUL characters.

    Raises:
        BadRequest: it is not JSON; says what and where.
        Invalid: a text holds a character that cannot be stored; names the place.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except UnicodeDecodeError as error:
        raise _malformed(f"it is not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise _malformed(f"it is nested deeper than {MAX_DEPTH} levels") from None
    except json.JSONDecodeError as error:
        raise _malformed(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except ValueError as error:
        raise _malformed(str(error)) from None
    _check_values(value)


def field_errors(error: ValidationError) -> list[FieldError]:
    """Translate what pydantic found; pointers are JSON pointers."""
    return [_field_error(problem) for problem in error.errors(include_url=False, include_context=False)]


def pointer(parts: tuple[int | str, ...]) -> str:
    """Write a path into a document as a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _field_error(problem: ErrorDetails) -> FieldError:
    kind = problem["type"]
    if kind in {"extra_forbidden", "unexpected_keyword_argument"}:
        return FieldError(pointer(problem["loc"]), "unknown", "Unknown field.")
    if kind in {"missing", "missing_argument"}:
        return FieldError(pointer(problem["loc"]), "required", "This field is required.")
    return FieldError(pointer(problem["loc"]), kind, problem["msg"].removeprefix("Value error, "))


def _malformed(what: str) -> BadRequest:
    return BadRequest(f"The body is not valid JSON: {what}.", code="malformed_json")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the name {next(n for n in names if names.count(n) > 1)!r} is repeated")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:20]} is too large")
    return number


def _check_values(value: Any) -> None:
    """Look at depth and texts without recursion: a hostile document may be deep."""
    todo: list[tuple[Any, tuple[int | str, ...]]] = [(value, ())]
    while todo:
        current, path = todo.pop()
        if isinstance(current, str):
            _check_text(current, path)
        elif isinstance(current, dict | list):
            if len(path) >= MAX_DEPTH:
                raise _malformed(f"it is nested deeper than {MAX_DEPTH} levels")
            children = current.items() if isinstance(current, dict) else enumerate(current)
            for name, child in children:
                if isinstance(name, str):
                    _check_text(name, path)
                todo.append((child, (*path, name)))


def _check_text(text: str, path: tuple[int | str, ...]) -> None:
    if "\0" in text:
        message = "A text must not hold NUL characters."
        raise Invalid(message, errors=[FieldError(pointer(path), "nul_character", message)])
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise _malformed("it holds half of a surrogate pair")
