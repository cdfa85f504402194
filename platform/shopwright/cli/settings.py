# SPDX-License-Identifier: Apache-2.0
"""``shopwright config``: the configuration of the installation, and the settings of plugins."""

import sys
from typing import Annotated, Any, cast, get_args

import typer
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
from shopwright.cli.rotation import rotate_secrets
from shopwright.config import load_config
from shopwright.context import Context
from shopwright.errors import UsageError
from shopwright.kernel import Kernel
from shopwright.settings.fields import Scope

app = typer.Typer(no_args_is_help=True)
Locale = Annotated[str | None, typer.Option(help="Language of the store; its default one when left out.")]
ScopeName = Annotated[str, typer.Option(help="installation, store or language.")]
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
def get(
    plugin: str, store: StoreCode, locale: Locale = None, as_json: Json = False, data_dir: DataDir = None
) -> None:
    """Show the settings of a plugin in a store; secrets are hidden."""

    async def work(kernel: Kernel) -> dict[str, Any]:
        fields = kernel.settings.describe(plugin, _context(kernel, store, locale))
        return {f.name: ("set" if f.is_set else None) if f.kind == "secret" else f.value for f in fields}

    values = with_kernel(work, data_dir)
    if as_json:
        print_json(values)
        return
    table = Table("Setting", "Value")
    for name, value in values.items():
        table.add_row(name, "" if value is None else str(value))
    show_table(table)


@app.command("set")
def set_value(
    plugin: str,
    assignments: Annotated[list[str], typer.Argument(help="name=value; the value is JSON or plain text.")],
    store: StoreCode,
    scope: ScopeName = "store",
    locale: Locale = None,
    data_dir: DataDir = None,
) -> None:
    """Change settings of a plugin in a store."""
    values = {}
    for assignment in assignments:
        name, sign, text = assignment.partition("=")
        if not sign:
            raise UsageError(f"Write name=value, not {assignment!r}.")
        values[name] = loaded_json(text)
    chosen = _scope(scope)

    async def work(kernel: Kernel) -> None:
        await kernel.settings.save(_context(kernel, store, locale), plugin, values, chosen)

    with_kernel(work, data_dir)
    say("Saved.")


@app.command("unset")
def unset(
    plugin: str,
    names: Annotated[list[str], typer.Argument(help="Names of settings.")],
    store: StoreCode,
    scope: ScopeName = "store",
    locale: Locale = None,
    data_dir: DataDir = None,
) -> None:
    """Forget settings of a plugin in a store, secrets included: the wider scope or the default holds again."""
    chosen = _scope(scope)

    async def work(kernel: Kernel) -> None:
        await kernel.settings.unset(_context(kernel, store, locale), plugin, names, chosen)

    with_kernel(work, data_dir)
    say("Unset.")


@app.command("rotate-secrets")
def rotate(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Encrypt all stored secrets with the first secret key; then older keys can be removed. Exit code 1: not all."""
    found = with_kernel(rotate_secrets, data_dir)
    if as_json:
        print_json({"rotated": found.rotated, "unreadable": found.unreadable})
    else:
        say(f"{found.rotated} secrets are encrypted with the first key now.")
        for name in found.unreadable:
            say(f"{name} cannot be read with any key: add the one it was written with, or enter it anew.")
    if found.unreadable:
        sys.exit(1)


def _context(kernel: Kernel, code: str, locale: str | None) -> Context:
    store = store_of(kernel, code)
    if locale is not None and locale not in store.locales:
        raise UsageError(f"The store {code} has no language {locale!r}. It has: {', '.join(store.locales)}.")
    return kernel.context(store, actor=SYSTEM, locale=locale)


def _scope(text: str) -> Scope:
    if text not in get_args(Scope):
        raise UsageError(f"The scope is {', '.join(get_args(Scope))}, not {text!r}.")
    return cast("Scope", text)
