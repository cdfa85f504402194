# SPDX-License-Identifier: Apache-2.0
"""The admin plugin: its manifest and its hook implementations."""

from typing import ClassVar

from shopwright.plugin import Manifest
from shopwright.plugin import Plugin as BasePlugin
from shopwright_admin import hookspecs


class Plugin(BasePlugin):
    """The merchant's side: sign-in, navigation, lists, forms and plugin switches."""

    manifest: ClassVar[Manifest] = Manifest(
        name="admin",
        version="0.1.0",
        title="Admin",
        summary="The merchant's side: sign-in, navigation, lists, forms and plugin switches.",
        requires=(),
    )
    hookspecs = (hookspecs,)
