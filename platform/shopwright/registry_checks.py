# SPDX-License-Identifier: Apache-2.0
"""What the registry refuses, and in which words."""

import graphlib
import inspect
import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, SecretStr, ValidationError

from shopwright.hooks.spec import policy_of
from shopwright.plugin import PROJECT, Manifest, Plugin, PluginSettings, Problem
from shopwright.settings.fields import Scope, is_secret, scope_of

_NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")


def check_manifest(name: str, plugin: Plugin) -> None:
    """Refuse a manifest whose names are not the plugin's own.

    Raises:
        ValueError: names what breaks the prefix rule.
    """
    manifest = plugin.manifest
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot be a plugin's name: use 2 to 41 lower-case letters, digits and _")
    if manifest.name != name:
        raise ValueError(f"the entry point is called {name!r}, the manifest {manifest.name!r}")
    for permission in manifest.permissions:
        if not permission.code.startswith(f"{name}."):
            raise ValueError(f"permission {permission.code!r} does not begin with {name + '.'!r}")
    codes = [permission.code for permission in manifest.permissions]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        raise ValueError(f"permission {code!r} is declared twice")
    for column in manifest.pii:
        if not column.table.startswith(f"{name}_"):
            raise ValueError(f"pii table {column.table!r} does not begin with {name + '_'!r}")
    check_settings(manifest.settings)


def check_settings(model: type[PluginSettings]) -> None:
    """Refuse settings that a store could not begin with, or that would keep a secret readable.

    Raises:
        ValueError: names the setting.
    """
    for name, info in model.model_fields.items():
        if info.is_required():
            raise ValueError(f"setting {name!r} has no default: a store must work before anyone edits it")
        if scope_of(info) not in get_args(Scope):
            raise ValueError(
                f"setting {name!r} has the scope {scope_of(info)!r}: use {', '.join(get_args(Scope))}"
            )
        if not is_secret(info) and _holds_secret(info.annotation):
            raise ValueError(
                f"setting {name!r} holds a secret inside: only a setting of its own is encrypted"
            )
    try:
        model()
    except ValidationError as error:
        name = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise ValueError(
            f"setting {name!r} has a default that is refused: {error.errors()[0]['msg']}"
        ) from None


def _holds_secret(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return any(_holds_secret(info.annotation) for info in annotation.model_fields.values())
    return annotation is SecretStr or any(_holds_secret(part) for part in get_args(annotation))


def check_hooks(name: str, plugin: Plugin, specs: Mapping[str, Any]) -> None:
    """Refuse an implementation of a hook that does not exist or whose kind of function is wrong.

    Raises:
        ValueError: names the hook.
    """
    for attribute in dir(type(plugin)):
        options = getattr(getattr(type(plugin), attribute, None), f"{PROJECT}_impl", None)
        if options is None:
            continue
        hook = options.get("specname") or attribute
        if hook not in specs:
            if options.get("optionalhook"):
                continue
            raise ValueError(f"it implements {hook!r}, which no loaded plugin declares")
        spec = specs[hook]
        if spec.owner not in {"kernel", name, *plugin.manifest.requires} and not options.get("optionalhook"):
            raise ValueError(
                f"it implements {hook!r} of {spec.owner!r}: add {spec.owner!r} to requires, or make it optional"
            )
        mode = policy_of(spec.function).mode
        is_async = inspect.iscoroutinefunction(getattr(type(plugin), attribute))
        if mode == "register" and is_async:
            raise ValueError(f"{hook!r} is a register hook: implement it with a plain def")
        if mode in {"around", "event"} and not is_async:
            raise ValueError(f"{hook!r} is an {mode} hook: implement it with async def")


def check_item(plugin: str, hook: str, item: Any, entries: Mapping[str, Any]) -> None:
    """Refuse a registered thing without a code, with a foreign prefix, or with a code in use.

    Raises:
        ValueError: names the hook and the code.
    """
    code = getattr(item, "code", None)
    if not isinstance(code, str) or not code:
        raise ValueError(f"{hook}: {item!r} has no code")
    if code.partition(".")[0] != plugin:
        raise ValueError(f"{hook}: code {code!r} does not begin with {plugin + '.'!r}")
    if code in entries:
        raise ValueError(f"{hook}: code {code!r} is registered twice")


def load_order(manifests: Mapping[str, Manifest]) -> tuple[list[str], list[Problem]]:
    """Put plugins behind what they require, by name otherwise; leave out cycles, naming them."""
    problems: list[Problem] = []
    graph = {name: {r for r in m.requires if r in manifests} for name, m in sorted(manifests.items())}
    while True:
        sorter = graphlib.TopologicalSorter(graph)
        try:
            sorter.prepare()
        except graphlib.CycleError as error:
            cycle: list[str] = list(error.args[1])
            path = " → ".join(cycle)
            problems += [
                Problem(
                    name, "requires_cycle", f"Plugin {name!r} is left out: its requires go round: {path}."
                )
                for name in sorted(set(cycle))
            ]
            graph = {name: needs - set(cycle) for name, needs in graph.items() if name not in cycle}
            continue
        order: list[str] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready())
            order += ready
            sorter.done(*ready)
        return order, problems
