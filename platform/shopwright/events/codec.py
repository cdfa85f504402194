# SPDX-License-Identifier: Apache-2.0
"""Names events and turns them into JSON and back."""

import inspect
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter

from shopwright.hooks.spec import policy_of
from shopwright.registry import Registry

Spec = Callable[..., Any]


class EventCodec:
    """The events of all loaded plugins: ``<owner>.<hook>``, with the type their hook declares."""

    def __init__(self, registry: Registry) -> None:
        self._specs: dict[str, Spec] = {}
        self._names: dict[Spec, str] = {}
        self._types: dict[str, Any] = {}
        self._adapters: dict[str, TypeAdapter[Any]] = {}
        for spec in registry.specs():
            if policy_of(spec.function).mode == "event":
                name = f"{spec.owner}.{spec.name}"
                self._specs[name] = spec.function
                self._names[spec.function] = name

    def check(self, spec: Spec) -> None:
        """Resolve the type of an event; whatever is wrong with it is raised here."""
        self._adapter(self._names[spec])

    def knows(self, name: str) -> bool:
        return name in self._specs

    def encode(self, spec: Spec, event: Any) -> tuple[str, int, str]:
        """Give name, version and JSON of an event.

        Raises:
            TypeError: the hook is of a plugin that is not loaded, or the event is not of its type.
        """
        name = self._names.get(spec)
        if name is None:
            raise TypeError(f"{spec.__name__} is not an event of a loaded plugin")
        declared = self._type(name)
        if isinstance(declared, type) and not isinstance(event, declared):
            raise TypeError(f"{name} takes {declared.__name__}, not {type(event).__name__}")
        payload = self._adapter(name).dump_json(event).decode()
        return name, int(getattr(event, "version", 1)), payload

    def decode(self, name: str, payload: str) -> tuple[Spec, Any]:
        """Give the hook of an event and the event itself."""
        return self._specs[name], self._adapter(name).validate_json(payload)

    def _adapter(self, name: str) -> TypeAdapter[Any]:
        found = self._adapters.get(name)
        if found is None:
            found = self._adapters[name] = TypeAdapter(self._type(name))
        return found

    def _type(self, name: str) -> Any:
        found = self._types.get(name)
        if found is None:
            found = self._types[name] = _declared(self._specs[name])
        return found


def _declared(spec: Spec) -> Any:
    """Give the type of the event; no other annotation is resolved, for ``ctx`` names no import."""
    annotation = inspect.signature(spec).parameters["event"].annotation
    if isinstance(annotation, str):
        return eval(annotation, getattr(spec, "__globals__", {}))  # noqa: S307 - the plugin's own source
    return annotation
