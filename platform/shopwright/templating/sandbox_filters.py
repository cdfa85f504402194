# SPDX-License-Identifier: Apache-2.0
"""The filters and tests of untrusted templates: a short list, each with a bound on its work."""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from jinja2 import pass_environment
from jinja2.environment import Environment
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.filters import make_attrgetter
from jinja2.runtime import Undefined
from jinja2.tests import TESTS as JINJA_TESTS
from markupsafe import Markup, escape

from shopwright.templating.meter import MAX_TEXT
from shopwright.templating.rendering import meter
from shopwright.templating.sandbox_values import comparable, joined, model, scalar

_TEXT = ("capitalize", "e", "escape", "float", "int", "lower", "string", "title", "trim", "upper", "urlencode",
         "wordcount", "abs")  # fmt: skip
_PLAIN_TESTS = (
    "boolean", "defined", "divisibleby", "even", "false", "float", "integer", "lower", "mapping", "none",
    "number", "odd", "sequence", "string", "true", "undefined", "upper",
)  # fmt: skip
_COMPARISONS = (
    "eq",
    "equalto",
    "==",
    "ne",
    "!=",
    "lt",
    "<",
    "le",
    "<=",
    "gt",
    ">",
    "ge",
    ">=",
    "in",
    "sameas",
)
_MOST_DECIMALS = 6


class Group(NamedTuple):
    """What ``groupby`` gives: the shared value, and its items."""

    grouper: Any
    list: list[Any]


def items_of(values: Iterable[Any]) -> list[Any]:
    """Take all items of something, each counted as a step."""
    found = []
    count = meter().step
    for value in values:
        count()
        found.append(value)
    return found


def _on_text(name: str) -> Callable[..., Any]:
    original: Any = JINJA_FILTERS[name]

    @functools.wraps(original)
    def filtered(value: Any, *args: Any) -> Any:
        result = original(scalar(value), *map(scalar, args))
        meter().text(len(result) if isinstance(result, str) else 1)
        return result

    return filtered


def _truncate(value: Any, length: int = 255, killwords: bool = False, end: str = "…") -> str:
    text = str(scalar(value))
    if len(text) <= length:
        return text
    cut = text[: max(0, int(length) - len(end))]
    return (cut if killwords else cut.rsplit(" ", 1)[0]) + str(scalar(end))


def _replace(value: Any, old: str, new: str) -> str:
    text, old, new = str(scalar(value)), str(scalar(old)), str(scalar(new))
    if len(text) + text.count(old) * len(new) > MAX_TEXT:
        raise SecurityError(f"replace would make a text of more than {MAX_TEXT} characters")
    if isinstance(value, Markup):
        old, new = escape(old), escape(new)
    return joined([value.replace(old, new) if isinstance(value, str) else text.replace(old, new)])


def _round(value: float, precision: int = 0) -> float:
    if abs(precision) > _MOST_DECIMALS:
        raise SecurityError(f"round takes at most {_MOST_DECIMALS} decimals")
    return float(round(scalar(value), precision))


def _join(values: Iterable[Any], between: str = "", attribute: str | None = None) -> str:
    if attribute is not None:
        raise SecurityError('use map(attribute="…") before join')
    parts: list[Any] = []
    for value in items_of(values):
        parts += [between, value] if parts else [value]
    return joined(parts)


def _length(value: Any) -> int:
    return len(value)


def _first(values: Any) -> Any:
    return next(iter(values), None)


def _last(values: Any) -> Any:
    return next(iter(items_of(values)[-1:]), None)


def _reverse(values: Any) -> Any:
    return values[::-1] if isinstance(values, str) else items_of(values)[::-1]


def _batch(values: Iterable[Any], size: int, fill: Any = None) -> list[list[Any]]:
    if not 0 < size <= 1000:
        raise SecurityError("batch takes a number from 1 to 1000")
    items = items_of(values)
    rows = [items[at : at + size] for at in range(0, len(items), size)]
    if fill is not None and rows:
        rows[-1] += [fill] * (size - len(rows[-1]))
    return rows


