# SPDX-License-Identifier: Apache-2.0
"""The checkout plugin: its manifest and its hook implementations."""

from typing import ClassVar

from shopwright.plugin import Manifest
from shopwright.plugin import Plugin as BasePlugin


class Plugin(BasePlugin):
    """Cart, totals with provenance, and the placing of orders."""

    manifest: ClassVar[Manifest] = Manifest(
        name="checkout",
        version="0.1.0",
        title="Checkout",
        summary="Cart, totals with provenance, and the placing of orders.",
        requires=(
            "admin",
            "catalog",
            "customers",
            "inventory",
            "orders",
        ),
    )
