# SPDX-License-Identifier: Apache-2.0
"""What other plugins may ask of related products, and the types of its hooks."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shopwright.context import Context
from shopwright_catalog.api import CardInfo

RELATED = "related_products.related"


class RelationKind(Protocol):
    """A kind of relation. ``code`` is ``<plugin>.<name>``."""

    @property
    def code(self) -> str: ...

    def label(self, ctx: Context) -> str:
        """Say above the products, to staff and customers, how they are related."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A suggestion: beside one product another one; the higher the score, the earlier it is shown."""

    product_id: UUID
    related_id: UUID
    score: int = 0


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    """The products of one kind beside a product, as cards with the prices of who asks."""

    kind: str
    label: str
    cards: tuple[CardInfo, ...]


async def related(ctx: Context, product_id: UUID) -> tuple[RelatedGroup, ...]:
    """Give what is shown beside a product: kinds in their order, none empty."""
    from shopwright_related_products.services import show

    return await show.groups(ctx, product_id)
