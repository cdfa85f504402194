# SPDX-License-Identifier: Apache-2.0
"""The tax plugin: its manifest and its hook implementations."""

from typing import ClassVar

from shopwright.plugin import Manifest
from shopwright.plugin import Plugin as BasePlugin


class Plugin(BasePlugin):
    """Tax rates by region and category, inclusive or exclusive."""

    manifest: ClassVar[Manifest] = Manifest(
        name="tax",
        version="0.1.0",
        title="Tax",
        summary="Tax rates by region and category, inclusive or exclusive.",
        requires=(
            "admin",
            "checkout",
        ),
    )
