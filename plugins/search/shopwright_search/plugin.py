# SPDX-License-Identifier: Apache-2.0
"""The search plugin: its manifest and its hook implementations."""

from typing import ClassVar

from shopwright.plugin import Manifest
from shopwright.plugin import Plugin as BasePlugin


class Plugin(BasePlugin):
    """Full-text search in PostgreSQL, fast for every store."""

    manifest: ClassVar[Manifest] = Manifest(
        name="search",
        version="0.1.0",
        title="Search",
        summary="Full-text search in PostgreSQL, fast for every store.",
        requires=(
            "admin",
            "catalog",
        ),
    )
