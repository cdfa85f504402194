# SPDX-License-Identifier: Apache-2.0
"""Saving things under handles of several languages, and telling which pages moved by it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright_catalog.api.handles import taken_handles
from shopwright_catalog.hookspecs import HandleChanged, handle_changed

T = TypeVar("T")
_OWNERS = text("""
SELECT h.handle, h.thing_id, p.title FROM catalog_product_handle h
JOIN catalog_product p ON p.store_id = h.store_id AND p.id = h.thing_id WHERE h.handle = ANY(:names)
""")


async def run(ctx: Context, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Do what ``api.run_naming`` says."""
    try:
        return await ctx.run(work)
    except IntegrityError as error:
        if "_handle_pkey" not in str(error.orig):
            raise
    return await ctx.run(work)


async def owners(session: AsyncSession, names: Sequence[str]) -> dict[str, tuple[UUID, str]]:
    """Give which products have handles, in whatever language: id and title by handle."""
    rows = await session.execute(_OWNERS, {"names": list(names)})
    return {row.handle: (row.thing_id, row.title) for row in rows}


def refuse(errors: Sequence[FieldError]) -> None:
    """Refuse what has mistakes.

    Raises:
        Invalid: there are some.
    """
    if errors:
        raise Invalid(errors[0].message, errors=list(errors))


async def check_free(
    ctx: Context, session: AsyncSession, handle: str, own: Mapping[str, str], id_: UUID | None
) -> None:
    """Refuse handles that another product has.

    Raises:
        Invalid: names each, and the product.
    """
    known = await owners(session, [handle, *own.values()])
    refuse(taken_handles(ctx, handle, own, known, id_))


def moves(
    kind: str, id_: UUID, before: Mapping[str, str], handle: str, own: Mapping[str, str]
) -> list[HandleChanged]:
    """Tell which handles of languages name a thing no more, and what its handle there is by now."""
    names = {handle, *own.values()}
    return [
        HandleChanged(kind, id_, old, own.get(locale) or handle, locale=locale)
        for locale, old in before.items()
        if old not in names
    ]


async def tell_moves(
    ctx: Context, session: AsyncSession, events: Sequence[HandleChanged], plugin: str = "catalog"
) -> None:
    """Emit moves, one after another for each thing."""
    for event in events:
        await ctx.hooks.emit(session, handle_changed, event, aggregate=(f"{plugin}.address", event.id))
