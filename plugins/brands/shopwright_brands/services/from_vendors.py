# SPDX-License-Identifier: Apache-2.0
"""Making brands of all vendors that products name and that have none."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright_brands.services.read import TAG
from shopwright_catalog import api as catalog

LONGEST_NAME = 255
_NAMES = "SELECT name FROM brands_brand"
_HANDLES = text("SELECT handle FROM brands_brand_handle")
_MAKE = text("""
INSERT INTO brands_brand (store_id, id, handle, name)
SELECT :store_id, x.id, x.handle, x.name
FROM unnest(CAST(:ids AS uuid[]), CAST(:handles AS text[]), CAST(:names AS text[])) AS x (id, handle, name)
ON CONFLICT DO NOTHING RETURNING id
""")


async def without_brand(ctx: Context) -> dict[str, int]:
    """Give how many products each vendor without a brand has, those with most first."""
    known = {row["name"] for row in await ctx.fetch_rows(_NAMES)}
    found = await catalog.vendors(ctx)
    return {name: n for name, n in found.items() if name not in known and len(name) <= LONGEST_NAME}


async def make(ctx: Context) -> int:
    """Make a brand of each vendor without one, all with one statement; give how many."""
    names = list(await without_brand(ctx))
    if not names:
        return 0
    ids = [new_id() for _ in names]

    async def work(session: AsyncSession) -> int:
        taken = set((await session.execute(_HANDLES)).scalars())
        values = {"ids": ids, "handles": _handles(names, ids, taken), "names": names}
        made = (await session.execute(_MAKE, values | {"store_id": ctx.store.id})).all()
        await ctx.kernel.events.invalidate(ctx, session, [TAG])
        subject = ("kernel.store", ctx.store.id)
        await ctx.audit(session, "brands.made_of_vendors", subject=subject, data={"number": len(made)})
        return len(made)

    return await catalog.run_naming(ctx, work)


def free_handle(name: str, id_: UUID, taken: Collection[str]) -> str:
    """Give the handle of a vendor's name, with an end of its own where that is taken or there is none."""
    handle = catalog.handle_of(name)
    # Vendors that differ in signs only, or are written in no Latin letters, have no free handle of their own.
    return handle if handle and handle not in taken else f"{handle or 'brand'}-{str(id_)[-6:]}"


def _handles(names: list[str], ids: list[UUID], taken: set[str]) -> list[str]:
    found = []
    for name, id_ in zip(names, ids, strict=True):
        found.append(free_handle(name, id_, taken))
        taken.add(found[-1])
    return found
