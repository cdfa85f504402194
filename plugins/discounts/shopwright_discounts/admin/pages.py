# SPDX-License-Identifier: Apache-2.0
"""Promotions in the admin: list, editor, codes."""

from collections.abc import Mapping
from typing import Any, Literal, get_args
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, Invalid, NotFound
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import Column, ListView, admin_page, list_page
from shopwright_discounts.admin import parts_form, promotion_form
from shopwright_discounts.admin.promotion_form import Typed
from shopwright_discounts.hookspecs import promotion_actions, promotion_conditions
from shopwright_discounts.services import bulk, coupons, save_promotion
from shopwright_discounts.services.read_promotions import SavedPromotion, State, all_promotions, by_id

routes = Routes("discounts", Scope.ADMIN)
VIEW, EDIT = "discounts.promotion.view", "discounts.promotion.edit"
_CODES_SHOWN = 50


class VersionForm(BaseModel):
    """The version of the promotion that was on the screen."""

    version: int


class CouponForm(BaseModel):
    """A code as it is typed in."""

    code: str = Field(min_length=1, max_length=80)
    limit_total: str = Field(default="", max_length=10)


class StateQuery(BaseModel):
    """Which promotions to list."""

    state: Literal["", "active", "scheduled", "ended", "off"] = ""


class SwitchForm(BaseModel):
    """Whether a code is to be valid."""

    enabled: bool


@routes.get("/admin/discounts", permission=VIEW)
async def admin_promotions(ctx: Context, query: StateQuery) -> web.Response:
    """List promotions, all or those of one state."""
    found = [x for x in await all_promotions(ctx) if query.state in {"", x.state}]
    path = url(ctx, "discounts.admin_promotions")
    states = [("", ctx.gettext("All")), *((x, ctx.gettext(x)) for x in get_args(State))]
    view = ListView(
        title=ctx.gettext("Discounts"),
        columns=[
            Column("title", ctx.gettext("Name"), "link"),
            Column("code", ctx.gettext("Rule")),
            Column("state", ctx.gettext("Status"), "badge"),
            Column("priority", ctx.gettext("Priority"), "number"),
            Column("coupons", ctx.gettext("Codes"), "number"),
            Column("uses", ctx.gettext("Used"), "number"),
        ],
        rows=[
            {
                "url": url(ctx, "discounts.admin_promotion", promotion_id=x.id),
                "title": x.title, "code": x.code, "state": x.state, "priority": x.priority,
                "coupons": x.coupons, "uses": x.uses,
            }
            for x in found
        ],
        total=len(found),
        searchable=False,
        empty_title=ctx.gettext("No discounts yet"),
        empty_text=ctx.gettext("A promotion makes prices or carts cheaper, by rules or by codes."),
        create_url=url(ctx, "discounts.admin_new_promotion") if ctx.actor.can(EDIT) else "",
        create_label=ctx.gettext("Add a promotion"),
        filters=[
            {"label": label, "url": f"{path}?state={state}" if state else path, "current": state == query.state}
            for state, label in states
        ],
    )  # fmt: skip
    return await list_page(ctx, view)


@routes.get("/admin/discounts/new", permission=EDIT)
async def admin_new_promotion(ctx: Context) -> web.Response:
    """Begin a promotion."""
    return await _editor(ctx, promotion_form.blank(), {})


@routes.post("/admin/discounts/new", permission=EDIT)
async def admin_create_promotion(ctx: Context, request: web.Request) -> web.Response:
    """Add a promotion, or a part to the one in the form."""
    return await _posted(ctx, request, None)


@routes.get("/admin/discounts/{promotion_id}", permission=VIEW)
async def admin_promotion(ctx: Context, promotion_id: UUID) -> web.Response:
    """Show a promotion in its editor."""
    saved = await _saved(ctx, promotion_id)
    return await _editor(ctx, promotion_form.of(ctx, saved), {}, saved=saved)


@routes.post("/admin/discounts/{promotion_id}", permission=EDIT)
async def admin_update_promotion(ctx: Context, request: web.Request, promotion_id: UUID) -> web.Response:
    """Change a promotion, or add a part to the one in the form."""
    return await _posted(ctx, request, await _saved(ctx, promotion_id))


@routes.post("/admin/discounts/{promotion_id}/delete", permission=EDIT)
async def admin_delete_promotion(ctx: Context, request: web.Request, promotion_id: UUID) -> web.Response:
    """Remove a promotion."""
    assert ctx.visit is not None
    form = await read_form(request, VersionForm)
    try:
        await save_promotion.delete(ctx, promotion_id, form.value.version if form.value else 0)
    except Conflict as error:
        ctx.visit.flash("error", ctx.gettext(error.detail))
        return redirect(ctx, url(ctx, "discounts.admin_promotion", promotion_id=promotion_id))
    ctx.visit.flash("success", ctx.gettext("The promotion is removed."))
    return redirect(ctx, url(ctx, "discounts.admin_promotions"))


