# SPDX-License-Identifier: Apache-2.0
"""The manual payment plugin: its manifest and its hook implementations."""

from typing import ClassVar

from shopwright.plugin import Manifest
from shopwright.plugin import Plugin as BasePlugin


class Plugin(BasePlugin):
    """Bank transfer, pay on delivery, and a test method."""

    manifest: ClassVar[Manifest] = Manifest(
        name="manual_payment",
        version="0.1.0",
        title="Manual payment",
        summary="Bank transfer, pay on delivery, and a test method.",
        requires=(
            "admin",
            "orders",
        ),
    )
