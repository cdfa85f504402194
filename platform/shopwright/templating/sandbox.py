# SPDX-License-Identifier: Apache-2.0
"""The sandbox for templates that merchants edit.

Jinja's own sandbox keeps a template from Python's internals, but lets it call any public method of what it is
given, build texts of any size and loop for minutes. Here a template sees fields of frozen values, calls what
is on a short list, and everything that can grow is counted (``sandbox_tree`` puts the counting in).
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from jinja2 import nodes, pass_context
from jinja2.async_utils import auto_await
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Context, Macro, Undefined
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import Namespace

from shopwright.money import Money
from shopwright.templating import sandbox_tree as tree
from shopwright.templating.meter import MAX_STEPS, LimitReached, Meter
from shopwright.templating.rendering import helper, meter
from shopwright.templating.sandbox_filters import FILTERS, TESTS
from shopwright.templating.sandbox_values import METHODS, comparable, joined, may_see, model, scalar, shown

_NUMBERS = (bool, int, float, Decimal)
_LARGEST_BITS = 256
_FARTHEST = 10**9
_CALL, _INCLUDE = 10, 20
_PASSED_BY_JINJA = frozenset({"_loop_vars", "_block_vars", "caller"})
_ITEM_OF = (str, list, tuple, range)


class SandboxEnvironment(SandboxedEnvironment):
    """An environment whose templates are not trusted."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    intercepted_unops = frozenset({"+", "-"})

    def __init__(self, **options: Any) -> None:
        # Nothing is worked out while a template is compiled: no limit would hold there.
        super().__init__(**options, optimized=False, finalize=_shown)
        self.filters = {**FILTERS, **_CHECKS}
        self.tests = dict(TESTS)
        self.globals = {"range": _range, "namespace": Namespace}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Undefined) or may_see(obj, attribute):
            return super().getattr(obj, attribute)
        return self.unsafe_undefined(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(argument, slice) and isinstance(obj, _ITEM_OF):
            meter().step(len(obj) / 100)
            return obj[argument]
        key = scalar(argument)
        if isinstance(obj, _ITEM_OF) and isinstance(key, int):
            return super().getitem(obj, key)
        if isinstance(obj, Mapping):
            return obj[key] if key in obj else self.undefined(obj=obj, name=str(key))
        return self.getattr(obj, str(key))

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        del value
        return may_see(obj, attr)

    def wrap_str_format(self, value: Any) -> None:
        """Give no way to formats: they reach attributes and pad to any width."""
        del value

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        message = f"{attribute!r} of a {type(obj).__name__} is out of reach of a store's own templates"
        return self.undefined(message, name=attribute, obj=obj, exc=SecurityError)

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        check = _check_of_arguments(obj)
        for value in (*args, *(value for name, value in kwargs.items() if name not in _PASSED_BY_JINJA)):
            check(value)
        at_work = meter()
        at_work.step(getattr(obj, "sandbox_cost", _CALL))
        if at_work.is_tired:
            return _after_pause(at_work, context, obj, args, kwargs)
        return context.call(obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**":
            raise SecurityError("** is not available")
        if isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS):
            bits = sum(value.bit_length() for value in (left, right) if isinstance(value, int))
            if bits > _LARGEST_BITS:
                raise SecurityError("these numbers are too large")
            return super().call_binop(context, operator, left, right)
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return joined([left, right])
        if operator == "+" and type(left) is type(right) and isinstance(left, list | tuple):
            meter().step(len(left) + len(right))
            return left + right
        if operator in "+-" and isinstance(left, Money) and isinstance(right, Money):
            return left + right if operator == "+" else left - right
        if isinstance(left, Undefined) or isinstance(right, Undefined):
            return super().call_binop(context, operator, left, right)
        raise SecurityError(f"{operator} works on numbers; put texts together with ~")

    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
        if not isinstance(arg, _NUMBERS):
            raise SecurityError(f"{operator} works on numbers")
        return super().call_unop(context, operator, arg)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return tree.guard(super()._parse(source, name, filename), name)


def _check_of_arguments(obj: Any) -> Any:
    """Tell what may be handed to something callable.

    Raises:
        SecurityError: nothing, it may not be called.
    """
    if isinstance(obj, Macro | BlockReference) or obj is Namespace:
        return lambda value: value
    if hasattr(obj, "sandbox_cost"):
        return model
    owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
    if owner is not None and any(isinstance(owner, kind) and name in names for kind, names in METHODS):
        if isinstance(owner, str):
            meter().text(len(owner))
        return scalar
    if isinstance(obj, Undefined):
        return lambda value: value
    raise SecurityError(f"a {type(obj).__name__} cannot be called from a store's own templates")


async def _after_pause(
    at_work: Meter, context: Context, obj: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    await at_work.pause()
    return await auto_await(context.call(obj, *args, **kwargs))


class _Taken:
    """The items of a loop, each turn counted, with a break for others now and then."""

    def __init__(self, values: Iterable[Any]) -> None:
        self._values = values
        self._meter = meter()
        self._iterator: Iterator[Any] = iter(values)

    def __len__(self) -> int:
        return len(self._values)  # type: ignore[arg-type]

    def __aiter__(self) -> "_Taken":
        return self

    async def __anext__(self) -> Any:
        self._meter.step()
        await self._meter.pause()
        try:
            return next(self._iterator)
        except StopIteration:
            raise StopAsyncIteration from None


@helper()
def _range(*bounds: int) -> range:
    values = range(*bounds)
    if any(abs(bound) > _FARTHEST for bound in bounds) or len(values) > MAX_STEPS:
        raise LimitReached(f"a range has at most {MAX_STEPS} numbers")
    return values


async def _counted(template: Any) -> Any:
    meter().step(_INCLUDE)
    await meter().pause()
    return template


def _written(length: int) -> str:
    meter().text(length)
    return ""


@pass_context
def _shown(_context: Context, value: Any) -> Any:
    # Asking for the context keeps Jinja from working constants out while it compiles.
    return shown(value)


_CHECKS = {
    tree.TAKEN: _Taken, tree.COUNTED: _counted, tree.JOINED: joined, tree.COMPARABLE: comparable,
    tree.KEY: scalar, tree.WRITTEN: _written,
}  # fmt: skip