def _items(values: Mapping[Any, Any]) -> list[Any]:
    return [] if isinstance(values, Undefined) else items_of(values.items())


def _sort_key(environment: Environment, attribute: str | None) -> Callable[[Any], Any]:
    read = make_attrgetter(environment, attribute) if attribute else lambda value: value

    def key(value: Any) -> Any:
        found = scalar(read(value))
        return found.casefold() if isinstance(found, str) else found

    return key


@pass_environment
def _map(
    environment: Environment, values: Iterable[Any], *args: Any, attribute: str = "", default: Any = None
) -> list[Any]:
    if args or not attribute:
        raise SecurityError('map takes attribute="…" only')
    read = make_attrgetter(environment, attribute, default=default)
    return [read(value) for value in items_of(values)]


@pass_environment
def _sort(
    environment: Environment, values: Iterable[Any], reverse: bool = False, *, attribute: str | None = None
) -> list[Any]:
    return sorted(items_of(values), key=_sort_key(environment, attribute), reverse=bool(reverse))


@pass_environment
def _unique(environment: Environment, values: Iterable[Any], *, attribute: str | None = None) -> list[Any]:
    key = _sort_key(environment, attribute)
    return list({key(value): value for value in reversed(items_of(values))}.values())[::-1]


@pass_environment
def _groupby(environment: Environment, values: Iterable[Any], attribute: str) -> list[Group]:
    key = _sort_key(environment, attribute)
    groups: dict[Any, Group] = {}
    for value in items_of(values):
        found = key(value)
        groups.setdefault(found, Group(found, [])).list.append(value)
    return list(groups.values())


@pass_environment
def _sum(
    environment: Environment, values: Iterable[Any], attribute: str | None = None, start: Any = 0
) -> Any:
    total = start
    read = make_attrgetter(environment, attribute) if attribute else lambda value: value
    for value in items_of(values):
        total = environment.call_binop(None, "+", total, read(value))  # type: ignore[attr-defined]
    return total


def _chosen(*, wanted: bool) -> Callable[..., Any]:
    @pass_environment
    def choose(
        environment: Environment, values: Iterable[Any], attribute: str, test: str = "", *args: Any
    ) -> list[Any]:
        read = make_attrgetter(environment, attribute)
        check: Any = environment.tests[test] if test else None
        found = []
        for value in items_of(values):
            read_value = read(value)
            if bool(check(read_value, *args) if check else read_value) is wanted:
                found.append(value)
        return found

    return choose


def _extreme(choose: Callable[..., Any]) -> Callable[..., Any]:
    @pass_environment
    def extreme(environment: Environment, values: Iterable[Any], *, attribute: str | None = None) -> Any:
        return choose(items_of(values), key=_sort_key(environment, attribute), default=None)

    return extreme


def _tested(name: str, check: Callable[[Any], Any]) -> Callable[..., bool]:
    original: Any = JINJA_TESTS[name]

    @functools.wraps(original)
    def tested(value: Any, *args: Any) -> bool:
        return bool(original(check(value), *map(check, args)))

    return tested


def _anything(value: Any) -> Any:
    return value


FILTERS: dict[str, Callable[..., Any]] = {
    **{name: _on_text(name) for name in _TEXT},
    "default": JINJA_FILTERS["default"], "d": JINJA_FILTERS["default"], "truncate": _truncate, "replace": _replace,
    "round": _round, "join": _join, "length": _length, "count": _length, "first": _first, "last": _last,
    "list": items_of, "reverse": _reverse, "batch": _batch, "items": _items, "map": _map, "sort": _sort,
    "unique": _unique, "groupby": _groupby, "sum": _sum, "selectattr": _chosen(wanted=True),
    "rejectattr": _chosen(wanted=False), "min": _extreme(min), "max": _extreme(max),
}  # fmt: skip
TESTS: dict[str, Callable[..., Any]] = {
    **{name: _tested(name, _anything) for name in _PLAIN_TESTS},
    **{name: _tested(name, comparable) for name in _COMPARISONS},
}
__all__ = ["FILTERS", "TESTS", "items_of", "model"]
