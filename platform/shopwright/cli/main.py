# SPDX-License-Identifier: Apache-2.0
"""Putting the commands together, and turning errors into one line with an exit code."""

import gc
import sys

import typer
from rich.markup import escape

from shopwright.cli import audit, check, demo_run, doctor, hooks, migrate, plugin, serve, settings, stores
from shopwright.cli.common import err
from shopwright.cli.errors import EXPECTED, explain
from shopwright.cli.logs import log_briefly
from shopwright.config import load_config
from shopwright.hookspecs import register_commands
from shopwright.registry import Registry


def build() -> typer.Typer:
    """Make the command line: the kernel's commands and those of the installed plugins."""
    app = typer.Typer(
        name="shopwright", no_args_is_help=True, pretty_exceptions_enable=False, help="Run stores."
    )
    serve.add_to(app)
    migrate.add_to(app)
    demo_run.add_to(app)
    doctor.add_to(app)
    hooks.add_to(app)
    check.add_to(app)
    app.add_typer(plugin.app, name="plugin", help="List plugins, and switch them on and off.")
    app.add_typer(stores.store_app, name="store", help="List and make stores.")
    app.add_typer(stores.user_app, name="user", help="Make and invite staff users.")
    app.add_typer(settings.app, name="config", help="Show the configuration, and plugin settings.")
    app.add_typer(audit.app, name="audit", help="Check the audit log.")
    for code, entry in _registry().registered(register_commands).items():
        app.add_typer(entry.item.app, name=code.partition(".")[2])
    return app


def run() -> None:
    """Load the commands and run the one that is asked for."""
    log_briefly()
    try:
        _loaded()()
    except EXPECTED as error:
        err.print(f"[red]Error:[/red] {escape(explain(error))}", soft_wrap=True)
        sys.exit(2)


def _loaded() -> typer.Typer:
    try:
        return build()
    finally:
        gc.freeze()
        gc.enable()


def _registry() -> Registry:
    config = load_config()
    return Registry.load(config.plugins, safe_mode=config.safe_mode)
