# SPDX-License-Identifier: Apache-2.0
"""The mails: to those who may approve, and back to who asked. Each in the language of who gets it."""

from dataclasses import replace
from uuid import UUID

from shopwright.context import Context
from shopwright.http.responses import url
from shopwright.mail import Message
from shopwright_approvals.services import requests
from shopwright_approvals.services.requests import Request
from shopwright_customers import api as customers
from shopwright_customers.api import CustomerInfo


async def ask(ctx: Context, request_id: UUID, customer_id: UUID) -> None:
    """Ask an approver, unless the request is decided or gone by now."""
    request, person = await requests.by_id(ctx, request_id), await customers.customer(ctx, customer_id)
    if request is None or request.status != "pending" or person is None or person.disabled_at is not None:
        return
    local = _local(ctx, person)
    body = local.gettext(
        "%(buyer)s wants to order for %(total)s for %(company)s at %(store)s, which is above their limit."
        "\n\n%(lines)s\n\n%(note)s\n\nApprove or decline it: %(link)s",
        buyer=request.buyer,
        total=local.format_money(request.total),
        company=request.company,
        store=local.store.name,
        lines="\n".join(
            f"{line.quantity} × {line.title} {line.variant_title}".strip() for line in request.lines
        ),
        note=request.note or "–",
        link=_link(local, request),
    )
    subject = local.gettext("%(buyer)s asks for your approval", buyer=request.buyer)
    await local.kernel.mailer.send(Message(person.email, subject, body))


async def answer(ctx: Context, request_id: UUID) -> None:
    """Tell who asked what was decided."""
    request = await requests.by_id(ctx, request_id)
    person = await customers.customer(ctx, request.customer_id) if request is not None else None
    if request is None or person is None or request.status not in {"approved", "declined"}:
        return
    local = _local(ctx, person)
    values = {
        "decider": request.decider, "total": local.format_money(request.total), "store": local.store.name,
        "reason": request.reason or "–", "link": _link(local, request),
    }  # fmt: skip
    if request.status == "approved":
        subject = local.gettext("Your order is approved")
        body = local.gettext(
            "%(decider)s approved your order for %(total)s at %(store)s. It is not placed yet: do it here, and leave "
            "the cart as it is.\n\n%(link)s\n\n%(reason)s",
            **values,
        )
    else:
        subject = local.gettext("Your order is not approved")
        body = local.gettext(
            "%(decider)s declined your order for %(total)s at %(store)s:\n\n%(reason)s\n\n%(link)s", **values
        )
    await local.kernel.mailer.send(Message(person.email, subject, body))


def _local(ctx: Context, person: CustomerInfo) -> Context:
    return replace(
        ctx, locale=person.locale if person.locale in ctx.store.locales else ctx.store.default_locale
    )


def _link(ctx: Context, request: Request) -> str:
    path = url(ctx, "approvals.approval", request_id=request.id)
    return ctx.kernel.config.url_of(ctx.store.hosts[0], path)
