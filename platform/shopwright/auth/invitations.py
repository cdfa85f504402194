# SPDX-License-Identifier: Apache-2.0
"""Staff users come by invitation: whoever reads the mail chooses the password, nobody else ever knows it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.auth.accounts import STAFF, binding_in, redeemed
from shopwright.auth.email import clean_email
from shopwright.auth.models import StaffRoleRow, StaffUserRow
from shopwright.auth.passwords import require_acceptable
from shopwright.auth.roles import EDIT_STAFF, require_covers
from shopwright.errors import Conflict, FieldError, Forbidden, Invalid
from shopwright.i18n import translatable
from shopwright.ids import new_id

if TYPE_CHECKING:
    from shopwright.auth import Auth
    from shopwright.context import Context


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody who was given a role. ``token`` goes by mail to ``email`` and is shown to nobody."""

    staff_user_id: UUID
    email: str
    token: str | None
    """None: this person has a password already and can sign in."""


async def invite(auth: "Auth", ctx: "Context", email: str, name: str, role: str) -> Invitation:
    """Give somebody a role in the store, making an account without a password when there is none.

    Raises:
        Invalid: the e-mail or the role is not acceptable; names the field.
        Forbidden: the role allows more than the actor may do.
        Conflict: this person works in the store already, or the account is disabled.
    """
    ctx.require(EDIT_STAFF)
    address = clean_email(email)
    async with ctx.transaction() as session:
        user = await _found_or_made(session, ctx, address, name)
        if user.disabled_at is not None:
            raise Conflict(translatable("This account is disabled: whoever disabled it can enable it again."))
        held = await session.get(StaffRoleRow, (ctx.store.id, user.id))
        if held is None:
            await auth.roles.give(session, ctx, user.id, role)
        elif user.password_hash is not None or held.role != role:
            raise Conflict(translatable("This person has a role in the store already: change it there."))
        else:
            require_covers(ctx.actor, (await auth.roles.find(session, role)).permissions)
        token = None
        if user.password_hash is None:
            token = await auth.one_time.issue(session, "invite", (STAFF, user.id), binding=user.binding)
        await ctx.audit(session, "kernel.staff_invited", subject=("kernel.staff_user", user.id))
        return Invitation(user.id, user.email, token)


async def look(auth: "Auth", ctx: "Context", token: str) -> str | None:
    """Give the e-mail an invitation is for, without using it up; None when it is not good any more."""
    async with ctx.transaction(readonly=True) as session:
        binding_of = binding_in(session, lock=False)
        found = await auth.one_time.look(session, token, "invite", STAFF, binding_of=binding_of)
        user = await session.get(StaffUserRow, found.subject_id) if found else None
        return user.email if user else None


async def accept(auth: "Auth", ctx: "Context", token: str, password: str, name: str = "") -> UUID:
    """Set the first password of an invited staff user.

    Raises:
        Invalid: the password is not acceptable; the invitation stays good.
        Conflict: the invitation was used, has expired, or never was.
    """
    require_acceptable(password)
    password_hash = await auth.passwords.hash(password)
    async with ctx.transaction() as session:
        found = await auth.one_time.redeem(session, token, "invite", STAFF, binding_of=binding_in(session))
        user = await redeemed(session, found)
        require_acceptable(password, email=user.email)
        user.password_hash = password_hash
        user.name = name.strip() or user.name
        await ctx.audit(session, "kernel.invitation_accepted", subject=("kernel.staff_user", user.id))
        return user.id


async def create(auth: "Auth", ctx: "Context", *, email: str, name: str, password: str, role: str) -> UUID:
    """Make a staff user with a password at once: for the command line and the first owner only.

    Raises:
        Invalid: the e-mail, the password or the role is not acceptable; names the field.
        Forbidden: a person acts, not the system.
        Conflict: there is an account with this e-mail.
    """
    if ctx.actor.kind != "system":
        raise Forbidden("Invite staff instead: nobody but they themselves should know their password.")
    address = clean_email(email)
    require_acceptable(password, email=address)
    password_hash = await auth.passwords.hash(password)
    async with ctx.transaction() as session:
        made = await _make(session, ctx, address, name)
        if made is None:
            raise Conflict(f"There is a staff user {address} already: invite them to this store instead.")
        made.password_hash = password_hash
        await auth.roles.give(session, ctx, made.id, role)
        await ctx.audit(session, "kernel.staff_created", subject=("kernel.staff_user", made.id))
        return made.id


async def _found_or_made(session: AsyncSession, ctx: "Context", email: str, name: str) -> StaffUserRow:
    made = await _make(session, ctx, email, name)
    if made is not None:
        return made
    return (await session.scalars(select(StaffUserRow).where(StaffUserRow.email == email))).one()


async def _make(session: AsyncSession, ctx: "Context", email: str, name: str) -> StaffUserRow | None:
    """Make an account without a password; None when there is one with this e-mail."""
    if not name.strip():
        message = translatable("Say what this person is called.")
        raise Invalid(message, errors=[FieldError("/name", "required", message)])
    row = StaffUserRow
    values = {"id": new_id(), "email": email, "name": name.strip(), "locale": ctx.locale}
    new = insert(row).values(**values, created_at=ctx.clock.now(), totp_enabled=False, totp_last_step=0)
    made = new.on_conflict_do_nothing(index_elements=["email"]).returning(row)
    return (await session.scalars(made)).one_or_none()
