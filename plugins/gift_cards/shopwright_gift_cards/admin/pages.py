# SPDX-License-Identifier: Apache-2.0
"""Gift cards and credit in the admin: list, issue, history, top up, correct, switch."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright.i18n import translatable
from shopwright.money import Money
from shopwright_admin.api import Column, ListView, admin_page, list_page
from shopwright_gift_cards.services import manage
from shopwright_gift_cards.services.manage import Account

routes = Routes("gift_cards", Scope.ADMIN)
VIEW, EDIT, ADJUST = "gift_cards.card.view", "gift_cards.card.edit", "gift_cards.card.adjust"


class IssueForm(BaseModel):
    """A gift card as it is typed in; the last day on which it pays may be empty."""

    amount: str = Field(min_length=1, max_length=30)
    last_day: str = Field(default="", max_length=10)
    reason: str = Field(default="", max_length=200)


class AmountForm(BaseModel):
    """A change of a balance as it is typed in."""

    amount: str = Field(min_length=1, max_length=30)
    reason: str = Field(default="", max_length=200)


class SwitchForm(BaseModel):
    """Whether it pays, and the version that was on the screen."""

    enabled: bool
    version: int


class PageQuery(BaseModel):
    """Where the list goes on."""

    after: UUID | None = None


@routes.get("/admin/gift-cards", permission=VIEW)
async def admin_cards(ctx: Context, query: PageQuery) -> web.Response:
    """List gift cards and credit."""
    found = await manage.accounts(ctx, after=query.after, limit=51)
    shown, can_edit, path = found[:50], ctx.actor.can(EDIT), url(ctx, "gift_cards.admin_cards")
    view = ListView(
        title=ctx.gettext("Gift cards"),
        columns=[
            Column("name", ctx.gettext("Gift card"), "link"),
            Column("balance", ctx.gettext("Balance"), "money"),
            Column("expires", ctx.gettext("Expires"), "date"),
            Column("status", ctx.gettext("Status"), "badge"),
        ],
        rows=[_row(ctx, account) for account in shown],
        total=await manage.total(ctx),
        searchable=False,
        filters=[
            {
                "label": ctx.gettext("Many gift cards"),
                "url": url(ctx, "gift_cards.admin_batches"),
                "current": False,
            }
        ],
        next_url=f"{path}?after={shown[-1].id}" if len(found) > len(shown) else "",
        empty_title=ctx.gettext("No gift cards yet"),
        empty_text=ctx.gettext("Issue a gift card and give its code to whom it is for."),
        create_url=url(ctx, "gift_cards.admin_new_card") if can_edit else "",
        create_label=ctx.gettext("Issue a gift card"),
    )
    return await list_page(ctx, view)


@routes.get("/admin/gift-cards/new", permission=EDIT)
async def admin_new_card(ctx: Context) -> web.Response:
    """Show an empty form."""
    return await _new(ctx, {}, {})


@routes.post("/admin/gift-cards/new", permission=EDIT)
async def admin_issue_card(ctx: Context, request: web.Request) -> web.Response:
    """Issue a gift card and show its code, this once."""
    form = await read_form(request, IssueForm)
    if form.value is None:
        return await _new(ctx, form.raw, form.errors, status=422)
    try:
        amount, expires_at = amount_of(ctx, form.value.amount), end_of(form.value.last_day)
        card_id, code = await manage.issue(ctx, amount, expires_at=expires_at, reason=form.value.reason)
    except Invalid as error:
        return await _new(ctx, form.raw, said(ctx, error), status=422)
    return await _page(ctx, await manage.by_id(ctx, card_id), code=code)


@routes.get("/admin/gift-cards/{card_id}", permission=VIEW)
async def admin_card(ctx: Context, card_id: UUID) -> web.Response:
    """Show a gift card with its history."""
    return await _page(ctx, await manage.by_id(ctx, card_id))


@routes.post("/admin/gift-cards/{card_id}/top-up", permission=EDIT)
async def admin_top_up(ctx: Context, request: web.Request, card_id: UUID) -> web.Response:
    """Put more on a gift card."""
    return await _changed(ctx, request, card_id, is_adjusted=False)


@routes.post("/admin/gift-cards/{card_id}/adjust", permission=ADJUST)
async def admin_adjust(ctx: Context, request: web.Request, card_id: UUID) -> web.Response:
    """Correct a balance."""
    return await _changed(ctx, request, card_id, is_adjusted=True)


@routes.post("/admin/gift-cards/{card_id}/switch", permission=EDIT)
async def admin_switch(ctx: Context, request: web.Request, card_id: UUID) -> web.Response:
    """Let a gift card pay, or not."""
    assert ctx.visit is not None
    form = await read_form(request, SwitchForm)
    if form.value is not None:
        try:
            await manage.switch(ctx, card_id, form.value.version, enabled=form.value.enabled)
        except Conflict as error:
            ctx.visit.flash("error", ctx.gettext(error.detail))
    return redirect(ctx, url(ctx, "gift_cards.admin_card", card_id=card_id))


async def _changed(ctx: Context, request: web.Request, card_id: UUID, *, is_adjusted: bool) -> web.Response:
    assert ctx.visit is not None
    account = await manage.by_id(ctx, card_id)
    form = await read_form(request, AmountForm)
    if form.value is None:
        return await _page(ctx, account, errors=form.errors, status=422)
    service = manage.adjust if is_adjusted else manage.top_up
    try:
        await service(ctx, card_id, amount_of(ctx, form.value.amount), form.value.reason)
    except (Invalid, Conflict) as error:
        return await _page(ctx, account, errors=said(ctx, error), status=error.status)
    ctx.visit.flash("success", ctx.gettext("The balance is changed."))
    return redirect(ctx, url(ctx, "gift_cards.admin_card", card_id=card_id))


async def _new(
    ctx: Context, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    title = ctx.gettext("Issue a gift card")
    crumbs = [(ctx.gettext("Gift cards"), url(ctx, "gift_cards.admin_cards")), (title, "")]
    template = "gift_cards/admin/new.html"
    return await admin_page(
        ctx, template, title=title, status=status, crumbs=crumbs, typed=typed, errors=errors
    )


async def _page(
    ctx: Context, account: Account, *, code: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> web.Response:
    title = _name(ctx, account)
    return await admin_page(
        ctx,
        "gift_cards/admin/card.html",
        title=title,
        status=status,
        crumbs=[(ctx.gettext("Gift cards"), url(ctx, "gift_cards.admin_cards")), (title, "")],
        account=account,
        entries=await manage.entries(ctx, account),
        code=code,
        errors=errors or {},
        can_edit=ctx.actor.can(EDIT),
        can_adjust=ctx.actor.can(ADJUST),
    )


def amount_of(ctx: Context, typed: str) -> int:
    """Read an amount as people write it."""
    try:
        return Money.from_decimal(typed.strip().replace(",", "."), ctx.store.currency).amount
    except ValueError:
        message = translatable("Write the amount as a number, like 50 or 49.90.")
        raise Invalid(errors=[FieldError("/amount", "not_a_number", message)]) from None


def end_of(last_day: str) -> datetime | None:
    """Give the moment after the last day."""
    if not last_day:
        return None
    try:
        return datetime.combine(date.fromisoformat(last_day) + timedelta(days=1), time(), UTC)
    except (ValueError, OverflowError):
        message = translatable("Choose a date to come.")
        raise Invalid(errors=[FieldError("/last_day", "not_a_date", message)]) from None


def said(ctx: Context, error: Invalid | Conflict) -> dict[str, str]:
    """Give errors by field, in the language of who reads them."""
    errors = {e.pointer.strip("/"): ctx.gettext(e.message) for e in error.errors}
    return {"last_day" if name == "expires_at" else name: message for name, message in errors.items()}


def _name(ctx: Context, account: Account) -> str:
    if account.kind == "credit":
        return ctx.gettext("Store credit")
    return ctx.gettext("Gift card •••• %(last4)s", last4=account.last4)


def _row(ctx: Context, account: Account) -> dict[str, object]:
    return {
        "url": url(ctx, "gift_cards.admin_card", card_id=account.id),
        "name": _name(ctx, account),
        "balance": account.balance,
        "expires": account.expires_at,
        "status": account.status,
    }
