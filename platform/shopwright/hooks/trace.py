# SPDX-License-Identifier: Apache-2.0
"""The trace switch: ``SHOPWRIGHT_TRACE_HOOKS=1`` prints each hook call."""

import os
import reprlib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shopwright.hooks.plan import Plan, Step

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 80


class Note:
    """Where a call leaves its answer for the trace."""

    __slots__ = ("answer",)

    def __init__(self) -> None:
        self.answer: Any = None


def enabled() -> bool:
    return os.environ.get("SHOPWRIGHT_TRACE_HOOKS", "") not in {"", "0"}


@contextmanager
def trace(plan: "Plan", step: "Step", call: dict[str, Any]) -> Iterator[Note]:
    """Print one call: plugin, arguments, time, and its answer or error."""
    note = Note()
    if not enabled():
        yield note
        return
    arguments = ", ".join(f"{name}={_short.repr(call[name])}" for name in step.argnames if name != "ctx")
    started = time.perf_counter()
    outcome = "cancelled"
    try:
        yield note
        outcome = _short.repr(note.answer)
    except Exception as error:
        outcome = f"raised {type(error).__name__}: {error}"
        raise
    finally:
        spent = (time.perf_counter() - started) * 1000
        line = f"hook {plan.name} [{plan.policy.mode}] {step.plugin}({arguments}) -> {outcome} {spent:.2f} ms"
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - the switch asks for it
