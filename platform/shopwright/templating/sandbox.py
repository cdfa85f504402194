# SPDX-License-Identifier: Apache-2.0
"""The sandbox for merchant-edited templates: frozen values only, and limits for output, loops and time.

Jinja's own sandbox keeps a template from Python's internals, but lets it call any public method of what it is
given and fill the memory. Here a template sees attributes of frozen values, calls what is on a short list,
and is ended when it is too much.
"""

import dataclasses
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import SecurityError, TemplateRuntimeError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel

MAX_OUTPUT = 2_000_000
MAX_STEPS = 100_000
MAX_SECONDS = 2.0
MAX_TEXT = 100_000
_PLAIN = (str, int, float, bool, bytes, type(None), tuple, list, dict, frozenset)
_METHODS = {
    str: {"upper", "lower", "title", "capitalize", "strip", "startswith", "endswith", "split", "replace"},
    dict: {"items", "keys", "values", "get"},
}


class Meter:
    """Counts what one rendering does."""

    def __init__(self) -> None:
        self.steps = 0
        self.ends = time.monotonic() + MAX_SECONDS

    def step(self, cost: int = 1) -> None:
        self.steps += cost
        if self.steps > MAX_STEPS:
            raise TemplateRuntimeError(f"The template does more than {MAX_STEPS} steps.")
        if time.monotonic() > self.ends:
            raise TemplateRuntimeError(f"The template runs longer than {MAX_SECONDS} seconds.")


class SandboxEnvironment(ImmutableSandboxedEnvironment):
    """An environment whose templates are not trusted."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if attr.startswith("_"):
            return False
        if dataclasses.is_dataclass(obj) and not isinstance(obj, type):
            return getattr(obj, "__dataclass_params__").frozen and not callable(value)  # noqa: B009
        if isinstance(obj, BaseModel):
            return bool(obj.model_config.get("frozen")) and attr in type(obj).model_fields
        for kind, methods in _METHODS.items():
            if isinstance(obj, kind):
                return attr in methods
        return isinstance(obj, Mapping) or type(obj).__module__.startswith("jinja2.")

    def is_safe_callable(self, obj: Any) -> bool:
        owner = getattr(obj, "__self__", None)
        name = getattr(obj, "__name__", "")
        if getattr(obj, "sandbox_safe", False):
            return True
        if owner is not None and any(isinstance(owner, k) and name in m for k, m in _METHODS.items()):
            return True
        return type(obj).__module__.startswith("jinja2.")

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        sizes = [len(x) for x in (left, right) if isinstance(x, str | bytes | list | tuple)]
        if operator == "**" or (operator == "*" and sizes and max(sizes) * _factor(left, right) > MAX_TEXT):
            raise SecurityError("This would become too large.")
        if operator == "%" and isinstance(left, str):
            raise SecurityError("Use ~ to put texts together.")
        if operator == "+" and sum(sizes) > MAX_TEXT:
            raise SecurityError("This would become too large.")
        return super().call_binop(context, operator, left, right)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return meter_loops(super()._parse(source, name, filename))

    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        context["_meter"].step(10)
        return super().call(context, obj, *args, **kwargs)


def meter_loops(tree: nodes.Template) -> nodes.Template:
    """Wrap the source of each loop, so that its turns are counted."""
    for loop in list(tree.find_all(nodes.For)):
        loop.iter = nodes.Filter(loop.iter, "_metered", [], [], None, None)
    return tree


def _factor(left: Any, right: Any) -> int:
    return next((abs(x) for x in (left, right) if isinstance(x, int)), 1)


async def collected(parts: AsyncIterator[str], meter: Meter) -> str:
    """Put the output together, up to its limit."""
    found: list[str] = []
    size = 0
    async for part in parts:
        meter.step()
        size += len(part)
        if size > MAX_OUTPUT:
            raise TemplateRuntimeError(f"The template writes more than {MAX_OUTPUT} characters.")
        found.append(part)
    return "".join(found)


def sandbox_safe(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a helper that untrusted templates may call."""
    function.sandbox_safe = True  # type: ignore[attr-defined]
    return function
