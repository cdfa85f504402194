# SPDX-License-Identifier: Apache-2.0
"""Care labels: how a product is washed, as fields that every store with this plugin has."""

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar

from shopwright.plugin import Manifest, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_custom_fields.api import Choice, CustomField


class Plugin(BasePlugin):
    """Products say how they are washed."""

    manifest: ClassVar[Manifest] = Manifest(
        name="care_labels",
        version="0.1.0",
        title="Care labels",
        summary="Products say how they are washed.",
        requires=("custom_fields",),
    )

    @hookimpl
    def register_custom_fields(self) -> Sequence[CustomField]:
        return [
            CustomField(
                entity="catalog.product",
                key="care_labels.wash",
                kind="integer",
                label="Wash at, in °C",
                minimum=Decimal(20),
                maximum=Decimal(95),
                filterable=True,
            ),
            CustomField(
                entity="catalog.product",
                key="care_labels.iron",
                kind="choice",
                label="Ironing",
                choices=(Choice("cool", "Cool"), Choice("hot", "Hot")),
                default="cool",
            ),
        ]
