# SPDX-License-Identifier: Apache-2.0
"""Addresses of a customer: each belongs to one customer, and nobody else finds it."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, NotFound
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright_customers.api import AddressInfo
from shopwright_customers.services import records

MOST = 50
FIELDS = ("name", "line1", "line2", "postal_code", "city", "region", "country", "phone")
_LIST = f"SELECT id, {', '.join(FIELDS)} FROM customers_address WHERE customer_id = $1 ORDER BY id"
_ONE = f"SELECT id, {', '.join(FIELDS)} FROM customers_address WHERE customer_id = $1 AND id = $2"
_COUNT = text("SELECT count(*) FROM customers_address WHERE customer_id = :customer_id")
_INSERT = text(
    f"INSERT INTO customers_address (store_id, id, customer_id, {', '.join(FIELDS)}) "
    f"VALUES (:store_id, :id, :customer_id, {', '.join(f':{name}' for name in FIELDS)})"
)
_UPDATE = text(
    f"UPDATE customers_address SET {', '.join(f'{name} = :{name}' for name in FIELDS)} "
    "WHERE id = :id AND customer_id = :customer_id"
)
_DELETE = text("DELETE FROM customers_address WHERE id = :id AND customer_id = :customer_id")


async def of_customer(ctx: Context, customer_id: UUID) -> list[AddressInfo]:
    return [AddressInfo(*row) for row in await ctx.fetch_rows(_LIST, customer_id)]


async def get(ctx: Context, customer_id: UUID, address_id: UUID) -> AddressInfo:
    """Give an address of a customer.

    Raises:
        NotFound: this customer has no such address.
    """
    rows = await ctx.fetch_rows(_ONE, customer_id, address_id)
    if not rows:
        raise _missing()
    return AddressInfo(*rows[0])


async def add(ctx: Context, customer_id: UUID, values: dict[str, Any]) -> AddressInfo:
    """Keep another address.

    Raises:
        Conflict: there are very many already.
    """
    given = {**dict.fromkeys(FIELDS, ""), **values}
    keys = {"store_id": ctx.store.id, "id": new_id(), "customer_id": customer_id}

    async def work(session: AsyncSession) -> None:
        await records.locked(session, customer_id)
        if int(await session.scalar(_COUNT, keys) or 0) >= MOST:
            message = translatable("You keep very many addresses already: remove one first.")
            raise Conflict(message, code="too_many_addresses")
        await session.execute(_INSERT, {**given, **keys})

    await ctx.run(work)
    return AddressInfo(id=keys["id"], **given)


async def change(ctx: Context, customer_id: UUID, address_id: UUID, values: dict[str, Any]) -> AddressInfo:
    """Replace what an address says.

    Raises:
        NotFound: this customer has no such address.
    """
    given = {**dict.fromkeys(FIELDS, ""), **values}
    await _touch(ctx, _UPDATE, {**given, "id": address_id, "customer_id": customer_id})
    return AddressInfo(id=address_id, **given)


async def remove(ctx: Context, customer_id: UUID, address_id: UUID) -> None:
    """Remove an address.

    Raises:
        NotFound: this customer has no such address.
    """
    await _touch(ctx, _DELETE, {"id": address_id, "customer_id": customer_id})


async def _touch(ctx: Context, statement: Any, values: dict[str, Any]) -> None:
    async def work(session: AsyncSession) -> int:
        result = await session.execute(statement, values)
        return int(getattr(result, "rowcount", 0))

    if await ctx.run(work) == 0:
        raise _missing()


def _missing() -> NotFound:
    return NotFound(translatable("There is no such address."))
