# SPDX-License-Identifier: Apache-2.0
"""The registry: finds plugins, puts them in order, and refuses by name what cannot work."""

import importlib.metadata as metadata
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from types import FunctionType
from typing import Any

import pluggy
from packaging.specifiers import SpecifierSet

import shopwright
from shopwright import hookspecs as kernel_hookspecs
from shopwright.hooks.spec import policy_of
from shopwright.plugin import ENTRY_POINT_GROUP, PROJECT, Plugin, Problem
from shopwright.registry_checks import check_hooks, check_item, check_manifest, load_order

log = logging.getLogger(__name__)
KERNEL = "kernel"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a plugin registered."""

    plugin: str
    item: Any


@dataclass(frozen=True, slots=True)
class Spec:
    """One hook: who owns it, and the function that declares it."""

    owner: str
    function: Callable[..., Any]

    @property
    def name(self) -> str:
        return self.function.__name__


def discover(*, first_party_only: bool = False) -> dict[str, metadata.EntryPoint]:
    """Find installed plugins by entry point; first-party ones are what ``shopwright-standard`` requires.

    A name that two distributions claim goes to the first-party one, or else to none of them.
    """
    points, _ = _installed()
    ours = _first_party()
    return {name: p for name, p in points.items() if not first_party_only or _distribution(p) in ours}


def _installed() -> tuple[dict[str, metadata.EntryPoint], list[Problem]]:
    """Find plugins, and the names that more than one distribution claims."""
    found: dict[str, dict[str, metadata.EntryPoint]] = {}
    for point, distribution in _claims(tuple(sys.path)):
        found.setdefault(point.name, {})[distribution] = point
    ours, points, problems = _first_party(), {}, []
    for name, claims in found.items():
        chosen = sorted(ours & claims.keys()) if len(claims) > 1 else list(claims)
        if chosen:
            points[name] = claims[chosen[0]]
        for other in sorted(claims.keys() - set(chosen)):
            message = f"{other} is left out: {', '.join(sorted(claims))} are all called {name!r}. Uninstall all but one."
            problems.append(Problem(name, "name_clash", message))
    return points, problems


@lru_cache(maxsize=4)
def _claims(_path: tuple[str, ...]) -> tuple[tuple[metadata.EntryPoint, str], ...]:
    points = metadata.entry_points(group=ENTRY_POINT_GROUP)
    return tuple((point, _distribution(point)) for point in points)


def _first_party() -> frozenset[str]:
    return _required_by_standard(tuple(sys.path))


@lru_cache(maxsize=4)
def _required_by_standard(_path: tuple[str, ...]) -> frozenset[str]:
    try:
        required = metadata.requires("shopwright-standard") or []
    except metadata.PackageNotFoundError:
        return frozenset()
    return frozenset(line.split(";")[0].split("=")[0].split(">")[0].strip() for line in required)


def _distribution(point: metadata.EntryPoint) -> str:
    return point.dist.name if point.dist else ""


class _Manager(pluggy.PluginManager):
    """Looks closely only at what may be a hook: most of the time to start went into looking at the rest."""

    def parse_hookimpl_opts(self, plugin: Any, name: str) -> Any:
        return None if _is_no_hook(plugin, name) else super().parse_hookimpl_opts(plugin, name)

    def parse_hookspec_opts(self, module_or_class: Any, name: str) -> Any:
        return None if name.startswith("_") else super().parse_hookspec_opts(module_or_class, name)


def _is_no_hook(plugin: Any, name: str) -> bool:
    if name.startswith("_") or name in vars(plugin):
        return name.startswith("_")
    found = next((vars(kind)[name] for kind in type(plugin).__mro__ if name in vars(kind)), None)
    return isinstance(found, FunctionType | property) and not hasattr(found, f"{PROJECT}_impl")


class Registry:
    """All plugins of one application. Made in ``Kernel.open``; nothing is global."""

    def __init__(self, candidates: Mapping[str, Callable[[], type[Plugin]]]) -> None:
        self.plugins: dict[str, Plugin] = {}
        self.problems: list[Problem] = []
        self._specs: dict[str, Spec] = {}
        self._registered: dict[Callable[..., Any], dict[str, Entry]] = {}
        self._manager = _Manager(PROJECT)
        self._add_specs(KERNEL, kernel_hookspecs)
        loaded = self._import_all(candidates)
        order, problems = load_order({name: plugin.manifest for name, plugin in loaded.items()})
        self.problems += problems
        for name in order:
            self._register(name, loaded[name])
        self._collect_registered()

    @classmethod
    def load(
        cls,
        allowed: Sequence[str] | None = None,
        *,
        safe_mode: bool = False,
        extra: Mapping[str, type[Plugin]] | None = None,
    ) -> "Registry":
        """Load the installed plugins that ``allowed`` names (None: all), and ``extra`` classes by name."""
        points, clashes = discover(first_party_only=safe_mode), _installed()[1]
        names = sorted(points) if allowed is None else [name for name in allowed if name in points]
        candidates: dict[str, Callable[[], type[Plugin]]] = {name: points[name].load for name in names}
        for name, plugin in (extra or {}).items():
            candidates[name] = partial(_given, plugin)
        registry = cls(candidates)
        missing = [] if allowed is None or safe_mode else [n for n in allowed if n not in candidates]
        registry.problems += [clash for clash in clashes if allowed is None or clash.plugin in allowed]
        registry.problems += [
            Problem(
                name, "not_installed", f"Plugin {name!r} is allowed in the configuration but not installed."
            )
            for name in missing
        ]
        return registry

    def specs(self) -> list[Spec]:
        """Give every hook, kernel's first, then in plugin order."""
        return list(self._specs.values())

    def implementations(self, spec: Callable[..., Any]) -> list[Any]:
        """Give the pluggy implementations of a hook in call order: that of ``requires``, marks permitting."""
        known = self._specs.get(spec.__name__)
        if known is None or known.function is not spec:
            return []
        places = {name: place for place, name in enumerate(self.plugins)}

        def place_of(impl: Any) -> tuple[int, int]:
            mark = 0 if impl.tryfirst else 2 if impl.trylast else 1
            return mark, places.get(impl.plugin_name, len(places))

        return sorted(getattr(self._manager.hook, spec.__name__).get_hookimpls(), key=place_of)

    def registered(self, spec: Callable[..., Any]) -> Mapping[str, Entry]:
        """Give everything registered in a ``register`` hook, by code, whatever store it is on in."""
        return self._registered.get(spec, {})

    def requires_closure(self, name: str) -> set[str]:
        """Give the names of all plugins that one builds on, directly or not."""
        found: set[str] = set()
        todo = list(self.plugins[name].manifest.requires) if name in self.plugins else []
        while todo:
            current = todo.pop()
            if current not in found and current in self.plugins:
                found.add(current)
                todo += self.plugins[current].manifest.requires
        return found

    def required_by(self, name: str) -> list[str]:
        """Give the names of plugins that list this one in their ``requires``."""
        return [other for other, plugin in self.plugins.items() if name in plugin.manifest.requires]

    def _import_all(self, candidates: Mapping[str, Callable[[], type[Plugin]]]) -> dict[str, Plugin]:
        loaded: dict[str, Plugin] = {}
        for name, load in candidates.items():
            try:
                plugin = load()()
                check_manifest(name, plugin)
                if shopwright.__version__ not in SpecifierSet(plugin.manifest.kernel):
                    raise ValueError(
                        f"it works with kernel {plugin.manifest.kernel}, this is {shopwright.__version__}: "
                        f"install a matching version of {name}"
                    )
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may fail in any way, the rest starts
                self._refuse(name, "not_loaded", error)
            else:
                loaded[name] = plugin
        return loaded

    def _register(self, name: str, plugin: Plugin) -> None:
        missing = [other for other in plugin.manifest.requires if other not in self.plugins]
        if missing:
            message = f"Plugin {name!r} is left out: it requires {', '.join(missing)}, which did not load."
            self.problems.append(Problem(name, "requires_missing", message))
            return
        try:
            for module in plugin.hookspecs:
                self._add_specs(name, module)
            check_hooks(name, plugin, self._specs)
            self._manager.register(plugin, name)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may fail in any way, the rest starts
            self._drop(name)
            self._refuse(name, "not_registered", error)
        else:
            self.plugins[name] = plugin

    def _add_specs(self, owner: str, module: Any) -> None:
        names = [
            name
            for name, value in vars(module).items()
            if hasattr(value, "policy") and getattr(value, "__module__", "") == module.__name__
        ]
        for name in names:
            if name in self._specs:
                raise ValueError(f"hook {name!r} is already owned by {self._specs[name].owner!r}")
        for name in names:
            self._specs[name] = Spec(owner, vars(module)[name])
        self._manager.add_hookspecs(_specs_of(module, names))

    def _collect_registered(self) -> None:
        """Fill the typed registries; whoever fails or clashes is left out whole, with all that needs it."""
        while True:
            try:
                self._registered = self._ask_register_hooks()
            except _Refused as refused:
                dependants = self._dependants(refused.plugin)
                for name in [refused.plugin, *dependants]:
                    self._drop(name)
                self._refuse(refused.plugin, "not_registered", refused.error)
                for name in dependants:
                    message = (
                        f"Plugin {name!r} is left out: it requires {refused.plugin}, which did not load."
                    )
                    self.problems.append(Problem(name, "requires_missing", message))
            else:
                return

    def _ask_register_hooks(self) -> dict[Callable[..., Any], dict[str, Entry]]:
        result: dict[Callable[..., Any], dict[str, Entry]] = {}
        for spec in self._specs.values():
            if policy_of(spec.function).mode != "register":
                continue
            entries: dict[str, Entry] = {}
            for impl in self.implementations(spec.function):
                try:
                    for item in impl.function():
                        check_item(impl.plugin_name, spec.name, item, entries)
                        entries[item.code] = Entry(impl.plugin_name, item)
                except (Exception, SystemExit) as error:
                    raise _Refused(impl.plugin_name, error) from error
            result[spec.function] = entries
        return result

    def _dependants(self, name: str) -> list[str]:
        return [other for other in self.plugins if name in self.requires_closure(other)]

    def _drop(self, name: str) -> None:
        if self._manager.has_plugin(name):
            self._manager.unregister(name=name)
        self.plugins.pop(name, None)
        self._specs = {key: spec for key, spec in self._specs.items() if spec.owner != name}

    def _refuse(self, name: str, code: str, error: BaseException) -> None:
        message = f"Plugin {name!r} is left out: {type(error).__name__}: {error}"
        log.error(message, exc_info=error)
        self.problems.append(Problem(name, code, message))


class _Refused(Exception):
    def __init__(self, plugin: str, error: BaseException) -> None:
        super().__init__(plugin)
        self.plugin = plugin
        self.error = error


def _given(plugin: type[Plugin]) -> type[Plugin]:
    return plugin


def _specs_of(module: Any, names: Sequence[str]) -> type:
    """Give what pluggy scans: only the hooks a module declares itself, not the ones it imports."""
    return type("Specs", (), {name: staticmethod(vars(module)[name]) for name in names})
