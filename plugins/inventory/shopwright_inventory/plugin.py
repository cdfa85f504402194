# SPDX-License-Identifier: Apache-2.0
"""The inventory plugin: its manifest and its hook implementations."""

from typing import ClassVar

from shopwright.plugin import Manifest
from shopwright.plugin import Plugin as BasePlugin


class Plugin(BasePlugin):
    """Stock by location: levels, an append-only ledger of moves, reservations."""

    manifest: ClassVar[Manifest] = Manifest(
        name="inventory",
        version="0.1.0",
        title="Inventory",
        summary="Stock by location: levels, an append-only ledger of moves, reservations.",
        requires=(
            "admin",
            "catalog",
        ),
    )
