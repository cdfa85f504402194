# SPDX-License-Identifier: Apache-2.0
"""What is being rendered now, and the functions and filters every template has.

Functions find the context here and not among a template's variables: so a template never holds the context,
and macros imported without their page's variables work too.
"""

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from shopwright.http.responses import url as route_url
from shopwright.i18n import format_date, format_datetime, format_money
from shopwright.money import Money
from shopwright.templating.meter import Meter
from shopwright.templating.slots import render_slot

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.templating.engine import Templates

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
_OTHER_FORMAT = re.compile(r"%(?!\(\w+\)[sd]|%)")


@dataclass(frozen=True, slots=True, eq=False)
class Rendering:
    """One template at work. ``depth`` counts the renderings around it: slots have fragments with slots."""

    templates: "Templates"
    ctx: "Context"
    meter: Meter | None
    depth: int


_current: ContextVar[Rendering | None] = ContextVar("rendering", default=None)
enter, leave, around = _current.set, _current.reset, _current.get


def current() -> Rendering:
    found = _current.get()
    assert found is not None, "only templates call this"
    return found


def meter() -> Meter:
    """Give the meter of the untrusted template at work."""
    found = current().meter
    assert found is not None, "only the sandbox calls this"
    return found


def helper(cost: int = 10) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a function that untrusted templates may call, and how many steps a call counts."""

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        function.sandbox_cost = cost  # type: ignore[attr-defined]
        return function

    return mark


@helper()
def url(code: str, /, **params: object) -> str:
    return route_url(current().ctx, code, **params)


@helper()
def absolute(path: str) -> str:
    """Give the whole address of a path, at the store's first host."""
    ctx = current().ctx
    return ctx.kernel.config.url_of(ctx.store.hosts[0], path) if ctx.store.hosts else path


@helper()
def asset(path: str) -> str:
    at_work = current()
    return at_work.templates.asset_url(at_work.ctx, path)


@helper()
def is_active(plugin: str) -> bool:
    return current().ctx.is_active(plugin)


@helper()
def can(permission: str) -> bool:
    return current().ctx.actor.can(permission)


@helper(cost=500)
async def slot(name: str, model: object = None) -> Markup:
    at_work = current()
    if at_work.meter is None:
        return await render_slot(at_work.templates, at_work.ctx, name, model)
    with at_work.meter.aside():
        return await render_slot(at_work.templates, at_work.ctx, name, model)


@helper()
def translate(message: str, /, **values: object) -> str:
    """Translate a text that may come from anywhere: it is escaped where it is written."""
    text = current().ctx.translator.gettext(message)
    return _PLACEHOLDER.sub(lambda match: _value(match, values), text) if values else text


@helper()
def gettext(message: str, /, **values: object) -> Markup:
    return _fill(current().ctx.translator.gettext(message), values)


@helper()
def ngettext(singular: str, plural: str, number: int, /, **values: object) -> Markup:
    return _plural(None, singular, plural, number, values)


@helper()
def pgettext(where: str, message: str, /, **values: object) -> Markup:
    return _fill(current().ctx.translator.pgettext(where, message), values)


@helper()
def npgettext(where: str, singular: str, plural: str, number: int, /, **values: object) -> Markup:
    return _plural(where, singular, plural, number, values)


def _plural(where: str | None, singular: str, plural: str, number: int, values: dict[str, object]) -> Markup:
    translator = current().ctx.translator
    for text in (singular, plural):
        if _OTHER_FORMAT.search(text):
            raise ValueError(f"write values as %(name)s: {text!r}")
    # The translator fills in values itself, because which form it takes depends on the number.
    safe = {name: value if isinstance(value, int) else escape(value) for name, value in values.items()}
    if where is None:
        return Markup(translator.ngettext(singular, plural, number, **safe))  # noqa: S704 - values are escaped
    return Markup(translator.npgettext(where, singular, plural, number, **safe))  # noqa: S704 - values are escaped


def _fill(text: str, values: dict[str, object]) -> Markup:
    """Put escaped values into what stands in ``{% trans %}``, which may have markup of its own."""
    escaped = {name: escape(value) for name, value in values.items()}
    return Markup(_PLACEHOLDER.sub(lambda match: _value(match, escaped), text))  # noqa: S704 - see above


def _value(match: re.Match[str], values: Mapping[str, object]) -> str:
    """Give what stands for a placeholder. Widths and other formats mean nothing here."""
    if match[0] == "%%":
        return "%"
    return str(values[match[1]]) if match[1] in values else match[0]


def money(value: Money) -> str:
    return format_money(value, current().ctx.locale)


def day(value: date) -> str:
    ctx = current().ctx
    return format_date(value, ctx.locale, ctx.store.timezone)


def moment(value: datetime) -> str:
    ctx = current().ctx
    return format_datetime(value, ctx.locale, ctx.store.timezone)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "url": url, "absolute": absolute, "asset": asset, "slot": slot, "is_active": is_active, "can": can, "_": translate,
    "gettext": gettext, "ngettext": ngettext, "pgettext": pgettext, "npgettext": npgettext,
}  # fmt: skip
FILTERS: dict[str, Callable[..., Any]] = {"money": money, "date": day, "datetime": moment}
