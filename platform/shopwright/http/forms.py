# SPDX-License-Identifier: Apache-2.0
"""Forms of pages: read, validated, and filled in again with words people understand."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)

_WORDS = {
    "missing": "Please fill this in.",
    "string_too_short": "Please fill this in.",
    "string_too_long": "This is too long; use at most {max_length} characters.",
    "string_pattern_mismatch": "This is not in the expected form.",
    "int_parsing": "Please give a whole number.",
    "int_from_float": "Please give a whole number.",
    "greater_than_equal": "Please give {ge} or more.",
    "less_than_equal": "Please give {le} or less.",
    "uuid_parsing": "This does not exist any more.",
    "bool_parsing": "Please choose yes or no.",
}


@dataclass(frozen=True, slots=True)
class Form(Generic[M]):
    """A form that was sent: its value, or the errors by field; ``raw`` fills it in again."""

    value: M | None
    errors: dict[str, str]
    raw: dict[str, str]
    files: dict[str, web.FileField]


async def read_form(request: web.Request, model: type[M]) -> Form[M]:
    """Read a form that was sent url-encoded or as multipart."""
    posted = await request.post()
    files = {name: value for name, value in posted.items() if isinstance(value, web.FileField)}
    raw: dict[str, str] = {n: v for n, v in posted.items() if isinstance(v, str) and n != "csrf_token"}
    values: dict[str, Any] = dict(raw)
    for name, info in model.model_fields.items():
        if "tuple" in str(info.annotation) or "list" in str(info.annotation):
            values[name] = [v for v in posted.getall(name, []) if isinstance(v, str) and v]
    known = {name: value for name, value in values.items() if name in model.model_fields}
    try:
        return Form(model.model_validate(known), {}, raw, files)
    except ValidationError as error:
        return Form(
            None,
            {str(p["loc"][0]) if p["loc"] else "": _message(dict(p)) for p in error.errors()},
            raw,
            files,
        )


def _message(problem: dict[str, Any]) -> str:
    words = _WORDS.get(problem["type"])
    if words is None:
        return str(problem["msg"]).removeprefix("Value error, ").capitalize().rstrip(".") + "."
    return words.format(**problem.get("ctx", {}))
