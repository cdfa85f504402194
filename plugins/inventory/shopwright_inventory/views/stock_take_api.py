# SPDX-License-Identifier: Apache-2.0
"""Stock-takes of the admin API: open, count in bulk, apply, cancel; versions as ETags."""

from typing import Annotated, Literal
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StringConstraints

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright.http.routing import Reply, Routes, Scope
from shopwright.http.versions import etag, expected, guarded
from shopwright_inventory.services import (
    list_stock_takes,
    stock,
    stock_take_apply,
    stock_take_counts,
    stock_take_scope,
    stock_takes,
)
from shopwright_inventory.services.list_stock_takes import (
    Show,
    State,
    StockTake,
    StockTakeLines,
    StockTakePage,
)
from shopwright_inventory.services.stock_take_counts import Count, Counted
from shopwright_inventory.services.stock_takes import StockTakeInput

routes = Routes("inventory", Scope.ADMIN_API)
VIEW, COUNT, EDIT = "inventory.stock.view", "inventory.count.edit", "inventory.stock.edit"
_BASE = "/api/admin/v1/stock-takes"
_ONE = _BASE + "/{take_id}"
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ListQuery(BaseModel):
    """Which stock-takes, and where the list goes on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: State | Literal[""] = ""
    cursor: str = ""
    limit: int = Field(default=50, ge=1, le=200)


class LinesQuery(BaseModel):
    """Which lines, and where the list goes on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    show: Show = "all"
    search: str = Field(default="", max_length=200)
    cursor: str = ""
    limit: int = Field(default=100, ge=1, le=500)


class StockTakeBody(BaseModel):
    """A new stock-take: ``handle`` is of a category or collection, ``skus`` (or barcodes) name chosen items."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=stock_takes.NAME_MOST)]
    location: str = Field(default=stock.DEFAULT, min_length=1, max_length=40)
    scope: stock_takes.Scope = "location"
    handle: str = Field(default="", max_length=200)
    skus: list[Code] = Field(default_factory=list, max_length=5_000)
    blind: bool = False


class CountBody(BaseModel):
    """The whole number of an item; null takes the count back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    variant_id: UUID | None = None
    code: Code | None = None
    """A SKU or barcode, in place of ``variant_id``."""
    counted: StrictInt | None = Field(ge=0, le=stock.MAX_ON_HAND)


class CountsBody(BaseModel):
    """What was counted, each number the whole of its item."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    counts: list[CountBody] = Field(min_length=1, max_length=1_000)


class ScanBody(BaseModel):
    """A scanned code; ``quantity`` is added to its line, below zero taken off again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Code
    quantity: StrictInt = Field(default=1, ge=-1_000_000, le=1_000_000)


