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


def hookspec(
    mode: Mode,
    *,
    on_error: OnError = "closed",
    budget: float | None = None,
    concurrent: bool = False,
    limit: int = 500,
) -> Callable[[F], F]:
    """Declare a hook.

    Args:
        mode: how the answers are put together, see ``docs/reference/hooks.md``.
        on_error: ``closed`` fails the operation, ``open`` leaves the plugin out, ``core`` leaves it out
            and the caller uses its own default.
        budget: seconds for the whole call, all plugins together.
        concurrent: asks all plugins at once; for hooks that wait for a network.
        limit: the most items one plugin may answer in a ``collect`` hook.

    Raises:
        TypeError: the policy contradicts the signature.
    """

    def mark(function: F) -> F:
        name = function.__name__
        parameters = list(inspect.signature(function).parameters)
        if mode == "register":
            if inspect.iscoroutinefunction(function) or parameters:
                raise TypeError(f"{name}: a register hook is a plain function without parameters")
        elif not inspect.iscoroutinefunction(function) or parameters[:1] != ["ctx"]:
            raise TypeError(f"{name}: a {mode} hook is async and its first parameter is ctx")
        if "session" in parameters and (budget is not None or on_error != "closed" or concurrent):
            raise TypeError(f"{name}: a hook that gets the session is closed, without budget, one at a time")
        if concurrent and mode != "collect":
            raise TypeError(f"{name}: only a collect hook may be concurrent")
        if mode == "filter" and parameters[1:2] != ["value"]:
            raise TypeError(f"{name}: the second parameter of a filter hook is value")
        if mode == "around" and parameters[1:2] != ["call_next"]:
            raise TypeError(f"{name}: the second parameter of an around hook is call_next")
        if mode == "event" and parameters != ["ctx", "event"]:
            raise TypeError(f"{name}: an event hook has the parameters ctx and event")
        cast("Any", function).policy = HookPolicy(mode, on_error, budget, concurrent, limit)
        return _mark(function)

    return mark


def policy_of(spec: Callable[..., Any]) -> HookPolicy:
    """Give the policy declared on a spec."""
    return cast("HookPolicy", cast("Any", spec).policy)
