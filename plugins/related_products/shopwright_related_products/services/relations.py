# SPDX-License-Identifier: Apache-2.0
"""The relations that staff picked: read with one statement, saved whole unless somebody was faster."""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_catalog import api as catalog
from shopwright_related_products.hookspecs import relation_kinds

TAG = "related_products.relations"
MOST = 50
Relations = Mapping[str, Sequence[UUID]]
_KEPT = 300
_PICKED = """
SELECT kind, related_id FROM related_products_relation WHERE product_id = $1 ORDER BY kind, position, id
"""
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('related_products:' || CAST(:id AS text)))")
_READ = text(_PICKED.replace("$1", ":id"))
_DROP = text("DELETE FROM related_products_relation WHERE product_id = :id")
_INSERT = text("""
INSERT INTO related_products_relation (store_id, id, product_id, kind, related_id, position)
SELECT store_id, id, product_id, kind, related_id, position
FROM jsonb_populate_recordset(NULL::related_products_relation, CAST(:rows AS jsonb))
""")


async def has_any(ctx: Context) -> bool:
    """Tell whether anything is picked in the store; kept, so that a store without relations pays nothing."""

    async def load() -> bytes:
        found = await ctx.fetch_value("SELECT EXISTS (SELECT 1 FROM related_products_relation)")
        return b"1" if found else b""

    key = f"{ctx.store.id}:{TAG}"
    found: bytes = await ctx.kernel.backend.cache.get_or_set(key, _KEPT, load, tags=[key])
    return bool(found)


async def picked(ctx: Context, product_id: UUID) -> dict[str, list[UUID]]:
    """Give what is picked for a product, by kind and in order."""
    found: dict[str, list[UUID]] = {}
    for row in await ctx.fetch_rows(_PICKED, product_id):
        found.setdefault(row["kind"], []).append(row["related_id"])
    return found


def version_of(relations: Relations) -> str:
    """Give what tells one state of a product's relations from another."""
    plain = sorted((kind, [str(id_) for id_ in ids]) for kind, ids in relations.items() if ids)
    return hashlib.sha256(dump(plain).encode()).hexdigest()[:16]


async def ids_of(
    ctx: Context, product_id: UUID, handles: Mapping[str, Sequence[str]]
) -> dict[str, list[UUID]]:
    """Turn handles by kind into ids.

    Raises:
        Invalid: there is no such kind or product; at ``/relations/<kind>/<place>``.
    """
    kinds = ctx.hooks.registered(relation_kinds)
    wanted = {handle for words in handles.values() for handle in words}
    known = await catalog.ids_of(ctx, sorted(wanted))
    errors = []
    for kind, words in handles.items():
        if kind not in kinds:
            errors.append(FieldError(f"/relations/{kind}", "unknown", translatable("There is no such kind.")))
        if len(words) > MOST:
            told = translatable("Pick at most 50 products of a kind.")
            errors.append(FieldError(f"/relations/{kind}", "too_many", told))
        for place, handle in enumerate(words):
            pointer = f"/relations/{kind}/{place}"
            if handle not in known:
                told = ctx.gettext("There is no product %(names)s.", names=handle[:100])
                errors.append(FieldError(pointer, "unknown", told))
            elif known[handle] == product_id:
                told = translatable("A product cannot be related to itself.")
                errors.append(FieldError(pointer, "itself", told))
    if errors:
        raise Invalid(errors[0].message, errors=errors)
    return {kind: list(dict.fromkeys(known[x] for x in words)) for kind, words in handles.items()}


async def save(ctx: Context, product_id: UUID, relations: Relations, seen: str | None) -> None:
    """Replace what is picked for a product; with ``seen`` only when that is the version that is there.

    Raises:
        Conflict: somebody else picked meanwhile.
    """

    async def work(session: AsyncSession) -> None:
        # There may be no row to lock yet.
        await session.execute(_LOCK, {"id": str(product_id)})
        there: dict[str, list[UUID]] = {}
        for row in await session.execute(_READ, {"id": product_id}):
            there.setdefault(row.kind, []).append(row.related_id)
        if seen is not None and seen != version_of(there):
            words = translatable("Somebody else changed this meanwhile; nothing was saved.")
            raise Conflict(words, code="version_conflict", extra={"version": version_of(there)})
        await session.execute(_DROP, {"id": product_id})
        rows = [
            {"store_id": ctx.store.id, "id": new_id(), "product_id": product_id, "kind": kind,
             "related_id": id_, "position": place}
            for kind, ids in relations.items() for place, id_ in enumerate(ids)
        ]  # fmt: skip
        if rows:
            await session.execute(_INSERT, {"rows": dump(rows)})
        await ctx.kernel.events.invalidate(ctx, session, [TAG, f"catalog.product:{product_id}"])
        subject = ("catalog.product", product_id)
        await ctx.audit(session, "related_products.saved", subject=subject, data={"products": len(rows)})

    await ctx.run(work)
