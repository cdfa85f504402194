# SPDX-License-Identifier: Apache-2.0
"""The storefront plugin: its manifest and its hook implementations."""

from typing import ClassVar

from shopwright.plugin import Manifest
from shopwright.plugin import Plugin as BasePlugin


class Plugin(BasePlugin):
    """Home, category and product pages, and the slots other plugins fill."""

    manifest: ClassVar[Manifest] = Manifest(
        name="storefront",
        version="0.1.0",
        title="Storefront",
        summary="Home, category and product pages, and the slots other plugins fill.",
        requires=("catalog",),
    )
