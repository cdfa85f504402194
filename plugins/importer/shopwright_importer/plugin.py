# SPDX-License-Identifier: Apache-2.0
"""The importer plugin: its manifest and its hook implementations."""

from typing import ClassVar

from shopwright.plugin import Manifest
from shopwright.plugin import Plugin as BasePlugin


class Plugin(BasePlugin):
    """Takes in product files of other platforms."""

    manifest: ClassVar[Manifest] = Manifest(
        name="importer",
        version="0.1.0",
        title="Importer",
        summary="Takes in product files of other platforms.",
        requires=(
            "admin",
            "catalog",
            "inventory",
        ),
    )
