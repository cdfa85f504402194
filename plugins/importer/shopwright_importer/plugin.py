# SPDX-License-Identifier: Apache-2.0
"""The importer plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import ClassVar

from shopwright.context import Context
from shopwright.hookspecs import Command, DemoSource
from shopwright.plugin import Manifest, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_importer.commands import app
from shopwright_importer.services import demo


class Plugin(BasePlugin):
    """Takes in product files of other platforms."""

    manifest: ClassVar[Manifest] = Manifest(
        name="importer",
        version="0.1.0",
        title="Importer",
        summary="Takes in product files of other platforms.",
        requires=("admin", "catalog", "inventory"),
        pii=(
            PiiColumn("importer_run", "fingerprint", "none"),
            PiiColumn("importer_run", "file_name", "none"),
        ),
    )

    @hookimpl
    def register_commands(self) -> Sequence[Command]:
        return [Command("importer.import", app)]

    @hookimpl
    async def demo_data(self, ctx: Context, source: DemoSource) -> Sequence[str]:
        return await demo.load(ctx, source)
