# SPDX-License-Identifier: Apache-2.0
"""The conditions of segments that need nothing but customers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright_customers.api import ConditionKind
from shopwright_customers.forms import Country, countries
from shopwright_customers.services import consent, groups, tags

Choices = Mapping[str, Sequence[tuple[str, str]]]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
_IN_GROUP = """
SELECT m.customer_id FROM customers_membership m
JOIN customers_group g ON g.store_id = m.store_id AND g.id = m.group_id
WHERE m.customer_id = ANY($1) AND g.code = $2
"""
_TAGGED = "SELECT customer_id FROM customers_tag WHERE customer_id = ANY($1) AND tag = $2::text::citext"
_SINCE = "SELECT id FROM customers_customer WHERE id = ANY($1) AND created_at >= $2"
_LIVES_IN = "SELECT DISTINCT customer_id FROM customers_address WHERE customer_id = ANY($1) AND country = $2"


class _Values(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class InGroup(_Values):
    """A group by its code."""

    group: Word = Field(title=translatable("Group"))


class HasTag(_Values):
    """A tag; capitals make no other one."""

    tag: Word = Field(title=translatable("Tag"))


class Since(_Values):
    """The first day, in the time zone of the store."""

    since: date = Field(title=translatable("Since"))


class Nothing(_Values):
    """A condition that is given nothing."""


class LivesIn(_Values):
    """A country of one of the addresses a customer keeps."""

    country: Country = Field(title=translatable("Country"))


@dataclass(slots=True)
class Kind:
    """A kind that is one statement: the customers and one argument made of the values."""

    code: str
    words: str
    values: type[BaseModel]
    sql: str
    argument: Callable[[Context, Any], Any]
    offer: Callable[[Context], Awaitable[Choices]]

    def label(self, ctx: Context) -> str:
        return ctx.gettext(self.words)

    async def choices(self, ctx: Context) -> Choices:
        return await self.offer(ctx)

    async def matching(self, ctx: Context, values: Any, customer_ids: Sequence[UUID]) -> set[UUID]:
        argument = self.argument(ctx, values)
        return {row[0] for row in await ctx.fetch_rows(self.sql, list(customer_ids), argument)}


def _midnight(ctx: Context, values: Since) -> datetime:
    return datetime.combine(values.since, time.min, ZoneInfo(ctx.store.timezone))


async def _groups(ctx: Context) -> Choices:
    return {"group": [(group.code, group.title) for group in await groups.all_groups(ctx)]}


async def _tags(ctx: Context) -> Choices:
    return {"tag": [(tag, tag) for tag in await tags.in_use(ctx)]}


async def _countries(ctx: Context) -> Choices:
    return {"country": countries(ctx.locale)}


async def _nothing(ctx: Context) -> Choices:
    del ctx
    return {}


def kinds() -> Sequence[ConditionKind]:
    """Give our kinds."""
    return [
        Kind("customers.in_group", translatable("In the group"), InGroup, _IN_GROUP,
             lambda _, values: values.group, _groups),
        Kind("customers.has_tag", translatable("Has the tag"), HasTag, _TAGGED,
             lambda _, values: values.tag, _tags),
        Kind("customers.since", translatable("Has had an account since"), Since, _SINCE, _midnight, _nothing),
        Kind("customers.lives_in", translatable("Keeps an address in"), LivesIn, _LIVES_IN,
             lambda _, values: values.country, _countries),
        Kind("customers.accepts_marketing", translatable("Wants news and offers"), Nothing, consent.WILLING,
             lambda _, __: True, _nothing),
    ]  # fmt: skip
