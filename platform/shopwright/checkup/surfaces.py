# SPDX-License-Identifier: Apache-2.0
"""Whether a plugin's routes, hooks, events and settings are declared so that they can work."""

import inspect
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError, PydanticUndefinedAnnotation
from pydantic_core import PydanticSerializationError

from shopwright.actor import PUBLIC, SIGNED_IN_CUSTOMER, SIGNED_IN_STAFF
from shopwright.auth.roles import KERNEL_PERMISSIONS
from shopwright.checkup.fault import Subject
from shopwright.events.codec import EventCodec
from shopwright.hooks.spec import policy_of
from shopwright.hookspecs import register_jobs, register_routes
from shopwright.http.dispatch import Table
from shopwright.http.kernel_routes import kernel_routes
from shopwright.http.routing import Route, Scope
from shopwright.plugin import PROJECT
from shopwright.settings.fields import secret_names

_ANYBODY = {PUBLIC, SIGNED_IN_CUSTOMER, SIGNED_IN_STAFF}
_PLAIN = "Use types that JSON gives back as they were: text, numbers, lists, models."
_STAFF = {Scope.ADMIN, Scope.ADMIN_API}


def check_routes(subject: Subject) -> Iterator[tuple[str, str]]:
    """Find routes that cannot be served, and those without a permission that somebody can have."""
    registry = subject.registry
    for problem in Table(registry, kernel_routes()).problems:
        if problem.plugin == subject.name:
            yield problem.message, "Change the route's path or its handler's parameters."
    visible = {subject.name, *registry.requires_closure(subject.name)}
    known = {p.code for p in KERNEL_PERMISSIONS} | _ANYBODY
    known |= {p.code for name in visible for p in registry.plugins[name].manifest.permissions}
    entries = registry.registered(register_routes).values()
    routes: list[Route] = [entry.item for entry in entries if entry.plugin == subject.name]
    forms = {r.path for r in routes if r.scope is Scope.ADMIN and r.method == "POST" and r.limit}
    for route in routes:
        if route.permission not in known:
            yield (
                f"route {route.code} asks for {route.permission!r}, which nobody declares",
                "Declare it in the manifest, or use PUBLIC, SIGNED_IN_CUSTOMER or SIGNED_IN_STAFF.",
            )
        # A form that signs somebody in is public, and limits how often it may be sent.
        is_open = route.permission in {PUBLIC, SIGNED_IN_CUSTOMER} and route.path not in forms
        if route.scope in _STAFF and is_open:
            yield (
                f"route {route.code} is for staff and open to others ({route.permission!r})",
                "Give it a permission of the manifest, or SIGNED_IN_STAFF.",
            )


def check_hooks(subject: Subject) -> Iterator[tuple[str, str]]:
    """Find methods that look like hook implementations and are none."""
    specs = {spec.name: spec for spec in subject.registry.specs()}
    kind = type(subject.plugin)
    for name, member in inspect.getmembers(kind, inspect.isfunction):
        marked = getattr(member, f"{PROJECT}_impl", None)
        if marked is None and name in specs:
            yield f"{name}() is not marked, so it is never called", "Write @hookimpl above it."
        spec = specs.get((marked or {}).get("specname") or name)
        if marked is None or spec is None:
            continue
        if policy_of(spec.function).mode == "register" and _gives_nothing(subject.plugin, name):
            yield f"{name}() registers nothing", "Return what it should register, or remove it."
        given = inspect.signature(member).return_annotation
        if given is None and policy_of(spec.function).mode in {"register", "collect", "veto"}:
            yield f"{name}() is annotated to return None", f"Return what {spec.name} asks for."


def _gives_nothing(plugin: Any, name: str) -> bool:
    return not list(getattr(plugin, name)())


def check_events(subject: Subject) -> Iterator[tuple[str, str]]:
    """Find events and job payloads that cannot be written down and read back."""
    codec = EventCodec(subject.registry)
    for spec in subject.registry.specs():
        if spec.owner == subject.name and policy_of(spec.function).mode == "event":
            try:
                codec.check(spec.function)
            except (NameError, PydanticSchemaGenerationError, PydanticUndefinedAnnotation) as error:
                yield (
                    f"event {subject.name}.{spec.name} cannot be written down: {error}".partition("\n")[0],
                    "Annotate event with a frozen dataclass of plain values that its module imports.",
                )
    for code, entry in subject.registry.registered(register_jobs).items():
        if entry.plugin == subject.name:
            try:
                TypeAdapter(entry.item.payload)
            except (NameError, PydanticSchemaGenerationError, PydanticUndefinedAnnotation) as error:
                yield (
                    f"payload of job {code} cannot be written down: {error}".partition("\n")[0],
                    "Use a frozen dataclass of ids and plain values.",
                )


def check_settings(subject: Subject) -> Iterator[tuple[str, str]]:
    """Find defaults that do not survive being saved by the form."""
    model = subject.plugin.manifest.settings
    defaults = model()
    secrets = secret_names(model)
    try:
        saved = {k: v for k, v in defaults.model_dump(mode="json").items() if k not in secrets}
        again = model.model_validate(saved)
    except (PydanticSerializationError, UnicodeError) as error:
        yield f"its settings cannot be saved: {error}", _PLAIN
        return
    except ValidationError as error:
        wrong = error.errors()[0]
        yield f"setting {wrong['loc'][0]!r} is refused after it was saved: {wrong['msg']}", _PLAIN
        return
    for name in saved:
        if getattr(again, name) != getattr(defaults, name):
            yield (
                f"setting {name!r} is another after it was saved",
                _PLAIN,
            )
