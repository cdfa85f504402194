# SPDX-License-Identifier: Apache-2.0
"""Segments in the admin: list, who is in one, its conditions one by one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, admin_page, list_page
from shopwright_customers.admin.forms import Version
from shopwright_customers.admin.segment_forms import (
    ChangedSegment,
    SegmentForm,
    errors_of,
    inputs,
    typed_values,
    words,
)
from shopwright_customers.api import Condition
from shopwright_customers.hookspecs import customer_conditions
from shopwright_customers.services import matching, segments
from shopwright_customers.services.groups import EDIT
from shopwright_customers.services.segments import SavedSegment
from shopwright_customers.views import answers

routes = Routes("customers", Scope.ADMIN)
VIEW = "customers.group.view"
_ONE = "/admin/customer-segments/{segment_id}"


class PageQuery(BaseModel):
    """After which customer the page begins."""

    after: UUID | None = None


class KindQuery(BaseModel):
    """The kind of condition to add."""

    kind: str = Field(default="", max_length=100)


class Place(Version):
    """Which of the conditions, from 0."""

    place: int = Field(ge=0)


@routes.get("/admin/customer-segments", permission=VIEW)
async def admin_segments(ctx: Context) -> web.Response:
    """List segments."""
    found = await segments.saved(ctx)
    view = ListView(
        title=ctx.gettext("Segments"),
        columns=[
            Column("title", ctx.gettext("Name"), "link"),
            Column("code", ctx.gettext("Code")),
            Column("conditions", ctx.gettext("Conditions"), "number"),
        ],
        rows=[_row(ctx, segment) for segment in found],
        total=len(found),
        searchable=False,
        empty_title=ctx.gettext("No segments yet"),
        empty_text=ctx.gettext("A segment finds customers by rules: who ordered often, who lives where."),
        create_url=url(ctx, "customers.admin_new_segment") if ctx.actor.can(EDIT) else "",
        create_label=ctx.gettext("Add a segment"),
    )
    return await list_page(ctx, view)


@routes.get("/admin/customer-segments/new", permission=EDIT)
async def admin_new_segment(ctx: Context) -> web.Response:
    """Show an empty form."""
    return await _new_page(ctx, {}, {})


@routes.post("/admin/customer-segments/new", permission=EDIT)
async def admin_create_segment(ctx: Context, request: web.Request) -> web.Response:
    """Add a segment; its conditions follow."""
    form = await read_form(request, SegmentForm)
    if form.value is None:
        return await _new_page(ctx, form.raw, form.errors, status=422)
    try:
        segment_id = await segments.create(ctx, **form.value.model_dump())
    except Invalid as error:
        return await _new_page(ctx, form.raw, answers.errors_of(ctx, error, otherwise=""), status=422)
    return _back(ctx, segment_id, ctx.gettext("The segment is saved. Now add its conditions."))


@routes.get(_ONE, permission=VIEW)
async def admin_segment(ctx: Context, query: PageQuery, segment_id: UUID) -> web.Response:
    """Show a segment, its conditions and who is in it."""
    return await _page(ctx, await segments.get(ctx, segment_id), {}, after=query.after)


@routes.post(_ONE, permission=EDIT)
async def admin_update_segment(ctx: Context, request: web.Request, segment_id: UUID) -> web.Response:
    """Change a segment's name, code, and whether all or any conditions must hold."""
    segment = await segments.get(ctx, segment_id)
    form = await read_form(request, ChangedSegment)
    if form.value is None:
        return await _page(ctx, segment, form.errors, typed=form.raw, status=422)
    try:
        await segments.update(ctx, segment_id, **form.value.model_dump(), conditions=segment.conditions)
    except (Invalid, Conflict) as error:
        errors = answers.errors_of(ctx, error, otherwise="")
        return await _page(ctx, segment, errors, typed=form.raw, status=error.status)
    return _back(ctx, segment_id, ctx.gettext("The segment is saved."))


@routes.get(f"{_ONE}/add", permission=EDIT)
async def admin_new_condition(ctx: Context, query: KindQuery, segment_id: UUID) -> web.Response:
    """Show the form of a kind of condition, or the kinds to choose from."""
    return await _condition_page(ctx, await segments.get(ctx, segment_id), query.kind, {}, {})


@routes.post(f"{_ONE}/add", permission=EDIT)
async def admin_add_condition(
    ctx: Context, request: web.Request, query: KindQuery, segment_id: UUID
) -> web.Response:
    """Add a condition."""
    segment = await segments.get(ctx, segment_id)
    kind = ctx.hooks.registered(customer_conditions).get(query.kind)
    if kind is None:
        raise NotFound(
            ctx.gettext("There is no kind of condition “%(code)s” in this store.", code=query.kind)
        )
    raw = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    added = Condition(kind.code, typed_values(ctx, kind, raw), "negated" in raw)
    version = int(raw["version"]) if raw.get("version", "").isdecimal() and len(raw["version"]) < 10 else 0
    try:
        await _replace(ctx, segment, version, [*segment.conditions, added])
    except Invalid as error:
        return await _condition_page(ctx, segment, kind.code, raw, errors_of(ctx, error), status=422)
    except Conflict as error:
        return await _condition_page(
            ctx, segment, kind.code, raw, {"": answers.words(ctx, error)}, status=409
        )
    return _back(ctx, segment_id, ctx.gettext("The condition is saved."))


