# SPDX-License-Identifier: Apache-2.0
"""Saving collections by handle, each time checking the version somebody saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid, NotFound
from shopwright.http.versions import must_be
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_catalog import api as catalog
from shopwright_catalog.hookspecs import HandleChanged, handle_changed
from shopwright_collections.api import Match, Order
from shopwright_collections.hookspecs import collection_conditions
from shopwright_collections.jobs import Refresh, refresh

TAG = "collections.collections"
MOST_PICKED, MOST_CONDITIONS = 5000, 20

_LOCK = text("SELECT id, handle, version FROM collections_collection WHERE handle = ANY(:handles) FOR UPDATE")
_NAMED = text("""
SELECT h.handle, c.id, c.title, (SELECT jsonb_object_agg(t.key, t.value ->> 'handle')
    FROM jsonb_each(c.translations) t WHERE t.value ->> 'handle' <> '') AS own
FROM collections_collection_handle h
JOIN collections_collection c ON c.store_id = h.store_id AND c.id = h.thing_id WHERE h.handle = ANY(:names)
""")
_SAVE = text("""
INSERT INTO collections_collection AS c (store_id, id, handle, title, description, position, visible, sorting,
    match, conditions, picked, translations)
VALUES (:store_id, :id, :handle, :title, :description, :position, :visible, :sorting, :match,
    CAST(:conditions AS jsonb), CAST(:picked AS uuid[]), CAST(:translations AS jsonb))
ON CONFLICT (store_id, id) DO UPDATE SET handle = excluded.handle, title = excluded.title,
    description = excluded.description, position = excluded.position, visible = excluded.visible,
    sorting = excluded.sorting, match = excluded.match, conditions = excluded.conditions,
    picked = excluded.picked, translations = excluded.translations, version = c.version + 1
""")
_DELETE = text("DELETE FROM collections_collection WHERE handle = :handle RETURNING id, version")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a collection: its kind by code, and what the kind is given."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CollectionInput:
    """A collection to save. What is picked is in it whatever the conditions say; without both it is empty."""

    handle: str
    title: str
    description: str = ""
    position: int = 0
    visible: bool = True
    order: Order = "manual"
    match: Match = "all"
    conditions: Sequence[Condition] = ()
    picked: Sequence[UUID] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By locale: ``title``, ``handle`` (the main one where it is empty), ``description``."""


async def save(ctx: Context, before: str, collection: CollectionInput, version: int | None) -> bool:
    """Save a collection, perhaps under another handle than ``before``; tell whether it is new.

    Args:
        ctx: of the store.
        before: its handle until now; that of the collection when it is new.
        collection: what it is to be.
        version: the one that was read, 0 for a new collection, None to save over whatever is there.

    Raises:
        Conflict: it was changed meanwhile, or is there already.
        Invalid: names the field and what is accepted.
    """
    conditions = _checked(ctx, collection)
    known = {product.id for product in await catalog.summaries(ctx, collection.picked)}
    lost = [i for i, id_ in enumerate(collection.picked) if id_ not in known]
    if lost:
        words = translatable("There is no such product.")
        raise Invalid(words, errors=[FieldError(f"/picked/{i}", "unknown", words) for i in lost])

    async def work(session: AsyncSession) -> bool:
        handles = [before, collection.handle]
        found = {row.handle: row for row in (await session.execute(_LOCK, {"handles": handles})).all()}
        own = found.get(before)
        if version is not None and version != (own.version if own else 0):
            words = translatable("Somebody else changed this collection meanwhile; nothing was saved.")
            raise Conflict(words, code="version_conflict", extra={"version": own.version if own else 0})
        id_ = own.id if own else new_id()
        own_handles = catalog.own_handles(collection.translations)
        names = {"names": [before, collection.handle, *own_handles.values()]}
        named = {row.handle: row for row in await session.execute(_NAMED, names)}
        owners = {name: (row.id, row.title) for name, row in named.items()}
        taken = catalog.taken_handles(ctx, collection.handle, own_handles, owners, id_)
        if taken:
            raise Invalid(taken[0].message, errors=taken)
        await session.execute(_SAVE, _columns(ctx, collection, conditions) | {"id": id_})
        if own and collection.handle != before:
            event = HandleChanged("collection", id_, before, collection.handle)
            await ctx.hooks.emit(session, handle_changed, event, aggregate=("collections.address", id_))
        if own and named[before].own:
            thing = ("collections", "collection", id_)
            await catalog.moved_handles(
                ctx, session, thing, named[before].own, collection.handle, own_handles
            )
        await ctx.enqueue(session, refresh, Refresh(collection_id=id_))
        await ctx.kernel.events.invalidate(ctx, session, [TAG])
        await ctx.audit(session, "collections.saved", subject=("collections.collection", id_))
        return own is None

    return await catalog.run_naming(ctx, work)


async def delete(ctx: Context, handle: str, version: int | None = None) -> None:
    """Delete a collection; its products stay.

    Raises:
        NotFound: there is no such collection.
        Conflict: it has another version than the given one.
    """

    async def work(session: AsyncSession) -> None:
        row = (await session.execute(_DELETE, {"handle": handle})).one_or_none()
        if row is None:
            raise NotFound("There is no such collection.")
        must_be(version, row.version)
        await ctx.kernel.events.invalidate(ctx, session, [TAG, f"collections.collection:{row.id}"])
        await ctx.audit(session, "collections.deleted", subject=("collections.collection", row.id))

    await ctx.run(work)


def _columns(ctx: Context, collection: CollectionInput, conditions: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "store_id": ctx.store.id, "handle": collection.handle, "title": collection.title.strip(),
        "description": collection.description, "position": collection.position, "visible": collection.visible,
        "sorting": collection.order, "match": collection.match, "conditions": dump(conditions),
        "picked": list(dict.fromkeys(collection.picked)), "translations": dump(dict(collection.translations)),
    }  # fmt: skip


def _checked(ctx: Context, collection: CollectionInput) -> list[dict[str, Any]]:
    """Give the conditions as they are stored."""
    errors = catalog.check_handle(collection.handle, collection.translations)
    errors += catalog.check_locales(ctx, collection.translations)
    if not collection.title.strip():
        errors.append(FieldError("/title", "required", translatable("Give the collection a title.")))
    if len(collection.picked) > MOST_PICKED:
        words = translatable("Too many products are picked; use conditions.")
        errors.append(FieldError("/picked", "too_many", words))
    if len(collection.conditions) > MOST_CONDITIONS:
        errors.append(FieldError("/conditions", "too_many", translatable("At most 20 conditions.")))
    kinds = ctx.hooks.registered(collection_conditions)
    stored = []
    for place, condition in enumerate(collection.conditions):
        kind = kinds.get(condition.code)
        if kind is None:
            words = translatable("There is no such kind of condition.")
            errors.append(FieldError(f"/conditions/{place}/code", "unknown", words))
            continue
        try:
            values = kind.values.model_validate(dict(condition.values))
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                name = "/".join(str(part) for part in problem["loc"])
                errors.append(
                    FieldError(f"/conditions/{place}/values/{name}", problem["type"], problem["msg"])
                )
        else:
            stored.append({"code": condition.code, "values": values.model_dump(mode="json")})
    if errors:
        raise Invalid(errors=errors)
    return stored
