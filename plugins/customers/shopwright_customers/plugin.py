# SPDX-License-Identifier: Apache-2.0
"""The customers plugin: its manifest and its hook implementations."""

from typing import ClassVar

from shopwright.plugin import Manifest
from shopwright.plugin import Plugin as BasePlugin


class Plugin(BasePlugin):
    """Customer accounts of a store: sign-up, sign-in, addresses."""

    manifest: ClassVar[Manifest] = Manifest(
        name="customers",
        version="0.1.0",
        title="Customers",
        summary="Customer accounts of a store: sign-up, sign-in, addresses.",
        requires=("admin",),
    )