@routes.post(f"{_ONE}/drop", permission=EDIT)
async def admin_drop_condition(ctx: Context, request: web.Request, segment_id: UUID) -> web.Response:
    """Take a condition away."""
    segment = await segments.get(ctx, segment_id)
    form = await read_form(request, Place)
    place, version = (form.value.place, form.value.version) if form.value else (-1, 0)
    left = [condition for number, condition in enumerate(segment.conditions) if number != place]
    try:
        await _replace(ctx, segment, version, left)
    except Conflict as error:
        return _back(ctx, segment_id, answers.words(ctx, error), level="error")
    return _back(ctx, segment_id, ctx.gettext("The condition is removed."))


@routes.post(f"{_ONE}/delete", permission=EDIT)
async def admin_delete_segment(ctx: Context, request: web.Request, segment_id: UUID) -> web.Response:
    """Remove a segment."""
    assert ctx.visit is not None
    form = await read_form(request, Version)
    try:
        await segments.delete(ctx, segment_id, form.value.version if form.value else 0)
    except Conflict as error:
        return _back(ctx, segment_id, answers.words(ctx, error), level="error")
    ctx.visit.flash("success", ctx.gettext("The segment is removed."))
    return redirect(ctx, url(ctx, "customers.admin_segments"))


async def _replace(
    ctx: Context, segment: SavedSegment, version: int, conditions: Sequence[Condition]
) -> None:
    await segments.update(
        ctx, segment.id, version, code=segment.code, title=segment.title, match=segment.match,
        conditions=conditions,
    )  # fmt: skip


def _back(ctx: Context, segment_id: UUID, message: str, *, level: str = "success") -> web.Response:
    assert ctx.visit is not None
    ctx.visit.flash(level, message)
    return redirect(ctx, url(ctx, "customers.admin_segment", segment_id=segment_id))


def _row(ctx: Context, segment: SavedSegment) -> dict[str, Any]:
    return {
        "url": url(ctx, "customers.admin_segment", segment_id=segment.id),
        "title": segment.title,
        "code": segment.code,
        "conditions": len(segment.conditions),
    }


def _crumbs(ctx: Context) -> list[tuple[str, str]]:
    return [(ctx.gettext("Segments"), url(ctx, "customers.admin_segments"))]


async def _new_page(
    ctx: Context, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    title = ctx.gettext("New segment")
    return await admin_page(
        ctx, "customers/admin/segment_new.html", title=title, status=status, crumbs=[*_crumbs(ctx), (title, "")],
        typed=typed, errors=errors,
    )  # fmt: skip


async def _page(
    ctx: Context,
    segment: SavedSegment,
    errors: dict[str, str],
    *,
    typed: dict[str, str] | None = None,
    after: UUID | None = None,
    status: int = 200,
) -> web.Response:
    found, next_after = await matching.page(ctx, segment, after=after)
    return await admin_page(
        ctx,
        "customers/admin/segment.html",
        title=segment.title,
        status=status,
        crumbs=[*_crumbs(ctx), (segment.title, "")],
        segment=replace(segment, conditions=()),
        conditions=[await words(ctx, condition) for condition in segment.conditions],
        typed=typed or {"code": segment.code, "title": segment.title, "match": segment.match},
        errors=errors,
        count=await matching.count(ctx, segment),
        customers=found,
        next_after=next_after,
        can_edit=ctx.actor.can(EDIT),
        can_see=ctx.actor.can("customers.customer.view"),
    )


async def _condition_page(
    ctx: Context,
    segment: SavedSegment,
    code: str,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    status: int = 200,
) -> web.Response:
    kinds = ctx.hooks.registered(customer_conditions)
    kind, title = kinds.get(code), ctx.gettext("Add a condition")
    back = (segment.title, url(ctx, "customers.admin_segment", segment_id=segment.id))
    return await admin_page(
        ctx,
        "customers/admin/condition.html",
        title=title,
        status=status,
        crumbs=[*_crumbs(ctx), back, (kind.label(ctx) if kind else title, "")],
        segment=segment,
        kinds=[(found.code, found.label(ctx)) for found in kinds.values()],
        kind=code if kind else "",
        label=kind.label(ctx) if kind else "",
        inputs=await inputs(ctx, kind) if kind else [],
        typed=typed,
        errors=errors,
    )
