# SPDX-License-Identifier: Apache-2.0
"""Calling hooks: one method for each mode, typed by the spec itself."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.db.errors import is_transient
from shopwright.errors import Overloaded, Rejected, Rejection
from shopwright.hooks.breaker import Breakers
from shopwright.hooks.budget import Budget, waited
from shopwright.hooks.plan import Plan, Step, StorePlans
from shopwright.hooks.trace import trace

if TYPE_CHECKING:
    from shopwright.context import Context

P = ParamSpec("P")
T = TypeVar("T")
V = TypeVar("V")
Next = Callable[[], Awaitable[T]]

log = logging.getLogger(__name__)


class HookError(Exception):
    """A plugin failed in a hook whose policy is to fail the operation."""

    def __init__(self, plugin: str, hook: str, reason: str) -> None:
        super().__init__(f"plugin {plugin!r} failed in hook {hook!r}: {reason}")
        self.plugin = plugin
        self.hook = hook


class AnswerError(TypeError):
    """A plugin answered something the hook does not allow."""


@dataclass(frozen=True, slots=True)
class Change(Generic[V]):
    """What one plugin made of the value of a filter hook."""

    plugin: str
    before: V
    after: V


class Hooks:
    """The hooks as one context sees them: its store's plugins, in order."""

    __slots__ = ("_breakers", "_ctx", "_plans")

    def __init__(self, ctx: "Context", plans: StorePlans, breakers: Breakers) -> None:
        self._ctx = ctx
        self._plans = plans
        self._breakers = breakers

    def registered(self, spec: Callable[[], Sequence[T]]) -> Mapping[str, T]:
        """Give what this store's plugins registered in a ``register`` hook, by code."""
        return self._plans.registered(spec)

    async def collect(
        self,
        spec: Callable[Concatenate["Context", P], Awaitable[Sequence[T]]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> list[T]:
        """Ask every plugin; give all their items as one list, in plugin order."""
        answers: list[T] = []
        plan, call = self._prepare(spec, "collect", args, kwargs)

        def take(step: Step, answer: Sequence[T]) -> None:
            answers.extend(_checked(answer, plan, step))

        if plan.policy.concurrent:
            await self._at_once(plan, call, take)
        else:
            await self._one_by_one(plan, call, take)
        return answers

    async def first(
        self,
        spec: Callable[Concatenate["Context", P], Awaitable[T | None]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T | None:
        """Ask plugins in order until one gives an answer that is not None."""
        return (await self.first_recorded(spec, *args, **kwargs))[0]

    async def first_recorded(
        self,
        spec: Callable[Concatenate["Context", P], Awaitable[T | None]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> tuple[T | None, str]:
        """Do as ``first`` and tell which plugin answered; ``""`` when none did."""
        plan, call = self._prepare(spec, "first", args, kwargs)
        answers: list[tuple[T, str]] = []

        def take(step: Step, answer: T) -> bool:
            _of_kind(answer, plan.kind, plan)
            answers.append((answer, step.plugin))
            return True

        await self._one_by_one(plan, call, take)
        return answers[0] if answers else (None, "")

    async def filter(
        self,
        spec: Callable[Concatenate["Context", V, P], Awaitable[V | None]],
        value: V,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> V:
        """Hand a value from plugin to plugin; None leaves it as it was."""
        return (await self.filter_recorded(spec, value, *args, **kwargs))[0]

    async def filter_recorded(
        self,
        spec: Callable[Concatenate["Context", V, P], Awaitable[V | None]],
        value: V,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> tuple[V, list[Change[V]]]:
        """Do as ``filter`` and tell which plugin changed what: for money, each step is kept."""
        plan, call = self._prepare(spec, "filter", args, {**kwargs, "value": value})
        changes: list[Change[V]] = []

        def take(step: Step, answer: V) -> None:
            _of_kind(answer, Mapping if isinstance(value, Mapping) else plan.kind, plan)
            changes.append(Change(step.plugin, call["value"], answer))
            call["value"] = answer

        await self._one_by_one(plan, call, take)
        return cast("V", call["value"]), changes

    async def veto(
        self,
        spec: Callable[Concatenate["Context", P], Awaitable[Sequence[Rejection]]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Ask every plugin for objections.

        Raises:
            Rejected: one or more plugins object; all objections are in it.
        """
        plan, call = self._prepare(spec, "veto", args, kwargs)
        rejections: list[Rejection] = []
        await self._one_by_one(
            plan, call, lambda step, answer: rejections.extend(_checked(answer, plan, step))
        )
        if rejections:
            raise Rejected(rejections)

    async def around(
        self,
        spec: Callable[Concatenate["Context", Next[T], P], Awaitable[T]],
        inner: Next[T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Let plugins wrap a call as middleware does, the first plugin outermost."""
        plan, call = self._prepare(spec, "around", args, kwargs)
        call_next = inner
        for step in reversed(plan.steps):
            call_next = partial(_wrapped, step, call_next, call)
        return await call_next()

    async def emit(
        self,
        session: AsyncSession,
        spec: Callable[["Context", V], Awaitable[None]],
        event: V,
        *,
        aggregate: tuple[str, UUID],
    ) -> None:
        """Write an event to the outbox, in the caller's transaction; subscribers run after its commit.

        ``aggregate`` is the thing the event is about, (kind, id): its events are delivered in order.
        """
        await self.emit_many(session, spec, [(event, aggregate)])

    async def emit_many(
        self,
        session: AsyncSession,
        spec: Callable[["Context", V], Awaitable[None]],
        events: Sequence[tuple[V, tuple[str, UUID]]],
    ) -> None:
        """Do as ``emit`` for events of different aggregates, with two statements for all of them.

        Raises:
            ValueError: two of them are of the same aggregate.
        """
        plan, _ = self._prepare(spec, "event", (), {})
        subscribers = tuple(step.plugin for step in plan.steps)
        await self._ctx.kernel.events.emit(self._ctx, session, spec, events, subscribers)

    async def deliver(self, spec: Callable[["Context", V], Awaitable[None]], event: V, plugin: str) -> bool:
        """Run one subscriber of an event; False when its plugin is off in this store by now."""
        plan, call = self._prepare(spec, "event", (), {"event": event})
        for step in plan.steps:
            if step.plugin == plugin:
                await _invoke(step, call)
                return True
        return False

    def _prepare(
        self, spec: Callable[..., Any], mode: str, args: tuple[object, ...], kwargs: dict[str, Any]
    ) -> tuple[Plan, dict[str, Any]]:
        plan = self._plans.plan(spec)
        if plan.policy.mode != mode or args:
            raise TypeError(f"{plan.name} is a {plan.policy.mode} hook, called with keyword arguments only")
        return plan, {**kwargs, "ctx": self._ctx}

    async def _one_by_one(
        self, plan: Plan, call: dict[str, Any], take: Callable[[Step, Any], object]
    ) -> None:
        """Call plugins one after another; a true return from ``take`` ends the round."""
        step = None
        try:
            async with Budget(plan.policy.budget):
                for step in plan.steps:
                    if not self._allows(plan, step):
                        continue
                    try:
                        answer = await _timed(plan, step, call)
                        done = answer is not None and take(step, answer)
                    except Exception as error:  # noqa: BLE001 - a plugin may raise anything
                        self._failed(plan, step, error)
                        continue
                    self._breakers.succeeded(step.key)
                    if done:
                        return
        except TimeoutError as error:
            if step is not None:
                self._failed(plan, step, error)

    async def _at_once(self, plan: Plan, call: dict[str, Any], take: Callable[[Step, Any], object]) -> None:
        """Call plugins in a task each, under one deadline; answers keep plugin order."""
        steps = [step for step in plan.steps if self._allows(plan, step)]
        tasks = [asyncio.create_task(_timed(plan, step, call)) for step in steps]
        if not tasks:
            return
        try:
            _, late = await asyncio.wait(tasks, timeout=plan.policy.budget)
            for step, task in zip(steps, tasks, strict=True):
                try:
                    if task in late:
                        raise TimeoutError(f"no answer within {plan.policy.budget} s")
                    answer = task.result()
                    if answer is not None:
                        take(step, answer)
                except Exception as error:  # noqa: BLE001 - a plugin may raise anything
                    self._failed(plan, step, error)
                else:
                    self._breakers.succeeded(step.key)
        finally:
            for task in tasks:
                task.cancel()

    def _allows(self, plan: Plan, step: Step) -> bool:
        return plan.policy.on_error == "closed" or self._breakers.allows(step.key)

    def _failed(self, plan: Plan, step: Step, error: Exception) -> None:
        if isinstance(error, Overloaded) or (plan.policy.on_error == "closed" and is_transient(error)):
            # No fault of the plugin: whoever runs the transaction tries again.
            raise error
        self._breakers.failed(step.key, error)
        if plan.policy.on_error == "closed":
            raise HookError(step.plugin, plan.name, f"{type(error).__name__}: {error}") from error
        log.error(
            "plugin %s failed in hook %s for store %s; left out",
            step.plugin, plan.name, step.key.store_id, exc_info=error,
        )  # fmt: skip


async def _invoke(step: Step, call: dict[str, Any]) -> Any:
    answer = step.function(*[call[name] for name in step.argnames])
    return await answer if step.is_async else answer


async def _timed(plan: Plan, step: Step, call: dict[str, Any]) -> Any:
    """Call one step; a plain function cannot be interrupted, so being late counts as its failure."""
    started = time.perf_counter() - waited()
    try:
        with trace(plan, step, call) as note:
            answer = note.answer = await _invoke(step, call)
    finally:
        spent = time.perf_counter() - waited() - started
    budget = plan.policy.budget
    if budget is not None and spent > budget:
        raise TimeoutError(f"took {spent:.2f} s of {budget} s")
    return answer


async def _wrapped(step: Step, call_next: Next[T], call: dict[str, Any]) -> T:
    return cast("T", await _invoke(step, {**call, "call_next": call_next}))


def _checked(answer: Sequence[T], plan: Plan, step: Step) -> Sequence[T]:
    if isinstance(answer, str | bytes) or not isinstance(answer, Sequence):
        raise AnswerError(f"answered {type(answer).__name__}; {plan.name} takes a list or a tuple")
    if len(answer) > plan.policy.limit:
        raise AnswerError(f"answered {len(answer)} items; {plan.name} takes at most {plan.policy.limit}")
    codes = set()
    for item in answer:
        _of_kind(item, plan.kind, plan)
        code = getattr(item, "code", "") if plan.policy.coded else f"{step.plugin}."
        if not code.startswith(f"{step.plugin}."):
            raise AnswerError(f"answered the code {code!r}; its codes begin with {step.plugin!r} and a dot")
        if plan.policy.coded and code in codes:
            raise AnswerError(f"answered the code {code!r} twice")
        codes.add(code)
    return answer


def _of_kind(answer: object, kind: type, plan: Plan) -> None:
    if not isinstance(answer, kind):
        raise AnswerError(f"answered {type(answer).__name__}; {plan.name} takes {kind.__name__}")
