# SPDX-License-Identifier: Apache-2.0
"""Addresses of a customer: each belongs to one customer, and nobody else finds it."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.ids import new_id
from shopwright_customers.api import AddressInfo

FIELDS = ("name", "line1", "line2", "postal_code", "city", "region", "country", "phone")
_LIST = f"SELECT id, {', '.join(FIELDS)} FROM customers_address WHERE customer_id = $1 ORDER BY id"
_INSERT = text(
    f"INSERT INTO customers_address (store_id, id, customer_id, {', '.join(FIELDS)}) "
    f"VALUES (:store_id, :id, :customer_id, {', '.join(f':{name}' for name in FIELDS)})"
)
_DELETE = text("DELETE FROM customers_address WHERE id = :id AND customer_id = :customer_id")


async def of_customer(ctx: Context, customer_id: UUID) -> list[AddressInfo]:
    return [AddressInfo(*row) for row in await ctx.fetch_rows(_LIST, customer_id)]


async def add(ctx: Context, customer_id: UUID, values: dict[str, Any]) -> None:
    async def work(session: AsyncSession) -> None:
        keys = {"store_id": ctx.store.id, "id": new_id(), "customer_id": customer_id}
        await session.execute(_INSERT, {**dict.fromkeys(FIELDS, ""), **values, **keys})

    await ctx.run(work)


async def remove(ctx: Context, customer_id: UUID, address_id: UUID) -> None:
    """Remove an address.

    Raises:
        NotFound: this customer has no such address.
    """

    async def work(session: AsyncSession) -> int:
        result = await session.execute(_DELETE, {"id": address_id, "customer_id": customer_id})
        return int(getattr(result, "rowcount", 0))

    if await ctx.run(work) == 0:
        raise NotFound("There is no such address.")
