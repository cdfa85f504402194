# SPDX-License-Identifier: Apache-2.0
"""The tree of categories: a product is in what it was put into (``direct``) and in all that is above.

Memberships above are rows of their own, so that the listing of a big branch costs what that of a leaf costs.
"""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.i18n import translatable

DEEPEST = 8
"""Levels of categories at most."""
CHUNK = 5000
"""Products whose memberships are written at once."""
_ONE_WRITER = text("SELECT pg_advisory_xact_lock(hashtextextended('catalog.tree:' || :store_id, 0))")
_PARENTS = text("SELECT id, parent_id, handle FROM catalog_category")
_SET = text("UPDATE catalog_category SET parent_id = CAST(:parent_id AS uuid) WHERE id = :id")
_ADOPT = text("""
UPDATE catalog_category SET parent_id = (SELECT parent_id FROM catalog_category WHERE id = :id) WHERE parent_id = :id
""")
_WITHIN = text("""
WITH RECURSIVE down AS (
    SELECT CAST(:id AS uuid) AS id
    UNION SELECT c.id FROM down JOIN catalog_category c ON c.parent_id = down.id
)
SELECT DISTINCT cp.product_id FROM catalog_category_product cp JOIN down ON down.id = cp.category_id
WHERE cp.direct AND cp.product_id > CAST(:after AS uuid) ORDER BY cp.product_id LIMIT :most
""")
_CLEAR = text(
    "DELETE FROM catalog_category_product WHERE NOT direct AND product_id = ANY(CAST(:ids AS uuid[]))"
)
# The rows say what follows from others, so nobody refers to their ids.
_FILL = text("""
WITH RECURSIVE up AS (
    SELECT cp.product_id, c.parent_id AS id FROM catalog_category_product cp
    JOIN catalog_category c ON c.id = cp.category_id AND c.parent_id IS NOT NULL
    WHERE cp.direct AND cp.product_id = ANY(CAST(:ids AS uuid[]))
    UNION
    SELECT up.product_id, c.parent_id FROM up JOIN catalog_category c ON c.id = up.id AND c.parent_id IS NOT NULL
)
INSERT INTO catalog_category_product (store_id, id, category_id, product_id, direct)
SELECT :store_id, gen_random_uuid(), up.id, up.product_id, false FROM up
ON CONFLICT (store_id, category_id, product_id) DO NOTHING
""")
_NOBODY = UUID(int=0)
T = TypeVar("T")


async def fill(ctx: Context, session: AsyncSession, product_ids: Collection[UUID]) -> None:
    """Put products into what is above the categories they were put into."""
    await session.execute(_FILL, {"store_id": ctx.store.id, "ids": list(product_ids)})


async def move(ctx: Context, session: AsyncSession, category_id: UUID, parent: str) -> bool:
    """Put a category under another one, by handle, or on top; tell whether that is a change.

    Raises:
        Invalid: there is no such category, it is below this one, or the tree becomes too deep.
    """
    await session.execute(_ONE_WRITER, {"store_id": str(ctx.store.id)})
    rows = (await session.execute(_PARENTS)).all()
    above = {row.id: row.parent_id for row in rows}
    wanted = next((row.id for row in rows if row.handle == parent), None) if parent else None
    if parent and wanted is None:
        raise _wrong("unknown", translatable("There is no category of this handle."))
    if category_id in _line(above, wanted):
        raise _wrong(
            "circle", translatable("A category cannot be within itself. Choose one that is not below it.")
        )
    if len(_line(above, wanted)) + _height(above, category_id) > DEEPEST:
        raise _wrong("too_deep", translatable("Categories have up to eight levels."))
    if above.get(category_id) == wanted:
        return False
    await session.execute(_SET, {"id": category_id, "parent_id": wanted})
    return True


async def remove(ctx: Context, session: AsyncSession, category_id: UUID) -> list[UUID]:
    """Let what is below a category that goes move up; gives products whose place has to be found again."""
    await session.execute(_ONE_WRITER, {"store_id": str(ctx.store.id)})
    ids = await _products(session, category_id, _NOBODY, most=None)
    await session.execute(_CLEAR, {"ids": ids})
    await session.execute(_ADOPT, {"id": category_id})
    return ids


async def refill(
    ctx: Context, session: AsyncSession, category_id: UUID, after: UUID | None = None
) -> UUID | None:
    """Find the place of the products of a branch again, some thousand; gives the last one when there are more."""
    ids = await _products(session, category_id, after or _NOBODY, most=CHUNK)
    await session.execute(_CLEAR, {"ids": ids})
    await fill(ctx, session, ids)
    return ids[-1] if len(ids) == CHUNK else None


def in_order(items: Sequence[T], key: Any, parent: Any) -> list[tuple[T, int]]:
    """Put items under their parents, with how deep they are; what has no parent among them is on top."""
    keys = {key(x) for x in items}
    below: dict[Any, list[T]] = {}
    for x in items:
        below.setdefault(parent(x) if parent(x) in keys else None, []).append(x)
    found: list[tuple[T, int]] = []

    def walk(above: Any, depth: int) -> None:
        for x in below.get(above, ()):
            found.append((x, depth))
            walk(key(x), depth + 1)

    walk(None, 0)
    return found


async def _products(session: AsyncSession, category_id: UUID, after: UUID, *, most: int | None) -> list[UUID]:
    values = {"id": category_id, "after": after, "most": most}
    return list((await session.execute(_WITHIN, values)).scalars())


def _line(above: dict[UUID, UUID | None], start: UUID | None) -> list[UUID]:
    """Give a category and all that is above it."""
    found: list[UUID] = []
    while start is not None and start not in found:
        found.append(start)
        start = above.get(start)
    return found


def _height(above: dict[UUID, UUID | None], start: UUID) -> int:
    """Give how many levels a branch has."""
    return max((_line(above, x).index(start) + 1 for x in above if start in _line(above, x)), default=1)


def _wrong(code: str, message: str) -> Invalid:
    return Invalid(errors=[FieldError("/parent", code, message)])
