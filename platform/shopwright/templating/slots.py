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
    from shopwright.registry import Registry
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


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a page that plugins add to. ``code`` is ``<plugin>.<name>``; the layout's have no prefix."""

    code: str
    summary: str
    """Where it is, and what fits there."""
    model: type | None = None
    """What every fragment gets as ``model``."""


LAYOUT = (
    Slot("head.end", "At the end of the head of every page: metadata, feeds"),
    Slot("header.navigation", "The main navigation of every page: list items"),
    Slot("header.actions", "Beside the search in the header of every page: links"),
    Slot("footer.columns", "The columns of the footer of every page"),
    Slot("body.end", "At the very end of every page: dialogs, scripts"),
)


def declared(registry: "Registry") -> dict[str, Slot]:
    """Give all slots by code: the layout's and those of plugins."""
    from shopwright.hookspecs import register_slots

    found = {code: entry.item for code, entry in registry.registered(register_slots).items()}
    return {slot.code: slot for slot in LAYOUT} | found


async def render_slot(templates: "Templates", ctx: "Context", name: str, model: object) -> Markup:
    """Render what plugins add to a slot. One that fails is left out and counted, and the page goes on."""
    from shopwright.hookspecs import register_slots, template_slot

    slot: Slot | None = ctx.hooks.registered(register_slots).get(name)
    if slot is not None and slot.model is not None and not isinstance(model, slot.model):
        raise TypeError(f"slot {name!r} takes {slot.model.__name__}, not {type(model).__name__}")
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
