# SPDX-License-Identifier: Apache-2.0
"""What plugins tell of the context's actor, kept while one request lasts."""

from contextvars import ContextVar
from dataclasses import dataclass, replace

from shopwright.actor import Actor
from shopwright.context import Context
from shopwright.http.visit import Visit
from shopwright_catalog.api.audience import Audience
from shopwright_catalog.hookspecs import customer_audience, customer_segments


@dataclass(frozen=True, slots=True)
class _Kept:
    visit: Visit
    actor: Actor
    audience: Audience
    asked: frozenset[str]
    """Segments, also those that the actor is not in."""


_NONE: frozenset[str] = frozenset()
_kept: ContextVar[_Kept | None] = ContextVar("shopwright_catalog_audience", default=None)


async def of_actor(ctx: Context, segments: frozenset[str]) -> Audience:
    """Give what the actor is; jobs and commands have no request to keep it for."""
    known = _kept.get()
    is_ours = known is not None and known.visit is ctx.visit and known.actor == ctx.actor
    found, asked = (
        (known.audience, known.asked) if known is not None and is_ours else (await _ask(ctx), _NONE)
    )
    if new := segments - asked:
        inside = await ctx.hooks.collect(customer_segments, codes=sorted(new))
        found = replace(found, segments=found.segments | (new & set(inside)))
    if ctx.visit is not None:
        _kept.set(_Kept(ctx.visit, ctx.actor, found, asked | new))
    return replace(found, market=ctx.market)


async def _ask(ctx: Context) -> Audience:
    answers = await ctx.hooks.collect(customer_audience)
    return Audience(
        groups=frozenset(code for x in answers for code in x.groups),
        companies=frozenset(id_ for x in answers for id_ in x.companies),
        tax_ids=frozenset(number for x in answers for number in x.tax_ids),
        customer_id=ctx.actor.id if ctx.actor.kind == "customer" else None,
    )
