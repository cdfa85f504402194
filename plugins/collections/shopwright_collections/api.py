# SPDX-License-Identifier: Apache-2.0
"""Collections as other plugins see them, and the interface of a kind of condition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel

from shopwright.context import Context
from shopwright_catalog.api import ProductSummary

Match = Literal["all", "any"]
Order = Literal["manual", "newest", "price", "price_desc", "title"]
ORDERS: tuple[Order, ...] = ("manual", "newest", "price", "price_desc", "title")


class ConditionKind(Protocol):
    """A kind of condition that products fulfil or not, registered by ``collection_conditions``."""

    code: str
    """``<plugin>.<name>``."""
    values: type[BaseModel]
    """What a condition of this kind is given; staff get a field for each."""

    def label(self, ctx: Context) -> str: ...

    async def matching(self, ctx: Context, values: Any, products: Sequence[ProductSummary]) -> set[UUID]:
        """Give the ids of the products that fulfil the condition; asked for many at once."""
        ...


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """A collection by name and address, in the context's language."""

    id: UUID
    handle: str
    title: str
    description: str
    order: Order
    handles: Mapping[str, str] = field(default_factory=dict)
    """Its handle in each language of the store."""


async def collections(ctx: Context) -> tuple[CollectionInfo, ...]:
    """Give the visible collections in their order."""
    from shopwright_collections.services import read

    return await read.visible(ctx)


async def collections_of(ctx: Context, product_ids: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    """Give by product id the handles of the collections it is in; one statement for any number."""
    from shopwright_collections.services import read

    return await read.handles_of(ctx, product_ids)
