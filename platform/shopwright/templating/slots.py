# SPDX-License-Identifier: Apache-2.0
"""Slots: named places of a page where plugins add to it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from shopwright.context import Context
    from shopwright.templating.engine import Templates

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one plugin adds to a slot: a template of its own and the values it needs.

    Fragments of one slot are shown by ``priority`` (lower first), then in plugin order.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 100


async def render_slot(templates: "Templates", ctx: "Context", name: str, model: object) -> Markup:
    """Render what plugins add to a slot; a fragment that fails is left out, and the page goes on."""
    from shopwright.hookspecs import template_slot

    fragments = await ctx.hooks.collect(template_slot, slot=name, model=model)
    parts = []
    for fragment in sorted(fragments, key=lambda fragment: fragment.priority):
        try:
            parts.append(
                Markup(await templates.render(ctx, fragment.template, {"model": model, **fragment.values}))
            )  # noqa: S704 - rendered by us
        except Exception:
            log.exception(
                "the fragment %s in slot %s of store %s is left out", fragment.template, name, ctx.store.code
            )
    return Markup("\n").join(parts)
