# SPDX-License-Identifier: Apache-2.0
"""The hooks of taxes."""

from collections.abc import Sequence

from shopwright.context import Context
from shopwright.hooks import hookspec


@hookspec("collect", on_error="closed")
async def tax_audience(ctx: Context) -> Sequence[str]:
    """Tell what the context's actor is to taxes, as tags: ``group:vip``, ``company:<id>``, ``vat:DE136695976``."""
    raise AssertionError
