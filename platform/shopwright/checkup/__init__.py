# SPDX-License-Identifier: Apache-2.0
"""Checks of a plugin that need no database: names, routes, hooks, settings, migrations' order, translations."""

from collections.abc import Callable, Iterator, Sequence

from shopwright.checkup.fault import Fault, Subject
from shopwright.checkup.names import check_files, check_migrations, check_permissions, check_tables
from shopwright.checkup.surfaces import check_events, check_hooks, check_routes, check_settings
from shopwright.checkup.words import check_locales
from shopwright.registry import Registry

__all__ = ["CHECKS", "Fault", "check_plugin"]

Check = Callable[[Subject], Iterator[tuple[str, str]]]

CHECKS: dict[str, Check] = {
    "tables": check_tables,
    "files": check_files,
    "migrations": check_migrations,
    "permissions": check_permissions,
    "routes": check_routes,
    "hooks": check_hooks,
    "events": check_events,
    "settings": check_settings,
    "locales": check_locales,
}
"""Each gives pairs: what is wrong, and the way out. ``loads`` stands before them all."""


def check_plugin(
    registry: Registry,
    name: str,
    checks: Sequence[str] | None = None,
    *,
    locales: Sequence[str] | None = None,
) -> list[Fault]:
    """Check one plugin of a registry.

    Args:
        registry: with the plugin and all it requires.
        name: the plugin's.
        checks: which of ``CHECKS``, or ``loads``; all when left out.
        locales: languages it must be translated into; those it has a folder for when left out.
    """
    found = [
        Fault(name, "loads", problem.message, "Mend this first; other checks need a plugin that loads.")
        for problem in registry.problems
        if problem.plugin == name
    ]
    if name not in registry.plugins:
        return found or [
            Fault(name, "loads", f"There is no plugin {name!r}.", "Install it, or correct the name.")
        ]
    subject = Subject(registry, name, registry.plugins[name], None if locales is None else tuple(locales))
    for code, check in CHECKS.items():
        if checks is None or code in checks:
            found += [Fault(name, code, message, hint) for message, hint in check(subject)]
    return found if checks is None or "loads" in checks else [f for f in found if f.check != "loads"]
