# SPDX-License-Identifier: Apache-2.0
"""Forms of pages: read, validated, and filled in again with words people understand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shopwright.http import fields
from shopwright.http.exchange import EXCHANGE
from shopwright.i18n import translatable

M = TypeVar("M", bound=BaseModel)
Say = Callable[..., str]

_WORDS = {
    "missing": translatable("Please fill this in."),
    "string_too_short": translatable("Please fill this in."),
    "string_too_long": translatable("This is too long; use at most %(max_length)s characters."),
    "string_pattern_mismatch": translatable("This is not in the expected form."),
    "nul_character": translatable("This holds a character that cannot be stored."),
    "int_parsing": translatable("Please give a whole number."),
    "int_from_float": translatable("Please give a whole number."),
    "decimal_parsing": translatable("Please give a number."),
    "float_parsing": translatable("Please give a number."),
    "greater_than_equal": translatable("Please give %(ge)s or more."),
    "greater_than": translatable("Please give more than %(gt)s."),
    "less_than_equal": translatable("Please give %(le)s or less."),
    "less_than": translatable("Please give less than %(lt)s."),
    "uuid_parsing": translatable("This does not exist any more."),
    "bool_parsing": translatable("Please choose yes or no."),
    "enum": translatable("Please choose one of the list."),
    "literal_error": translatable("Please choose one of the list."),
    "date_from_datetime_parsing": translatable("Please give a date."),
    "date_parsing": translatable("Please give a date."),
    "too_short": translatable("Please choose at least %(min_length)s."),
}
_EMPTY_MEANS_MISSING = frozenset({"uuid_parsing", "int_parsing", "decimal_parsing", "enum", "literal_error"})
_EMAIL = translatable("This is not an e-mail address.")


@dataclass(frozen=True, slots=True)
class Form(Generic[M]):
    """A form that was sent: its value, or the errors by field; ``raw`` fills it in again."""

    value: M | None
    errors: dict[str, str]
    raw: dict[str, str]
    files: dict[str, web.FileField]


async def read_form(request: web.Request, model: type[M]) -> Form[M]:
    """Read a form that was sent url-encoded or as multipart. Fields that the model does not have are left.

    An empty field is None where the model allows that and takes no text: an optional number, date or time.
    """
    posted = await request.post()
    files = {name: value for name, value in posted.items() if isinstance(value, web.FileField)}
    raw = {n: v for n, v in posted.items() if isinstance(v, str) and n != "csrf_token"}
    shape = fields.shape_of(model)
    given = {
        name: [value for value in posted.getall(name, []) if isinstance(value, str)]
        for name in shape.names
        if name in shape.repeated or name in raw
    }
    empty = {name for name in shape.optional & given.keys() if not "".join(given[name]).strip()}
    values, unreadable = fields.gather(shape, {n: texts for n, texts in given.items() if n not in empty})
    values |= dict.fromkeys(empty)
    exchange = request.get(EXCHANGE)
    say: Say = exchange.ctx.gettext if exchange is not None and exchange.ctx is not None else _plain
    errors = {
        name: say(_WORDS["missing" if not "".join(given[name]).strip() else kind])
        for name, kind in unreadable.items()
    }
    try:
        value = model.model_validate(values)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            name = str(problem["loc"][0]) if problem["loc"] else ""
            errors.setdefault(name, _message(problem, say))
        return Form(None, errors, raw, files)
    return Form(None if errors else value, errors, raw, files)


def _message(problem: ErrorDetails, say: Say) -> str:
    kind = problem["type"]
    if kind in _EMPTY_MEANS_MISSING and problem["input"] == "":
        kind = "missing"
    if kind == "value_error" and "email" in problem["msg"]:
        return say(_EMAIL)
    words = _WORDS.get(kind)
    if words is not None:
        values: dict[str, Any] = {n: v for n, v in problem.get("ctx", {}).items() if f"%({n})" in words}
        return say(words, **values)
    text = problem["msg"].removeprefix("Value error, ").rstrip(".")
    return say(f"{text[:1].upper()}{text[1:]}.")


def _plain(message: str, **values: object) -> str:
    return message % values if values else message