class ScansBody(BaseModel):
    """What was scanned."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scans: list[ScanBody] = Field(min_length=1, max_length=1_000)


class CountsSaved(BaseModel):
    """Lines after they were counted, and the version of the stock-take now."""

    version: int
    lines: list[Counted]


@routes.get(_BASE, permission=VIEW)
async def list_all_stock_takes(ctx: Context, query: ListQuery) -> StockTakePage:
    """List stock-takes, newest first."""
    return await list_stock_takes.page(ctx, cursor=query.cursor, state=query.state, limit=query.limit)


@routes.post(_BASE, permission=COUNT, idempotent=True, status=201)
async def open_stock_take(ctx: Context, body: StockTakeBody) -> Reply[StockTake]:
    """Open a stock-take of a location."""
    take_id = await stock_takes.create(ctx, StockTakeInput(**body.model_dump()))
    return await _reply(ctx, take_id, 201)


@routes.get(_ONE, permission=VIEW)
async def get_stock_take(ctx: Context, take_id: UUID) -> Reply[StockTake]:
    """Give a stock-take with how far it is; its version is the ETag."""
    return await _reply(ctx, take_id)


@routes.get(_ONE + "/lines", permission=VIEW)
async def list_stock_take_lines(ctx: Context, take_id: UUID, query: LinesQuery) -> StockTakeLines:
    """List what is to count and what was counted."""
    take = await list_stock_takes.by_id(ctx, take_id)
    return await list_stock_takes.lines(
        ctx, take, show=query.show, search=query.search, cursor=query.cursor, limit=query.limit
    )


@routes.put(_ONE + "/counts", permission=COUNT)
async def put_stock_take_counts(
    ctx: Context, take_id: UUID, body: CountsBody, request: web.Request
) -> Reply[CountsSaved]:
    """Set what was counted of many items, all or none; an error names the entry, like ``/counts/3/counted``."""
    both = [n for n, each in enumerate(body.counts) if (each.variant_id is None) == (each.code is None)]
    if both:
        words = "Give either variant_id or code."
        raise Invalid(errors=[FieldError(f"/counts/{n}/variant_id", "one_of", words) for n in both])
    codes = [each.code for each in body.counts]
    ids = await _found(ctx, take_id, "counts", codes)
    counts = [Count(each.variant_id or ids[each.code or ""], each.counted) for each in body.counts]
    return await _counted(ctx, take_id, counts, expected(request), field="counts", key="counted")


@routes.post(_ONE + "/scans", permission=COUNT, idempotent=True)
async def add_stock_take_scans(ctx: Context, take_id: UUID, body: ScansBody) -> Reply[CountsSaved]:
    """Add what was scanned, all or nothing."""
    ids = await _found(ctx, take_id, "scans", [scan.code for scan in body.scans])
    counts = [Count(ids[scan.code], scan.quantity, adds=True) for scan in body.scans]
    return await _counted(ctx, take_id, counts, None, field="scans", key="quantity")


@routes.post(_ONE + "/apply", permission=EDIT, idempotent=True)
async def apply_stock_take(ctx: Context, take_id: UUID, request: web.Request) -> Reply[StockTake]:
    """Make moves of the differences: 202 while a job does it; ``held`` lines could not be applied."""
    insisted = expected(request)
    await guarded(stock_take_apply.apply(ctx, take_id, insisted), insisted)
    found = await list_stock_takes.by_id(ctx, take_id)
    return Reply(found, 202 if found.state == "applying" else 200, etag(found.version))


@routes.post(_ONE + "/cancel", permission=EDIT, idempotent=True)
async def cancel_stock_take(ctx: Context, take_id: UUID, request: web.Request) -> Reply[StockTake]:
    """Give a stock-take up; nothing moves."""
    insisted = expected(request)
    await guarded(stock_takes.cancel(ctx, take_id, insisted), insisted)
    return await _reply(ctx, take_id)


async def _found(
    ctx: Context, take_id: UUID, field: str, codes: list[str | None] | list[str]
) -> dict[str, UUID]:
    """Give the variants of codes; an error names those that no variant or several have."""
    found = await stock_take_scope.found_by(ctx, [code for code in codes if code], take_id)
    errors = []
    for n, code in enumerate(codes):
        if code is not None and len(found.get(code, [])) != 1:
            words = stock_take_scope.SEVERAL if code in found else stock_take_scope.UNKNOWN
            name = "several" if code in found else "unknown"
            errors.append(FieldError(f"/{field}/{n}/code", name, ctx.gettext(words, code=code)))
    if errors:
        raise Invalid(errors=errors)
    return {code: ids[0] for code, ids in found.items()}


async def _counted(
    ctx: Context, take_id: UUID, counts: list[Count], insisted: int | None, *, field: str, key: str
) -> Reply[CountsSaved]:
    version, found = await guarded(
        stock_take_counts.count(ctx, take_id, counts, version=insisted, field=field, key=key), insisted
    )
    return Reply(CountsSaved(version=version, lines=found), 200, etag(version))


async def _reply(ctx: Context, take_id: UUID, status: int = 200) -> Reply[StockTake]:
    found = await list_stock_takes.by_id(ctx, take_id)
    return Reply(found, status, etag(found.version))
