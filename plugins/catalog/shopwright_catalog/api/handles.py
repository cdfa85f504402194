# SPDX-License-Identifier: Apache-2.0
"""Handles: the part of an address that names a product or category, one for all languages or one for each."""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError
from shopwright.i18n import translatable
from shopwright_catalog.api.records import PublishedHandles

T = TypeVar("T")

_HANDLE = re.compile(r"[\w][\w.'-]{0,254}", re.UNICODE)
Translations = Mapping[str, Mapping[str, Any]]
"""Texts by locale; ``handle`` among them is the handle of that language, the main one where there is none."""


def handle_of(title: str) -> str:
    """Make a handle of a title: plain small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100]


def check_handle(handle: str, translations: Translations | None = None) -> list[FieldError]:
    """Say what is wrong with a handle and with those of languages, if something is."""
    message = translatable(
        "A handle has 1 to 255 letters, digits, hyphens, dots or underscores, like oak-desk-lamp."
    )
    return [
        FieldError(pointer, "bad_handle", message)
        for pointer, name in _pointers(handle, own_handles(translations))
        if not _HANDLE.fullmatch(name)
    ]


def check_locales(ctx: Context, translations: Translations | None) -> list[FieldError]:
    """Say which translations are into what is no other language of the store."""
    others = [locale for locale in ctx.store.locales if locale != ctx.store.default_locale]
    words = ctx.gettext(
        "The store has no such other language; there are: %(names)s.",
        names=", ".join(others) or ctx.gettext("none"),
    )
    return [FieldError(f"/translations/{x}", "unknown", words) for x in translations or {} if x not in others]


def own_handles(translations: Translations | None) -> dict[str, str]:
    """Give by locale the handles that languages have of their own."""
    found = {locale: texts.get("handle") for locale, texts in (translations or {}).items()}
    return {locale: handle for locale, handle in found.items() if handle}


def handles_in(ctx: Context, handle: str, own: Mapping[str, str]) -> dict[str, str]:
    """Give the handle of a thing in each language of the store."""
    return {locale: own.get(locale) or handle for locale in ctx.store.locales}


def taken_handles(
    ctx: Context,
    handle: str,
    own: Mapping[str, str],
    owners: Mapping[str, tuple[UUID, str]],
    id_: UUID | None,
) -> list[FieldError]:
    """Say which handles other things have: ``owners`` are id and title by handle, ``id_`` is the thing's own."""
    return [
        FieldError(
            pointer,
            "taken",
            ctx.gettext("%(title)s has this handle already; choose another one.", title=owners[name][1]),
        )
        for pointer, name in _pointers(handle, own)
        if name in owners and owners[name][0] != id_
    ]


async def published_handles(
    ctx: Context, *, after: UUID | None = None, limit: int = 1000
) -> list[PublishedHandles]:
    """Walk through the products of the context's market by id, for lists of addresses: the next ones after an id."""
    from shopwright_catalog.services import read_published

    return await read_published.page(ctx, after, limit)


async def published_starts(ctx: Context, size: int) -> list[UUID | None]:
    """Give after which ids parts of so many of them begin; the first one after none."""
    from shopwright_catalog.services import read_published

    return await read_published.starts(ctx, size)


async def run_naming(ctx: Context, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Run work in a transaction that gives a handle to something (see ``handle_tables``).

    When somebody took the handle meanwhile it is run once more, so that its own check can say who has it now.
    """
    from shopwright_catalog.services import handles

    return await handles.run(ctx, work)


async def moved_handles(
    ctx: Context,
    session: AsyncSession,
    thing: tuple[str, str, UUID],
    before: Mapping[str, str],
    handle: str,
    own: Mapping[str, str],
) -> None:
    """Emit ``handle_changed`` for each handle of a language that names a thing no more.

    ``thing`` is the plugin, the kind and the id; ``before`` and ``own`` are handles by locale, ``handle`` the main one.
    """
    from shopwright_catalog.services import handles

    plugin, kind, id_ = thing
    await handles.tell_moves(ctx, session, handles.moves(kind, id_, before, handle, own), plugin)


def _pointers(handle: str, own: Mapping[str, str]) -> list[tuple[str, str]]:
    others = ((f"/translations/{locale}/handle", name) for locale, name in own.items())
    return [("/handle", handle), *others]
