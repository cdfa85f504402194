# SPDX-License-Identifier: Apache-2.0
"""Slots: named places of a page where plugins add to it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from shopwright.hooks.breaker import BreakerKey
from shopwright.templating.meter import LimitReached

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
    """Render what plugins add to a slot. One that fails is left out and counted, and the page goes on."""
    from shopwright.hookspecs import template_slot

    fragments = await ctx.hooks.collect(template_slot, slot=name, model=model)
    parts = [
        await _fragment(templates, ctx, name, fragment, model)
        for fragment in sorted(fragments, key=lambda fragment: fragment.priority)
    ]
    return Markup("\n").join(part for part in parts if part)


async def _fragment(
    templates: "Templates", ctx: "Context", slot: str, fragment: Fragment, model: object
) -> Markup:
    plugin = fragment.template.partition("/")[0]
    breakers = ctx.kernel.breakers
    key = BreakerKey(plugin, f"template {fragment.template}", ctx.store.id)
    if not breakers.allows(key):
        return Markup()
    try:
        text = await templates.render(ctx, fragment.template, {"model": model, **fragment.values})
    except LimitReached:
        raise
    except Exception as error:
        breakers.failed(key, error)
        log.exception("%s in slot %s of store %s is left out", fragment.template, slot, ctx.store.code)
        return Markup()
    breakers.succeeded(key)
    return Markup(text)  # noqa: S704 - rendered by us just now
