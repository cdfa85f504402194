# SPDX-License-Identifier: Apache-2.0
"""The permissions there are, as boxes to tick: by plugin, and never more than whoever ticks them has."""

from collections.abc import Collection
from dataclasses import dataclass

from shopwright.auth.roles import covers
from shopwright.context import Context

KERNEL = "kernel"


@dataclass(frozen=True, slots=True)
class Box:
    """One permission to tick."""

    code: str
    label: str
    is_ticked: bool
    may_give: bool
    """False: the actor does not have it, and so cannot hand it on."""


@dataclass(frozen=True, slots=True)
class Group:
    """The permissions of one plugin."""

    name: str
    title: str
    is_on: bool
    """Whether the plugin is on in this store."""
    boxes: tuple[Box, ...]


def groups(ctx: Context, ticked: Collection[str]) -> list[Group]:
    """Give all registered permissions by plugin, those of the kernel first."""
    plugins = ctx.kernel.registry.plugins
    by_plugin: dict[str, list[Box]] = {}
    for code, permission in ctx.kernel.auth.roles.known.items():
        box = Box(
            code,
            ctx.gettext(permission.label),
            is_ticked=code in ticked,
            may_give=covers(ctx.actor, {code}),
        )
        by_plugin.setdefault(code.partition(".")[0], []).append(box)
    found = [
        Group(name, ctx.gettext(plugins[name].manifest.title), ctx.is_active(name), tuple(boxes))
        for name, boxes in by_plugin.items()
        if name in plugins
    ]
    own = Group(KERNEL, ctx.gettext("Administration"), is_on=True, boxes=tuple(by_plugin.get(KERNEL, ())))
    return [own, *sorted(found, key=lambda group: group.title)]


def labels(ctx: Context, codes: Collection[str]) -> list[str]:
    """Say in words what permissions allow; one whose plugin is not installed keeps its code."""
    known = ctx.kernel.auth.roles.known
    return [ctx.gettext(known[code].label) if code in known else code for code in sorted(codes)]
