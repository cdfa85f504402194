# SPDX-License-Identifier: Apache-2.0
"""One stock item of the admin API: its rules and its moves; and many levels at once."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictInt
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, NotFound, ShopwrightError
from shopwright.http.listing import ListQuery
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag
from shopwright_catalog import api as catalog
from shopwright_inventory.services import list_moves, rules, stock
from shopwright_inventory.services.list_moves import MovePage
from shopwright_inventory.services.rules import SavedRules
from shopwright_inventory.services.selling import Rules
from shopwright_inventory.views.api import Count

routes = Routes("inventory", Scope.ADMIN_API)
VIEW, EDIT = "inventory.stock.view", "inventory.stock.edit"
_ITEM = "/api/admin/v1/stock/{variant_id}"


class RulesBody(BaseModel):
    """The rules of a variant; ``version`` is the one that was read, absent to save over whatever is there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    policy: Literal["deny", "backorder", "preorder"] = "deny"
    safety_stock: StrictInt = Field(default=0, ge=0, le=rules.MOST)
    backorder_limit: StrictInt | None = Field(default=None, ge=0, le=rules.MOST)
    """How many may be sold beyond what is in stock; null for any number."""
    available_on: date | None = None
    low_stock_at: StrictInt | None = Field(default=None, ge=0, le=rules.MOST)
    """From how many on it is low; null for the store's setting."""
    version: StrictInt | None = Field(default=None, ge=0)

    def rules(self) -> Rules:
        return Rules(**self.model_dump(exclude={"version"}))


class LevelsBody(BaseModel):
    """What is on hand of many variants at their locations, each with the version the caller has seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    levels: list[Count] = Field(min_length=1, max_length=100)


class LevelsSaved(BaseModel):
    """How many levels were set."""

    levels: int


@routes.get(_ITEM + "/rules", permission=VIEW)
async def get_stock_rules(ctx: Context, variant_id: UUID) -> Reply[SavedRules]:
    """Give the rules by which a variant is sold, with their version as the ETag."""
    await _there(ctx, variant_id)
    return await _reply(ctx, variant_id)


@routes.put(_ITEM + "/rules", permission=EDIT)
async def put_stock_rules(
    ctx: Context, variant_id: UUID, body: RulesBody, if_match: int | None
) -> Reply[SavedRules]:
    """Replace the rules of a variant; ``If-Match`` or ``version`` say which version is replaced."""
    await _there(ctx, variant_id)
    version = body.version if if_match is None else if_match
    await rules.save(ctx, variant_id, version, body.rules())
    return await _reply(ctx, variant_id)


@routes.get(_ITEM + "/moves", permission=VIEW)
async def list_stock_moves(ctx: Context, variant_id: UUID, query: ListQuery) -> MovePage:
    """List what came and went of a variant, newest first."""
    await _there(ctx, variant_id)
    return await list_moves.page(ctx, variant_id, cursor=query.cursor, limit=query.limit)


@routes.put("/api/admin/v1/stock-levels", permission=EDIT)
async def put_stock_levels(ctx: Context, body: LevelsBody) -> LevelsSaved:
    """Set many levels, all or none; an error names the entry that is in the way, like ``/levels/3``."""

    async def work(session: AsyncSession) -> None:
        # In the order of the locks, so that two callers cannot wait for each other.
        order = sorted(enumerate(body.levels), key=lambda pair: (pair[1].variant_id, pair[1].location))
        for index, level in order:
            await _set(ctx, session, index, level)

    found = await catalog.variants(ctx, [level.variant_id for level in body.levels])
    for index, level in enumerate(body.levels):
        if level.variant_id not in found:
            message = "There is no such variant."
            problem = FieldError(f"/levels/{index}/variant_id", "not_found", message)
            raise NotFound(message, errors=[problem])
    await ctx.run(work)
    return LevelsSaved(levels=len(body.levels))


async def _set(ctx: Context, session: AsyncSession, index: int, level: Count) -> None:
    try:
        await stock.count(
            ctx, session, variant_id=level.variant_id, on_hand=level.on_hand, reason=level.reason,
            location=level.location, note=level.note, expected_version=level.version,
        )  # fmt: skip
    except (Conflict, NotFound) as error:
        raise _at(error, index) from error


def _at(error: ShopwrightError, index: int) -> ShopwrightError:
    """Give the error with the entry of the list that it is about."""
    field = {"version_conflict": "version", "stock_held": "on_hand"}.get(error.error_code, "location")
    problem = FieldError(f"/levels/{index}/{field}", error.error_code, error.detail)
    return type(error)(error.detail, code=error.error_code, errors=[problem], extra=dict(error.extra))


async def _there(ctx: Context, variant_id: UUID) -> None:
    if not await catalog.variants(ctx, [variant_id]):
        raise NotFound("There is no such variant.")


async def _reply(ctx: Context, variant_id: UUID) -> Reply[SavedRules]:
    found = await rules.of(ctx, variant_id)
    return Reply(found, 200, etag(found.version))
