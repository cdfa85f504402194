# SPDX-License-Identifier: Apache-2.0
"""The hooks of the admin."""

from collections.abc import Sequence

from shopwright.context import Context
from shopwright.hooks import hookspec
from shopwright_admin.api import Card, NavItem


@hookspec("collect", on_error="open", budget=0.5)
async def admin_nav(ctx: Context) -> Sequence[NavItem]:
    """Give entries of the menu; the admin shows those the staff user may use."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=2.0)
async def admin_dashboard_widgets(ctx: Context) -> Sequence[Card]:
    """Give cards for the first page of the admin."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=1.0)
async def admin_slot(ctx: Context, zone: str, subject: object) -> Sequence[Card]:
    """Add cards to a zone of somebody's admin page, like ``orders.order`` with the order's view."""
    raise AssertionError
