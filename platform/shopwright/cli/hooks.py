# SPDX-License-Identifier: Apache-2.0
"""``shopwright hooks``: who owns each hook, how it is called, and who implements it in which order."""

from typing import Annotated, Any

import typer
from rich.table import Table

from shopwright.cli.common import DataDir, Json, print_json, show_table, store_of, with_kernel
from shopwright.hooks import policy_of
from shopwright.kernel import Kernel
from shopwright.registry import Spec


def add_to(app: typer.Typer) -> None:
    app.command("hooks")(list_hooks)


def list_hooks(
    store: Annotated[str | None, typer.Option(help="Only what is on in this store.")] = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """List hooks: owner, mode, failure policy, and who implements them in which order."""

    async def work(kernel: Kernel) -> list[dict[str, Any]]:
        on = store_of(kernel, store).plugins if store else frozenset(kernel.registry.plugins)
        return [_plain(kernel, spec, on) for spec in kernel.registry.specs()]

    found = with_kernel(work, data_dir)
    if as_json:
        print_json({"hooks": found})
        return
    table = Table("Hook", "Owner", "Mode", "On error", "Budget", "Implemented by, in order")
    for hook in found:
        budget = f"{hook['budget']} s" if hook["budget"] else ""
        names = " → ".join(hook["implementations"])
        table.add_row(hook["name"], hook["owner"], hook["mode"], hook["on_error"], budget, names)
    show_table(table)


def _plain(kernel: Kernel, spec: Spec, on: frozenset[str]) -> dict[str, Any]:
    policy = policy_of(spec.function)
    names = [i.plugin_name for i in kernel.registry.implementations(spec.function) if i.plugin_name in on]
    return {
        "name": spec.name, "owner": spec.owner, "mode": policy.mode, "on_error": policy.on_error,
        "budget": policy.budget, "concurrent": policy.concurrent, "implementations": names,
    }  # fmt: skip
