# SPDX-License-Identifier: Apache-2.0
"""The kernel's own hooks. Every other hook belongs to the plugin that asks the question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shopwright.doctor import DoctorCheck
from shopwright.hooks.spec import hookspec
from shopwright.http.routing import Route
from shopwright.jobs import Job, Schedule
from shopwright.templating.slots import Fragment, Slot

if TYPE_CHECKING:
    import typer

    from shopwright.context import Context


@dataclass(frozen=True, slots=True)
class Command:
    """A group of commands under ``shopwright <name>``. ``code`` is ``<plugin>.<name>``."""

    code: str
    app: "typer.Typer"


@dataclass(frozen=True, slots=True)
class DemoSource:
    """Where a demo store comes from: the parsed ``<store>.toml``, its folder, and the folder of its pictures."""

    values: Mapping[str, Any]
    folder: Path
    pictures: Path


@dataclass(frozen=True, slots=True)
class Market:
    """A part of a store's customers with a currency of their own; ``currency`` is an ISO 4217 code."""

    code: str
    currency: str


@dataclass(frozen=True, slots=True)
class PluginSwitched:
    """A plugin was switched on or off in a store."""

    plugin: str
    by: str
    version: int = 1


@hookspec("register")
def register_routes() -> Sequence[Route]:
    """Give the plugin's pages and API routes. They answer only in stores where the plugin is on."""
    raise AssertionError


@hookspec("register")
def register_jobs() -> Sequence[Job[Any]]:
    """Give the plugin's background jobs."""
    raise AssertionError


@hookspec("register")
def register_schedules() -> Sequence[Schedule]:
    """Give jobs that run by the clock, once for each store where the plugin is on."""
    raise AssertionError


@hookspec("register")
def register_commands() -> Sequence[Command]:
    """Give groups of commands for the ``shopwright`` command line."""
    raise AssertionError


@hookspec("register")
def register_doctor_checks() -> Sequence[DoctorCheck]:
    """Give checks of the plugin's invariants for ``shopwright doctor``."""
    raise AssertionError


@hookspec("register")
def register_slots() -> Sequence[Slot]:
    """Give the slots of the plugin's pages, each with the type of its model."""
    raise AssertionError


@hookspec("collect")
async def demo_data(ctx: "Context", source: DemoSource) -> Sequence[str]:
    """Load what a plugin needs of a demo store, and answer a line for each thing loaded; twice changes nothing."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=1.0)
async def template_slot(ctx: "Context", slot: str, model: object) -> Sequence[Fragment]:
    """Give what the plugin adds to a slot of a page; ``model`` is what the slot declares, see ``register_slots``."""
    raise AssertionError


@hookspec("event")
async def plugin_enabled(ctx: "Context", event: PluginSwitched) -> None:
    """Learn that a plugin was switched on in this store."""
    raise AssertionError


@hookspec("event")
async def plugin_disabled(ctx: "Context", event: PluginSwitched) -> None:
    """Learn that a plugin was switched off in this store."""
    raise AssertionError


@hookspec("first", on_error="core", budget=0.5)
async def visitor_market(ctx: "Context", wanted: str, country: str) -> Market | None:
    """Say in which market a visitor is; asked for each page and call, so answer from memory.

    ``wanted`` is the code they chose, ``country`` where they are by the word of a proxy; either may be empty.
    """
    raise AssertionError


@hookspec("first", on_error="core", budget=0.5)
async def url_resolve(ctx: "Context", path: str) -> str | None:
    """Say where a page went that a store does not have: another path of it, or an address elsewhere."""
    raise AssertionError
