# SPDX-License-Identifier: Apache-2.0
"""Declaring a hook: the mode, the failure policy and the time budget stand beside its signature."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

import pluggy

from shopwright.plugin import PROJECT

Mode = Literal["register", "collect", "first", "filter", "veto", "around", "event"]
OnError = Literal["open", "closed", "core"]
F = TypeVar("F", bound=Callable[..., Any])

_mark = pluggy.HookspecMarker(PROJECT)


@dataclass(frozen=True, slots=True)
class HookPolicy:
    """How one hook is called. The caller cannot choose otherwise."""

    mode: Mode
    on_error: OnError
    budget: float | None
    concurrent: bool
    limit: int
    coded: bool


def hookspec(
    mode: Mode,
    *,
    on_error: OnError = "closed",
    budget: float | None = None,
    concurrent: bool = False,
    limit: int = 500,
    coded: bool = False,
) -> Callable[[F], F]:
    """Declare a hook.

    Args:
        mode: how the answers are put together, see ``docs/reference/hooks.md``.
        on_error: ``closed`` fails the operation, ``open`` leaves the plugin out, ``core`` leaves it out
            and the caller uses its own default.
        budget: seconds for the whole call, all plugins together.
        concurrent: asks all plugins at once; for hooks that wait for a network.
        limit: the most items one plugin may answer in a ``collect`` hook.
        coded: the ``code`` of each item must be ``<plugin>.<name>``, once in an answer,
            so that no plugin speaks for another.

    Raises:
        TypeError: the policy contradicts the signature.
    """
    policy = HookPolicy(mode, on_error, budget, concurrent, limit, coded)

    def mark(function: F) -> F:
        fault = _contradiction(policy, function)
        if fault:
            raise TypeError(f"{function.__name__}: {fault}")
        cast("Any", function).policy = policy
        return _mark(function)

    return mark


def _contradiction(policy: HookPolicy, function: Callable[..., Any]) -> str:
    mode, parameters = policy.mode, list(inspect.signature(function).parameters)
    is_async = inspect.iscoroutinefunction(function)
    is_strict = policy.budget is None and policy.on_error == "closed" and not policy.concurrent
    first = {"filter": "value", "around": "call_next"}.get(mode)
    if mode == "register" and (is_async or parameters):
        return "a register hook is a plain function without parameters"
    if mode != "register" and (not is_async or parameters[:1] != ["ctx"]):
        return f"a {mode} hook is async and its first parameter is ctx"
    if "session" in parameters and not is_strict:
        return "a hook that gets the session is closed, without budget, one at a time"
    if mode != "collect" and (policy.concurrent or policy.coded):
        return "only a collect hook may be concurrent or coded"
    if first and parameters[1:2] != [first]:
        return f"the second parameter of {mode} hooks is {first}"
    if mode == "event" and parameters != ["ctx", "event"]:
        return "an event hook has the parameters ctx and event"
    return ""


def policy_of(spec: Callable[..., Any]) -> HookPolicy:
    """Give the policy declared on a spec."""
    return cast("HookPolicy", cast("Any", spec).policy)
