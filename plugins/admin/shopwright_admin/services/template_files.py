# SPDX-License-Identifier: Apache-2.0
"""Templates and pages that a store can have its own of: where each comes from, and what is different."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shopwright.context import Context
from shopwright.templating.loader import template_folder
from shopwright.templating.overrides import Override, read_overrides
from shopwright.templating.pages import THEME_FILE

_MARKS = {"+": "added", "-": "removed", "@": "place"}


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A template by its name: the file it comes from, and the store's own in place of it."""

    name: str
    file: Path | None
    """None when neither the theme nor a plugin that is on has it any more."""
    origin: str
    """The title of the theme or plugin the file is of."""
    own: Override | None

    @property
    def original(self) -> str:
        return self.file.read_text("utf-8") if self.file else ""


async def all_of(ctx: Context) -> list[TemplateFile]:
    """Give all templates of the store by name; those without a file first."""
    own = await read_overrides(ctx)
    own.pop(THEME_FILE, None)
    files = ctx.kernel.templates.originals(ctx.store)
    lost = [TemplateFile(name, None, "", own[name]) for name in own if name not in files]
    places = _places(ctx)
    there = [TemplateFile(name, file, _origin(places, file), own.get(name)) for name, file in files.items()]
    return [*lost, *there]


async def one_of(ctx: Context, name: str) -> TemplateFile | None:
    """Give a template by its name."""
    return next((found for found in await all_of(ctx) if found.name == name), None)


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """Give the lines that differ, with some around them: each with what it is, ``added``, ``removed`` or ``place``."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return [(_MARKS.get(line[:1], ""), line) for line in list(lines)[2:]]


def _places(ctx: Context) -> Sequence[tuple[Path, str]]:
    plugins = ctx.kernel.registry.plugins
    themes = [(theme.folder, theme.title) for theme in ctx.kernel.themes.chain(ctx.store.theme)]
    titles = [(template_folder(p.package), ctx.gettext(p.manifest.title)) for p in plugins.values()]
    return [*themes, *titles]


def _origin(places: Sequence[tuple[Path, str]], file: Path) -> str:
    return next((title for folder, title in places if file.is_relative_to(folder)), "Shopwright")
