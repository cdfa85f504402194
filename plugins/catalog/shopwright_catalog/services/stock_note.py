# SPDX-License-Identifier: Apache-2.0
"""What customers are told of what is delivered later."""

from shopwright.context import Context
from shopwright.i18n import format_date
from shopwright_catalog.api import Availability


def of(ctx: Context, availability: Availability, quantity: int) -> str:
    """Do what ``api.stock_note`` says."""
    waiting = availability.waiting(quantity)
    if not availability.sellable or not waiting:
        return ""
    day = format_date(availability.expected_on, ctx.locale, length="long") if availability.expected_on else ""
    if availability.preorder:
        return ctx.gettext("Pre-order, ships on %(day)s", day=day) if day else ctx.gettext("Pre-order")
    if waiting < quantity:
        if day:
            return ctx.gettext(
                "%(number)s of these on back-order, expected on %(day)s", number=waiting, day=day
            )
        return ctx.gettext("%(number)s of these on back-order", number=waiting)
    return ctx.gettext("Back-order, expected on %(day)s", day=day) if day else ctx.gettext("Back-order")
