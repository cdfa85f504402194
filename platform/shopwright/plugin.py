# SPDX-License-Identifier: Apache-2.0
"""What a plugin is: one class with a manifest and hook implementations."""

from dataclasses import dataclass, field
from types import ModuleType
from typing import ClassVar

import pluggy
from pydantic import BaseModel, ConfigDict

PROJECT = "shopwright"
ENTRY_POINT_GROUP = "shopwright.plugins"

hookimpl = pluggy.HookimplMarker(PROJECT)


class PluginSettings(BaseModel):
    """Base of a plugin's settings. Each field needs a default, so that a store works before anyone edits it.

    Use ``pydantic.SecretStr`` for secrets (encrypted at rest, write-only in the admin) and
    ``Field(json_schema_extra={"scope": "installation" | "store" | "language"})`` for the narrowest
    scope at which a field may be set (default ``store``); wider ones always may.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a role may allow; ``code`` begins with the plugin's name: ``catalog.product.edit``."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class PiiColumn:
    """One text column and what it says about a person."""

    table: str
    column: str
    kind: str
    """``none``, ``name``, ``email``, ``phone``, ``address``, ``free_text``, ``secret``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Who a plugin is, what it needs, and what it may do."""

    name: str
    version: str
    title: str
    summary: str
    kernel: str = ">=0.1,<0.2"
    """Version range of the kernel (PEP 440 specifiers) this plugin works with."""
    requires: tuple[str, ...] = ()
    """Names of the plugins it builds on: they load first and must be on wherever this one is on."""
    settings: type[PluginSettings] = PluginSettings
    permissions: tuple[Permission, ...] = ()
    pii: tuple[PiiColumn, ...] = ()
    hosts: tuple[str, ...] = ()
    """Outbound hosts it talks to."""
    enabled_by_default: bool = False
    """Whether a new store starts with this plugin on."""


class Plugin:
    """Base of every plugin; the registry makes one instance when the application starts.

    ``package`` is the plugin's Python package name (``shopwright_catalog``): its folders ``templates``,
    ``static``, ``locales`` and ``migrations`` are found there.
    """

    manifest: ClassVar[Manifest]
    hookspecs: ClassVar[tuple[ModuleType, ...]] = ()
    """Modules with the hooks this plugin owns."""

    @property
    def package(self) -> str:
        return type(self).__module__.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a plugin is left out or troubled, in words for the merchant."""

    plugin: str
    code: str
    message: str
    hook: str = ""
    detail: str = field(default="", compare=False)
