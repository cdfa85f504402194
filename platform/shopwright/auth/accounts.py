# SPDX-License-Identifier: Apache-2.0
"""Staff accounts as the services of this package need them: looked up, locked, and who may touch whose."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.auth.email import searchable_email
from shopwright.auth.models import StaffRoleRow, StaffUserRow
from shopwright.auth.one_time import BindingOf, OneTime
from shopwright.auth.roles import OWNER, Roles, require_covers
from shopwright.errors import Conflict, Forbidden, NotFound
from shopwright.i18n import translatable

if TYPE_CHECKING:
    from shopwright.context import Context

STAFF = "staff"
"""The realm of staff accounts in the throttle, and the kind of subject of their one-time tokens."""

_NOT_STAFF = "Sign in as a staff user to change your own account."

_ACCOUNT = """
    SELECT u.id, u.email, u.name, u.locale, u.password_hash, u.totp_enabled, u.disabled_at, u.signed_in_at,
           u.created_at, r.role, c.permissions
    FROM kernel_staff_user u
    LEFT JOIN kernel_staff_role r ON r.store_id = $1 AND r.staff_user_id = u.id
    LEFT JOIN kernel_role c ON c.store_id = $1 AND c.code = r.role
"""
_BY_EMAIL = f"{_ACCOUNT} WHERE u.email = $2::text::citext"
_BY_ID = f"{_ACCOUNT} WHERE u.id = $2"
_OF_STORE = f"{_ACCOUNT} WHERE r.store_id = $1 ORDER BY u.name, u.id"


@dataclass(frozen=True, slots=True)
class StaffUser:
    """A staff user as one store sees them."""

    id: UUID
    email: str
    name: str
    locale: str
    role: str | None
    """Code of the role in the store; None: does not work here."""
    permissions: frozenset[str]
    totp_enabled: bool
    has_password: bool
    """False until the invitation is accepted."""
    created_at: datetime
    signed_in_at: datetime | None
    disabled_at: datetime | None

    @property
    def may_enter(self) -> bool:
        return self.role is not None and self.disabled_at is None

    @property
    def label(self) -> str:
        return self.name or self.email


@dataclass(frozen=True, slots=True)
class Account:
    """A staff user with the password hash: stays within this package."""

    user: StaffUser
    password_hash: str | None


async def by_email(roles: Roles, ctx: "Context", email: str) -> Account | None:
    """Find an account by whatever was typed as its e-mail."""
    rows = await ctx.fetch_rows(_BY_EMAIL, ctx.store.id, searchable_email(email))
    return _account(roles, rows[0]) if rows else None


async def by_id(roles: Roles, ctx: "Context", staff_user_id: UUID) -> Account | None:
    rows = await ctx.fetch_rows(_BY_ID, ctx.store.id, staff_user_id)
    return _account(roles, rows[0]) if rows else None


async def of_store(roles: Roles, ctx: "Context") -> list[StaffUser]:
    """Give everybody who works in the store."""
    return [_account(roles, row).user for row in await ctx.fetch_rows(_OF_STORE, ctx.store.id)]


async def own_account(session: AsyncSession, ctx: "Context") -> StaffUserRow:
    """Give the account of the staff user who acts, locked for a change.

    Raises:
        Forbidden: somebody else acts.
    """
    row = await locked(session, own_id(ctx))
    if row is None:
        raise Forbidden(_NOT_STAFF)
    return row


def own_id(ctx: "Context") -> UUID:
    """Give the id of the staff user who acts.

    Raises:
        Forbidden: somebody else acts.
    """
    if ctx.actor.kind != "staff" or ctx.actor.id is None:
        raise Forbidden(_NOT_STAFF)
    return ctx.actor.id


async def locked(session: AsyncSession, staff_user_id: UUID) -> StaffUserRow | None:
    """Load an account for a change, locked."""
    wanted = select(StaffUserRow).where(StaffUserRow.id == staff_user_id).with_for_update()
    return (await session.scalars(wanted)).one_or_none()


def binding_in(session: AsyncSession, *, lock: bool = True) -> BindingOf:
    """Give what looks up what links sent to a staff user are bound to, and locks the account for a change."""

    async def binding_of(staff_user_id: UUID) -> str | None:
        load = locked(session, staff_user_id) if lock else session.get(StaffUserRow, staff_user_id)
        row = await load
        return row.binding if row and row.disabled_at is None else None

    return binding_of


async def redeemed(session: AsyncSession, found: OneTime | None) -> StaffUserRow:
    """Give the account that a used-up token belongs to.

    Raises:
        Conflict: the token was not good.
    """
    user = await session.get(StaffUserRow, found.subject_id) if found else None
    if user is None:
        raise Conflict(
            translatable("This link was used already or is too old: ask for a new one."), code="link_outlived"
        )
    return user


async def require_power_over(
    roles: Roles, session: AsyncSession, ctx: "Context", staff_user_id: UUID
) -> list[UUID]:
    """Refuse to touch an account of somebody who may do more, here or in another store.

    An account is one for all stores. So whoever changes it must have at least its permissions in this store,
    and own every other store it opens.

    Returns:
        The stores in which the account has the role owner.

    Raises:
        NotFound: this staff user does not work in the store.
        Forbidden: the account is not the actor's to touch.
    """
    rows = (
        await session.scalars(select(StaffRoleRow).where(StaffRoleRow.staff_user_id == staff_user_id))
    ).all()
    here = next((row for row in rows if row.store_id == ctx.store.id), None)
    if here is None:
        raise NotFound(translatable("No such staff user works in this store."))
    require_covers(ctx.actor, (await roles.find(session, here.role)).permissions)
    elsewhere = {row.store_id for row in rows} - {ctx.store.id}
    if ctx.actor.kind != "system" and elsewhere - await _owned(session, ctx.actor.id):
        raise Forbidden(
            translatable(
                "This person also works in stores you do not own: take the role in this store away instead."
            ),
            code="works_elsewhere",
        )
    return [row.store_id for row in rows if row.role == OWNER]


async def _owned(session: AsyncSession, staff_user_id: UUID | None) -> set[UUID]:
    row = StaffRoleRow
    wanted = select(row.store_id).where(row.staff_user_id == staff_user_id, row.role == OWNER)
    return set((await session.scalars(wanted)).all())


def _account(roles: Roles, row: object) -> Account:
    values = dict(row)  # type: ignore[call-overload]
    password_hash = values.pop("password_hash")
    custom = values.pop("permissions")
    role = values["role"]
    user = StaffUser(
        **values,
        permissions=roles.permissions_of(role, custom) if role else frozenset(),
        has_password=password_hash is not None,
    )
    return Account(user, password_hash)