@routes.post("/admin/discounts/{promotion_id}/coupons", permission=EDIT)
async def admin_create_coupon(ctx: Context, request: web.Request, promotion_id: UUID) -> web.Response:
    """Add a code."""
    assert ctx.visit is not None
    form = await read_form(request, CouponForm)
    if form.value is None:
        ctx.visit.flash("error", " ".join(form.errors.values()))
        return redirect(ctx, url(ctx, "discounts.admin_promotion", promotion_id=promotion_id))
    typed = form.value.limit_total.strip()
    is_number = typed.isascii() and typed.isdigit()
    try:
        await coupons.add(
            ctx, promotion_id, form.value.code, (int(typed) if is_number else 0) if typed else None
        )
        ctx.visit.flash("success", ctx.gettext("The code is saved."))
    except (Invalid, Conflict) as error:
        ctx.visit.flash("error", ctx.gettext(error.errors[0].message))
    return redirect(ctx, url(ctx, "discounts.admin_promotion", promotion_id=promotion_id))


@routes.post("/admin/discounts/{promotion_id}/coupons/{coupon_id}", permission=EDIT)
async def admin_switch_coupon(
    ctx: Context, request: web.Request, promotion_id: UUID, coupon_id: UUID
) -> web.Response:
    """Make a code valid or not."""
    form = await read_form(request, SwitchForm)
    if form.value is not None:
        await coupons.switch(ctx, promotion_id, coupon_id, enabled=form.value.enabled)
    return redirect(ctx, url(ctx, "discounts.admin_promotion", promotion_id=promotion_id))


async def _posted(ctx: Context, request: web.Request, saved: SavedPromotion | None) -> web.Response:
    assert ctx.visit is not None
    posted = await request.post()
    typed = promotion_form.read(ctx, posted)
    for name in ("conditions", "actions"):
        if posted.get("do") == f"add_{name}" and len(getattr(typed, name)) < 20:
            getattr(typed, name).append({"kind": str(posted.get(f"new_{name}", "")), "values": {}})
    if posted.get("do") != "save":
        return await _editor(ctx, typed, {}, saved=saved)
    try:
        promotion = promotion_form.meant(ctx, typed)
        if saved is None:
            promotion_id = await save_promotion.create(ctx, promotion)
        else:
            promotion_id = saved.id
            await save_promotion.update(ctx, saved.id, typed.version, promotion)
    except (Invalid, Conflict) as error:
        errors = {x.pointer: ctx.gettext(x.message) for x in error.errors} or {"": ctx.gettext(error.detail)}
        return await _editor(ctx, typed, errors, saved=saved, status=error.status)
    ctx.visit.flash("success", ctx.gettext("The promotion is saved."))
    return redirect(ctx, url(ctx, "discounts.admin_promotion", promotion_id=promotion_id))


async def _saved(ctx: Context, promotion_id: UUID) -> SavedPromotion:
    found = await by_id(ctx, promotion_id)
    if found is None:
        raise NotFound("There is no such promotion.")
    return found


async def _editor(
    ctx: Context,
    typed: Typed,
    errors: Mapping[str, str],
    *,
    saved: SavedPromotion | None = None,
    status: int = 200,
) -> web.Response:
    title = saved.title if saved else ctx.gettext("New promotion")
    kinds: dict[str, Any] = {
        "conditions": ctx.hooks.registered(promotion_conditions), "actions": ctx.hooks.registered(promotion_actions),
    }  # fmt: skip
    return await admin_page(
        ctx,
        "discounts/admin/promotion.html",
        title=title,
        status=status,
        crumbs=[(ctx.gettext("Discounts"), url(ctx, "discounts.admin_promotions")), (title, "")],
        saved=saved,
        typed=typed,
        errors={name.strip("/"): words for name, words in errors.items()},
        groups=[
            {
                "name": name,
                "parts": parts_form.shown(ctx, name, kinds[name], getattr(typed, name), errors),
                "kinds": [(kind.code, ctx.gettext(kind.label)) for kind in kinds[name].values()],
            }
            for name in ("conditions", "actions")
        ],
        codes=await coupons.of_promotion(ctx, saved.id, limit=_CODES_SHOWN) if saved else (),
        batches=await bulk.of_promotion(ctx, saved.id) if saved else (),
        most=bulk.MOST,
        locales=[x for x in ctx.store.locales if x != ctx.store.default_locale],
        can_edit=ctx.actor.can(EDIT),
    )
