# SPDX-License-Identifier: Apache-2.0
"""The orders plugin: its manifest and its hook implementations."""

from typing import ClassVar

from shopwright.plugin import Manifest
from shopwright.plugin import Plugin as BasePlugin


class Plugin(BasePlugin):
    """Placed orders, their payments and their history."""

    manifest: ClassVar[Manifest] = Manifest(
        name="orders",
        version="0.1.0",
        title="Orders",
        summary="Placed orders, their payments and their history.",
        requires=("admin",),
    )
