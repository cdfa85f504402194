# SPDX-License-Identifier: Apache-2.0
"""Cards of plugins on admin pages: each is rendered on its own, and one that fails is left out."""

import logging
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from shopwright.context import Context
from shopwright_admin.api import Card

log = logging.getLogger(__name__)


async def rendered(ctx: Context, cards: Sequence[Card]) -> list[dict[str, Any]]:
    """Give cards in their order, as HTML."""
    found = []
    for card in sorted(cards, key=lambda card: card.priority):
        try:
            html = Markup(await ctx.render(card.template, **card.values))  # noqa: S704 - rendered by us
        except Exception:
            log.exception("the card %s is left out", card.template)
        else:
            found.append({"html": html, "wide": card.wide})
    return found
