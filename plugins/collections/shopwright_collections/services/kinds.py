# SPDX-License-Identifier: Apache-2.0
"""The conditions a collection can have without other plugins: what the catalogue knows of a product."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright_catalog.api import ProductSummary
from shopwright_collections.api import ConditionKind

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]


class Is(BaseModel):
    """One word."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Word = Field(title=translatable("Value"))


class Amount(BaseModel):
    """A price in minor units of the store's currency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: int = Field(ge=0, le=10**12, title=translatable("Price in minor units"))


class Days(BaseModel):
    """A number of days."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int = Field(ge=1, le=3650, title=translatable("Days"))


class Nothing(BaseModel):
    """A condition that needs no values."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(slots=True)
class Fact:
    """A condition that looks at each product alone."""

    code: str
    words: str
    values: type[BaseModel]
    holds: Callable[[Context, Any, ProductSummary], bool]

    def label(self, ctx: Context) -> str:
        return ctx.gettext(self.words)

    async def matching(self, ctx: Context, values: Any, products: Sequence[ProductSummary]) -> set[UUID]:
        return {product.id for product in products if self.holds(ctx, values, product)}


def _is_new(ctx: Context, values: Days, product: ProductSummary) -> bool:
    return ctx.clock.now() - product.created_at <= timedelta(days=values.days)


KINDS: tuple[ConditionKind, ...] = (
    Fact(
        "collections.category",
        translatable("Is in the category"),
        Is,
        lambda _, v, p: v.value in p.categories,
    ),
    Fact("collections.tag", translatable("Has the tag"), Is, lambda _, v, p: v.value in p.tags),
    Fact("collections.vendor", translatable("Is of the vendor"), Is, lambda _, v, p: v.value == p.vendor),
    Fact("collections.type", translatable("Is of the type"), Is, lambda _, v, p: v.value == p.product_type),
    Fact(
        "collections.title",
        translatable("Has in its title"),
        Is,
        lambda _, v, p: v.value.lower() in p.title.lower(),
    ),
    Fact(
        "collections.price_from",
        translatable("Costs at least"),
        Amount,
        lambda _, v, p: p.lowest_price.amount >= v.amount,
    ),
    Fact(
        "collections.price_below",
        translatable("Costs less than"),
        Amount,
        lambda _, v, p: p.lowest_price.amount < v.amount,
    ),
    Fact("collections.reduced", translatable("Is reduced"), Nothing, lambda _, __, p: p.reduced),
    Fact("collections.new", translatable("Was added in the last"), Days, _is_new),
)
