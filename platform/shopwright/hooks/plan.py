# SPDX-License-Identifier: Apache-2.0
"""Plans: for each store and configuration version, which implementations a hook has and in which order."""

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, get_args
from uuid import UUID

from shopwright.hooks.breaker import BreakerKey
from shopwright.hooks.spec import HookPolicy, policy_of

if TYPE_CHECKING:
    from shopwright.registry import Registry


class Step(NamedTuple):
    """One plugin's implementation of a hook."""

    plugin: str
    function: Callable[..., Any]
    argnames: tuple[str, ...]
    is_async: bool
    key: BreakerKey


class Plan(NamedTuple):
    """How to call one hook for one store."""

    name: str
    policy: HookPolicy
    steps: tuple[Step, ...]
    kind: type
    """What one answer, or one item of an answer, is, as far as the spec's annotation tells."""


class StorePlans:
    """The hooks of one store at one configuration version: the registry narrowed to what is on there."""

    def __init__(self, registry: "Registry", store_id: UUID, active: frozenset[str]) -> None:
        self.registry = registry
        self.store_id = store_id
        self.active = active
        self._plans: dict[Callable[..., Any], Plan] = {}
        self._registered: dict[Callable[..., Any], Mapping[str, Any]] = {}

    def plan(self, spec: Callable[..., Any]) -> Plan:
        """Resolve a hook once; later calls pay one look-up."""
        found = self._plans.get(spec)
        if found is None:
            found = self._plans[spec] = Plan(
                spec.__name__, policy_of(spec), self._steps(spec), _kind_of(spec)
            )
        return found

    def registered(self, spec: Callable[..., Any]) -> Mapping[str, Any]:
        """Give what the store's plugins registered, by code."""
        found = self._registered.get(spec)
        if found is None:
            entries = self.registry.registered(spec)
            found = {code: entry.item for code, entry in entries.items() if entry.plugin in self.active}
            self._registered[spec] = found
        return found

    def _steps(self, spec: Callable[..., Any]) -> tuple[Step, ...]:
        return tuple(
            Step(
                impl.plugin_name,
                impl.function,
                tuple(impl.argnames),
                inspect.iscoroutinefunction(impl.function),
                BreakerKey(impl.plugin_name, spec.__name__, self.store_id),
            )
            for impl in self.registry.implementations(spec)
            if impl.plugin_name in self.active
        )


def _kind_of(spec: Callable[..., Any]) -> type:
    """Read ``T`` out of ``Sequence[T]`` or ``T | None``."""
    inner = get_args(inspect.signature(spec).return_annotation)
    found = inner[0] if inner else None
    return found if isinstance(found, type) and not getattr(found, "_is_protocol", False) else object
