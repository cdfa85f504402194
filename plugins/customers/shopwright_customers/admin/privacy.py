# SPDX-License-Identifier: Apache-2.0
"""Copies of people's data, and forgetting them, in the admin. Addresses travel in forms, never in URLs."""

from typing import Annotated
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shopwright.context import Context
from shopwright.http.forms import Form, read_form
from shopwright.http.responses import url
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_customers.api import CustomerInfo, Subject
from shopwright_customers.services import accounts, privacy
from shopwright_customers.services.privacy import EDIT, Copy

routes = Routes("customers", Scope.ADMIN)


class Whom(BaseModel):
    """A person by account, or by an e-mail address; the account's own address counts only when confirmed."""

    model_config = ConfigDict(extra="forbid")

    customer_id: UUID | None = None
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)] = ""


class Sure(Whom):
    """A person, and a box that must be ticked."""

    sure: bool = Field(default=False)


@routes.get("/admin/customer-privacy", permission=EDIT)
async def admin_privacy(ctx: Context) -> web.Response:
    """Show who asked to be forgotten, and a form for an e-mail address."""
    return await _page(ctx, "", "")


@routes.post("/admin/customer-privacy/export", permission=EDIT)
async def admin_export(ctx: Context, request: web.Request) -> web.Response:
    """Give a copy of a person's data as a file."""
    form = await read_form(request, Whom)
    subject = await _subject(ctx, form)
    if subject is None:
        return await _asked_for_nobody(ctx, form)
    return attachment(await privacy.export(ctx, subject))


@routes.post("/admin/customer-privacy/ask", permission=EDIT)
async def admin_ask_erase(ctx: Context, request: web.Request) -> web.Response:
    """Ask before a person is forgotten."""
    form = await read_form(request, Whom)
    subject = await _subject(ctx, form)
    if subject is None:
        return await _asked_for_nobody(ctx, form)
    return await _confirm(ctx, subject, "")


@routes.post("/admin/customer-privacy/erase", permission=EDIT)
async def admin_erase(ctx: Context, request: web.Request) -> web.Response:
    """Forget a person, and show what was erased, what was kept and why."""
    form = await read_form(request, Sure)
    subject = await _subject(ctx, form)
    if subject is None:
        return await _asked_for_nobody(ctx, form)
    if form.value is None or not form.value.sure:
        return await _confirm(
            ctx, subject, ctx.gettext("Tick the box: what is erased cannot be brought back.")
        )
    title = ctx.gettext("The person is forgotten")
    return await admin_page(
        ctx, "customers/admin/erased.html", title=title, crumbs=[*_crumbs(ctx), (title, "")],
        outcomes=await privacy.erase(ctx, subject),
    )  # fmt: skip


def attachment(copy: Copy) -> web.Response:
    """Answer with a copy as a file that no cache keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{copy.filename}"', "Cache-Control": "no-store"}
    return web.Response(text=copy.text, content_type="application/json", headers=headers)


async def _subject(ctx: Context, form: Form[Whom] | Form[Sure]) -> Subject | None:
    if form.value is None or (form.value.customer_id is None and "@" not in form.value.email):
        return None
    if form.value.customer_id is not None:
        return await privacy.subject_of(ctx, form.value.customer_id)
    return await privacy.subject_by_email(ctx, form.value.email)


async def _asked_for_nobody(ctx: Context, form: Form[Whom] | Form[Sure]) -> web.Response:
    error = ctx.gettext("This is not an e-mail address.")
    return await _page(ctx, form.raw.get("email", ""), error, status=422)


async def _page(ctx: Context, email: str, error: str, *, status: int = 200) -> web.Response:
    asked, _ = await accounts.page(ctx, status="erasure")
    title = ctx.gettext("Personal data")
    return await admin_page(
        ctx, "customers/admin/privacy.html", title=title, status=status, crumbs=[(title, "")], asked=asked,
        email=email, error=error,
    )  # fmt: skip


async def _confirm(ctx: Context, subject: Subject, error: str) -> web.Response:
    found: CustomerInfo | None = None
    if subject.customer_id is not None:
        found = await accounts.by_id(ctx, subject.customer_id)
    title = ctx.gettext("Forget this person?")
    return await admin_page(
        ctx, "customers/admin/erase.html", title=title, status=422 if error else 200,
        crumbs=[*_crumbs(ctx), (title, "")], subject=subject, customer=found, error=error,
    )  # fmt: skip


def _crumbs(ctx: Context) -> list[tuple[str, str]]:
    return [(ctx.gettext("Personal data"), url(ctx, "customers.admin_privacy"))]
