# SPDX-License-Identifier: Apache-2.0
"""``shopwright plugin``: list, enable, disable."""

from typing import Any

import typer
from rich.table import Table

from shopwright.activation import SwitchPlan, plan_switch, switch_plugin
from shopwright.actor import SYSTEM
from shopwright.cli.common import (
    DataDir,
    Json,
    StoreCode,
    Yes,
    print_json,
    say,
    show_table,
    store_of,
    with_kernel,
)
from shopwright.kernel import Kernel

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_plugins(as_json: Json = False, data_dir: DataDir = None) -> None:
    """List plugins, where they are on, and what is wrong with any."""

    async def work(kernel: Kernel) -> dict[str, Any]:
        stores = kernel.directory.all()
        plugins = [
            {
                "name": name, "version": p.manifest.version, "title": p.manifest.title,
                "requires": list(p.manifest.requires), "stores": [s.code for s in stores if name in s.plugins],
            }
            for name, p in kernel.registry.plugins.items()
        ]  # fmt: skip
        problems = [
            {"plugin": p.plugin, "code": p.code, "message": p.message} for p in kernel.registry.problems
        ]
        return {"plugins": plugins, "problems": problems}

    found = with_kernel(work, data_dir)
    if as_json:
        print_json(found)
        return
    table = Table("Plugin", "Version", "On in", "Requires")
    for plugin in found["plugins"]:
        table.add_row(
            plugin["name"], plugin["version"], ", ".join(plugin["stores"]), ", ".join(plugin["requires"])
        )
    show_table(table)
    for problem in found["problems"]:
        say(problem["message"], style="yellow")


@app.command()
def enable(
    name: str, store: StoreCode, yes: Yes = False, as_json: Json = False, data_dir: DataDir = None
) -> None:
    """Switch a plugin on in a store; shows first what it brings."""
    _switch(name, store, enabled=True, yes=yes or as_json, as_json=as_json, data_dir=data_dir)


@app.command()
def disable(
    name: str, store: StoreCode, yes: Yes = False, as_json: Json = False, data_dir: DataDir = None
) -> None:
    """Switch a plugin off in a store; its data stays."""
    _switch(name, store, enabled=False, yes=yes or as_json, as_json=as_json, data_dir=data_dir)


def _switch(name: str, code: str, *, enabled: bool, yes: bool, as_json: bool, data_dir: Any) -> None:
    async def work(kernel: Kernel) -> bool:
        store = store_of(kernel, code)
        plan = plan_switch(kernel, store, name, enabled=enabled)
        if not as_json:
            _show(plan)
        if plan.possible and not yes and not typer.confirm("Go on?"):
            return False
        await switch_plugin(kernel.context(store, actor=SYSTEM), name, enabled=enabled)
        return True

    done = with_kernel(work, data_dir)
    if as_json:
        print_json({"plugin": name, "store": code, "enabled": enabled})
    elif done:
        say(f"{name} is {'on' if enabled else 'off'} in {code}.")


def _show(plan: SwitchPlan) -> None:
    table = Table(show_header=False, box=None)
    for label, values in (
        ("Hooks", plan.hooks), ("Routes", plan.routes), ("Jobs", plan.jobs), ("Permissions", plan.permissions),
        ("Outbound hosts", plan.hosts), ("Needs first", plan.missing), ("Needed by", plan.needed_by),
        ("Conflicts", plan.conflicts),
    ):  # fmt: skip
        if values:
            table.add_row(label, ", ".join(values))
    show_table(table)
