# SPDX-License-Identifier: Apache-2.0
"""``shopwright check``: what is wrong with a plugin, found without a database."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from shopwright.checkup import check_plugin
from shopwright.cli.common import Json, print_json, say
from shopwright.config import load_config
from shopwright.errors import UsageError
from shopwright.registry import Registry


def add_to(app: typer.Typer) -> None:
    app.command("check")(check)


def check(
    plugin: Annotated[str | None, typer.Argument(help="Name of a plugin; all when left out.")] = None,
    locale: Annotated[
        list[str] | None, typer.Option(help="Language that must be complete; those there are by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check plugins without a database: names, routes, permissions, hooks, settings, translations.

    Exit code 0: nothing is wrong, 1: something is, 2: there is no such plugin.
    """
    config = load_config()
    registry = Registry.load(config.plugins, safe_mode=config.safe_mode)
    known = sorted({*registry.plugins, *(problem.plugin for problem in registry.problems)})
    if plugin is not None and plugin not in known:
        raise UsageError(f"There is no plugin {plugin!r}. There are: {', '.join(known)}.")
    names = known if plugin is None else [plugin]
    faults = [fault for name in names for fault in check_plugin(registry, name, locales=locale or None)]
    if as_json:
        print_json({"plugins": names, "faults": [asdict(fault) for fault in faults]})
    else:
        for fault in faults:
            say(f"{fault.plugin}: {fault.check}: {fault.message}")
            say(f"    {fault.hint}")
        say(
            f"{len(faults)} faults in {len(names)} plugins."
            if faults
            else f"{', '.join(names)}: nothing is wrong."
        )
    if faults:
        sys.exit(1)
