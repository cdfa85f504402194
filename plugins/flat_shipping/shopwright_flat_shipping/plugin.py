# SPDX-License-Identifier: Apache-2.0
"""The flat-rate shipping plugin: its manifest and its hook implementations."""

from typing import ClassVar

from shopwright.plugin import Manifest
from shopwright.plugin import Plugin as BasePlugin


class Plugin(BasePlugin):
    """Shipping methods with a fixed price, free above an amount."""

    manifest: ClassVar[Manifest] = Manifest(
        name="flat_shipping",
        version="0.1.0",
        title="Flat-rate shipping",
        summary="Shipping methods with a fixed price, free above an amount.",
        requires=(
            "admin",
            "checkout",
        ),
    )
