# SPDX-License-Identifier: Apache-2.0
"""The hooks of pricing."""

from collections.abc import Sequence

from shopwright.context import Context
from shopwright.hooks import hookspec
from shopwright_pricing.api import AudienceTag


@hookspec("collect", on_error="open", budget=0.5)
async def price_audience(ctx: Context) -> Sequence[AudienceTag]:
    """Name the groups, the company and the market of the context's actor; asked only while a list is for some."""
    raise AssertionError
