# SPDX-License-Identifier: Apache-2.0
"""The catalogue plugin: its manifest and its hook implementations."""

from typing import ClassVar

from shopwright.plugin import Manifest
from shopwright.plugin import Plugin as BasePlugin
from shopwright_catalog import hookspecs


class Plugin(BasePlugin):
    """Products with options and variants, categories, images and publication."""

    manifest: ClassVar[Manifest] = Manifest(
        name="catalog",
        version="0.1.0",
        title="Catalogue",
        summary="Products with options and variants, categories, images and publication.",
        requires=("admin",),
    )
    hookspecs = (hookspecs,)
