# SPDX-License-Identifier: Apache-2.0
"""Plugins that misbehave, for tests of whoever owns a hook: each factory gives a class for ``make_kernel``.

Name the hooks they implement: ``failing(shipping_rates, cart_fees)``. What those hooks' owners need is required
by itself. How often each hook was asked is counted in the class: ``plugin.asked["cart_fees"]``.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar

from shopwright.hooks.spec import policy_of
from shopwright.plugin import Manifest, Plugin, hookimpl

Spec = Callable[..., Any]
Behaviour = Callable[[], Awaitable[Any]]


class Dummy(Plugin):
    """Base of the plugins made here."""

    asked: ClassVar[Counter[str]]
    """How often each hook was asked, by its name."""
    behaves: ClassVar[bool]
    """What ``moody`` plugins go by: they fail until it is true."""


def failing(*specs: Spec, name: str = "failing", error: Exception | None = None) -> type[Dummy]:
    """Make a plugin that raises in each of the hooks."""

    async def fail() -> Any:
        raise error or RuntimeError("not today")

    return _plugin(name, dict.fromkeys(specs, fail))


def hanging(*specs: Spec, name: str = "hanging") -> type[Dummy]:
    """Make a plugin that never finishes with any of the hooks, and lets others work meanwhile."""

    async def hang() -> Any:
        await asyncio.Event().wait()

    return _plugin(name, dict.fromkeys(specs, hang))


def slow(answers: dict[Spec, Any], *, seconds: float, name: str = "slow") -> type[Dummy]:
    """Make a plugin that answers after a while."""

    def late(answer: Any) -> Behaviour:
        async def wait() -> Any:
            await asyncio.sleep(seconds)
            return answer

        return wait

    return _plugin(name, {spec: late(answer) for spec, answer in answers.items()})


def blocking(answers: dict[Spec, Any], *, seconds: float, name: str = "blocking") -> type[Dummy]:
    """Make a plugin that holds the whole process for a while, which nobody may do, and then answers."""

    def held(answer: Any) -> Behaviour:
        async def hold() -> Any:
            time.sleep(seconds)  # noqa: ASYNC251, TID251 - what is to be survived
            return answer

        return hold

    return _plugin(name, {spec: held(answer) for spec, answer in answers.items()})


def greedy(
    answers: dict[Spec, Callable[[int], Any]], *, count: int = 10_000, name: str = "greedy"
) -> type[Dummy]:
    """Make a plugin that answers far too many things: what each function gives for 0, 1, 2 and so on."""

    def many(make: Callable[[int], Any]) -> Behaviour:
        async def flood() -> Any:
            return [make(number) for number in range(count)]

        return flood

    return _plugin(name, {spec: many(make) for spec, make in answers.items()})


def answering(answers: dict[Spec, Any], *, name: str = "answering") -> type[Dummy]:
    """Make a plugin that answers as told: rightly, or with things of the wrong kind."""

    def given(answer: Any) -> Behaviour:
        async def give() -> Any:
            return answer

        return give

    return _plugin(name, {spec: given(answer) for spec, answer in answers.items()})


def moody(answers: dict[Spec, Any], *, name: str = "moody") -> type[Dummy]:
    """Make a plugin that fails until its class attribute ``behaves`` is true."""

    def by_mood(answer: Any) -> Behaviour:
        async def maybe() -> Any:
            if not made.behaves:
                raise RuntimeError("not today")
            return answer

        return maybe

    made = _plugin(name, {spec: by_mood(answer) for spec, answer in answers.items()})
    return made


def _plugin(name: str, behaviours: dict[Spec, Behaviour]) -> type[Dummy]:
    manifest = Manifest(
        name=name, version="0.1.0", title=name, summary=name, requires=tuple(_owners(list(behaviours)))
    )
    asked: Counter[str] = Counter()
    body: dict[str, Any] = {
        spec.__name__: hookimpl(_implementation(spec, behave, asked)) for spec, behave in behaviours.items()
    }
    return type("Plugin", (Dummy,), {"manifest": manifest, "asked": asked, "behaves": False, **body})


def _implementation(spec: Spec, behave: Behaviour, asked: Counter[str]) -> Callable[..., Any]:
    """Give a method that fits the hook's mode.

    Raises:
        TypeError: the hook is called once at the start, where misbehaving leaves the plugin out.
    """
    if policy_of(spec).mode == "register":
        raise TypeError(f"{spec.__name__} is a register hook: a plugin that fails there is not loaded at all")

    async def method(self: Any) -> Any:
        asked[spec.__name__] += 1
        return await behave()

    return method


def _owners(specs: Sequence[Spec]) -> list[str]:
    """Give the plugins that own hooks, by the package their ``hookspecs`` module is in."""
    packages = {spec.__module__.partition(".")[0] for spec in specs}
    return sorted(
        package.removeprefix("shopwright_") for package in packages if package.startswith("shopwright_")
    )
