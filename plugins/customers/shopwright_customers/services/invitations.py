# SPDX-License-Identifier: Apache-2.0
"""Asking people to buy for a company: a link by mail, followed by who has the address."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.auth.email import clean_email
from shopwright.cache import Limit
from shopwright.context import Context
from shopwright.errors import Conflict, NotFound, TooManyRequests
from shopwright.i18n import translatable
from shopwright.ids import new_id
from shopwright_customers.api import BuyerRole
from shopwright_customers.services import mails, records, team
from shopwright_customers.services.companies import KIND, PUT_BUYER
from shopwright_customers.services.recovery import MAILS
from shopwright_customers.services.team import Manager

HOLDS = timedelta(days=14)
SENT = Limit("customers.invitations", 30, 3600)
"""Invitations that one company may send."""
_INVITE = text("""
INSERT INTO customers_invitation (store_id, id, company_id, invited_by, email, role, approval_limit, token_hash,
    expires_at)
VALUES (:store_id, :id, :company_id, :invited_by, :email, :role, :approval_limit, :token_hash, :expires_at)
ON CONFLICT (store_id, company_id, email) DO UPDATE SET invited_by = excluded.invited_by, role = excluded.role,
    approval_limit = excluded.approval_limit, token_hash = excluded.token_hash, expires_at = excluded.expires_at
""")
_WITHDRAW = text("DELETE FROM customers_invitation WHERE id = :id AND company_id = :company_id RETURNING id")
# Who sent it may manage no more by now, or have a lower limit than what was offered.
_OPEN = """
SELECT i.id, i.company_id, c.name, i.email::text AS email, i.role, i.approval_limit FROM customers_invitation i
JOIN customers_company c ON c.store_id = i.store_id AND c.id = i.company_id
JOIN customers_buyer b ON b.store_id = i.store_id AND b.customer_id = i.invited_by AND b.company_id = i.company_id
WHERE i.token_hash = {hash} AND i.expires_at > {now} AND b.role = 'manager'
    AND (b.approval_limit IS NULL OR i.approval_limit <= b.approval_limit)
"""
_LOOK = _OPEN.format(hash="$1", now="$2")
_TAKE = text(_OPEN.format(hash=":hash", now=":now") + "FOR UPDATE OF i, c")
_DONE = text("DELETE FROM customers_invitation WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation is for."""

    company: str
    email: str
    role: BuyerRole
    approval_limit: int | None


async def invite(ctx: Context, email: str, role: BuyerRole, approval_limit: int | None) -> str:
    """Send a link to an address, whether there is an account of it or not; gives the address as it is kept.

    Raises:
        NotFound, Forbidden: who acts manages no company.
        Invalid: this is no e-mail address, or the limit is above their own.
        TooManyRequests: too many were sent within the hour.
    """
    assert ctx.visit is not None
    address, token, now = clean_email(email), secrets.token_urlsafe(32), ctx.clock.now()
    company = (await team.own(ctx)).company
    for limit, key in ((SENT, f"{company.id}"), (MAILS, address.casefold())):
        verdict = await ctx.kernel.backend.limiter.hit(limit, f"{ctx.store.id}:{key}")
        if not verdict.allowed:
            raise TooManyRequests(headers={"Retry-After": str(int(verdict.retry_after) + 1)})
    values = {
        "store_id": ctx.store.id, "id": new_id(), "email": address, "role": role, "approval_limit": approval_limit,
        "token_hash": _hashed(token), "expires_at": now + HOLDS,
    }  # fmt: skip

    async def work(session: AsyncSession, manager: Manager) -> None:
        manager.require_cover(approval_limit)
        owner = {"company_id": manager.company.id, "invited_by": manager.id}
        await session.execute(_INVITE, values | owner)
        await ctx.audit(
            session, "customers.buyer_invited", subject=(KIND, manager.company.id), data={"role": role}
        )

    await team.as_manager(ctx, work)
    await mails.send_invitation(ctx, ctx.visit.host, address, company.name, token)
    return address


async def withdraw(ctx: Context, invitation_id: UUID) -> None:
    """Take an invitation back: its link is not good any more.

    Raises:
        NotFound, Forbidden: who acts manages no company, or there is no such invitation of theirs.
    """

    async def work(session: AsyncSession, manager: Manager) -> None:
        values = {"id": invitation_id, "company_id": manager.company.id}
        if (await session.execute(_WITHDRAW, values)).one_or_none() is None:
            raise NotFound(translatable("There is no such invitation."))

    await team.as_manager(ctx, work)


async def look(ctx: Context, token: str) -> Offer | None:
    """Tell what a link is for, without using it up; None when it is not good any more."""
    rows = await ctx.fetch_rows(_LOOK, _hashed(token), ctx.clock.now())
    return _offer(rows[0]) if rows else None


async def accept(ctx: Context, token: str) -> Offer:
    """Let the customer who acts buy for the company that invited them.

    Raises:
        Conflict: the link is not good any more or for another address, or they buy for another company.
    """
    person = await records.own(ctx)

    async def work(session: AsyncSession) -> Offer:
        values = {"hash": _hashed(token), "now": ctx.clock.now()}
        row = (await session.execute(_TAKE, values)).mappings().one_or_none()
        if row is None:
            message = translatable("This invitation is not good any more: ask for a new one.")
            raise Conflict(message, code="link_outlived")
        if row["email"].casefold() != person.email.casefold():
            message = translatable("This invitation is for another e-mail address. Sign in with that one.")
            raise Conflict(message, code="other_email")
        buyer = {"store_id": ctx.store.id, "customer_id": person.id, "company_id": row["company_id"]}
        buyer |= {name: row[name] for name in ("role", "approval_limit")}
        if (await session.execute(PUT_BUYER, buyer)).one_or_none() is None:
            raise Conflict(translatable("You buy for another company already."), code="other_company")
        await session.execute(_DONE, {"id": row["id"]})
        data = {"customer": str(person.id), "role": row["role"]}
        await ctx.audit(session, "customers.buyer_joined", subject=(KIND, row["company_id"]), data=data)
        return _offer(row)

    return await ctx.run(work)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _offer(row: Any) -> Offer:
    return Offer(row["name"], row["email"], row["role"], row["approval_limit"])
