# SPDX-License-Identifier: Apache-2.0
"""``shopwright config``: the configuration of the installation, and the settings of plugins."""

from typing import Annotated, Any

import typer
from pydantic import SecretStr
from rich.table import Table

from shopwright.actor import SYSTEM
from shopwright.cli.common import (
    DataDir,
    Json,
    StoreCode,
    loaded_json,
    print_json,
    say,
    show_table,
    store_of,
    with_kernel,
)
from shopwright.config import load_config
from shopwright.errors import UsageError
from shopwright.kernel import Kernel

app = typer.Typer(no_args_is_help=True)
_SECRET = {"secret_keys", "database_url", "redis_url"}


@app.command("show")
def show(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show what the configuration file and the environment say; secrets are hidden."""
    config = load_config(data_dir=data_dir).model_dump(mode="json")
    values = {name: "set" if name in _SECRET and value else value for name, value in config.items()}
    if as_json:
        print_json(values)
        return
    table = Table("Key", "Value")
    for name, value in values.items():
        table.add_row(name, str(value))
    show_table(table)


@app.command("get")
def get(plugin: str, store: StoreCode, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show the settings of a plugin in a store; secrets are hidden."""

    async def work(kernel: Kernel) -> dict[str, Any]:
        ctx = kernel.context(store_of(kernel, store), actor=SYSTEM)
        fields = kernel.settings.describe(plugin, ctx)
        return {f.name: ("set" if f.is_set else None) if f.kind == "secret" else f.value for f in fields}

    values = with_kernel(work, data_dir)
    if as_json:
        print_json(values)
        return
    table = Table("Setting", "Value")
    for name, value in values.items():
        table.add_row(name, "" if isinstance(value, SecretStr) else str(value))
    show_table(table)


@app.command("set")
def set_value(
    plugin: str,
    assignments: Annotated[list[str], typer.Argument(help="name=value; the value is JSON or plain text.")],
    store: StoreCode,
    scope: str = "store",
    data_dir: DataDir = None,
) -> None:
    """Change settings of a plugin in a store."""
    values = {}
    for assignment in assignments:
        name, sign, text = assignment.partition("=")
        if not sign:
            raise UsageError(f"Write name=value, not {assignment!r}.")
        values[name] = loaded_json(text)
    if scope not in {"installation", "store", "language"}:
        raise UsageError("The scope is installation, store or language.")

    async def work(kernel: Kernel) -> None:
        ctx = kernel.context(store_of(kernel, store), actor=SYSTEM)
        await kernel.settings.save(ctx, plugin, values, scope)  # type: ignore[arg-type]

    with_kernel(work, data_dir)
    say("Saved.")
