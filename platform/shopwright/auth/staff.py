# SPDX-License-Identifier: Apache-2.0
"""Staff users: everything that is done with their accounts, one use case a module behind it."""

from typing import TYPE_CHECKING
from uuid import UUID

from shopwright.auth import accounts, invitations, recovery, sign_in
from shopwright.auth.accounts import StaffUser
from shopwright.auth.ending import end_access
from shopwright.auth.invitations import Invitation
from shopwright.auth.owners import require_other_owner
from shopwright.auth.recovery import Mail
from shopwright.auth.roles import EDIT_STAFF, VIEW_STAFF
from shopwright.auth.sign_in import SignIn
from shopwright.errors import NotFound
from shopwright.i18n import translatable

if TYPE_CHECKING:
    from shopwright.auth import Auth
    from shopwright.context import Context


class StaffService:
    """Staff users of the context's store. Roles are changed through ``auth.roles``."""

    def __init__(self, auth: "Auth") -> None:
        self._auth = auth

    async def all(self, ctx: "Context") -> list[StaffUser]:
        """Give everybody who works in the store, by name."""
        ctx.require(VIEW_STAFF)
        return await accounts.of_store(self._auth.roles, ctx)

    async def get(self, ctx: "Context", staff_user_id: UUID) -> StaffUser:
        """Give one who works in the store; whoever asks for themselves needs no permission.

        Raises:
            NotFound: no such staff user works in the store.
        """
        if ctx.actor.kind != "staff" or ctx.actor.id != staff_user_id:
            ctx.require(VIEW_STAFF)
        account = await accounts.by_id(self._auth.roles, ctx, staff_user_id)
        if account is None or account.user.role is None:
            raise NotFound(translatable("No such staff user works in this store."))
        return account.user

    async def create(self, ctx: "Context", *, email: str, name: str, password: str, role: str) -> UUID:
        """Make a staff user with a password: as the system only. See ``invitations.create``."""
        return await invitations.create(self._auth, ctx, email=email, name=name, password=password, role=role)

    async def invite(self, ctx: "Context", email: str, name: str, role: str) -> Invitation:
        """Give somebody a role. See ``invitations.invite``."""
        return await invitations.invite(self._auth, ctx, email, name, role)

    async def look_at_invitation(self, ctx: "Context", token: str) -> str | None:
        """Give the e-mail an invitation is for, without using it up."""
        return await invitations.look(self._auth, ctx, token)

    async def accept_invitation(self, ctx: "Context", token: str, password: str, name: str = "") -> UUID:
        """Set the first password. See ``invitations.accept``."""
        return await invitations.accept(self._auth, ctx, token, password, name)

    async def authenticate(self, ctx: "Context", email: str, password: str, totp_code: str = "") -> SignIn:
        """Check credentials without touching the browser's session."""
        return await sign_in.authenticate(self._auth, ctx, email, password, totp_code)

    async def sign_in(self, ctx: "Context", email: str, password: str, totp_code: str = "") -> SignIn:
        """Sign in this browser. See ``sign_in.sign_in``."""
        return await sign_in.sign_in(self._auth, ctx, email, password, totp_code)

    async def confirm_totp(self, ctx: "Context", code: str) -> SignIn:
        """Finish a sign-in that answered ``needs_totp``."""
        return await sign_in.confirm_totp(self._auth, ctx, code)

    async def sign_out(self, ctx: "Context") -> None:
        """Sign out this browser."""
        await sign_in.sign_out(ctx)

    async def request_reset(self, ctx: "Context", email: str) -> Mail | None:
        """Make a link for a forgotten password. See ``recovery.request_reset``."""
        return await recovery.request_reset(self._auth, ctx, email)

    async def look_at_reset(self, ctx: "Context", token: str) -> str | None:
        """Give the e-mail of the account a link is for, without using it up."""
        return await recovery.look(self._auth, ctx, token, "reset")

    async def reset_password(self, ctx: "Context", token: str, password: str) -> UUID:
        """Set a new password with a link. See ``recovery.reset_password``."""
        return await recovery.reset_password(self._auth, ctx, token, password)

    async def change_password(self, ctx: "Context", current: str, new: str) -> None:
        """Change the own password. See ``recovery.change_password``."""
        await recovery.change_password(self._auth, ctx, current, new)

    async def require_own_password(self, ctx: "Context", password: str) -> None:
        """Have whoever acts prove who they are. See ``recovery.require_own_password``."""
        await recovery.require_own_password(self._auth, ctx, password)

    async def request_email_change(self, ctx: "Context", email: str, password: str) -> Mail:
        """Make a link to a new address. See ``recovery.request_email_change``."""
        return await recovery.request_email_change(self._auth, ctx, email, password)

    async def look_at_email_change(self, ctx: "Context", token: str) -> str | None:
        """Give the new address of whoever acts, without using the link up."""
        return await recovery.look(self._auth, ctx, token, "email_change")

    async def confirm_email_change(self, ctx: "Context", token: str) -> UUID:
        """Take over the new address. See ``recovery.confirm_email_change``."""
        return await recovery.confirm_email_change(self._auth, ctx, token)

    async def disable(self, ctx: "Context", staff_user_id: UUID) -> None:
        """Close an account in all stores at once; it can be enabled again.

        Raises:
            NotFound: no such staff user works in the store.
            Forbidden: the account may do more than the actor, here or in another store.
            Conflict: a store would be without an owner.
        """
        ctx.require(EDIT_STAFF)
        async with ctx.transaction() as session:
            owned = await accounts.require_power_over(self._auth.roles, session, ctx, staff_user_id)
            if owned:
                await require_other_owner(session, staff_user_id, owned)
            row = await accounts.locked(session, staff_user_id)
            if row is not None and row.disabled_at is None:
                row.disabled_at = ctx.clock.now()
                await ctx.audit(session, "kernel.staff_disabled", subject=("kernel.staff_user", row.id))
        await end_access(self._auth.db, staff_user_id, ctx.clock.now())

    async def enable(self, ctx: "Context", staff_user_id: UUID) -> None:
        """Open a disabled account again. Raises as ``disable`` does, but for the owner."""
        ctx.require(EDIT_STAFF)
        async with ctx.transaction() as session:
            await accounts.require_power_over(self._auth.roles, session, ctx, staff_user_id)
            row = await accounts.locked(session, staff_user_id)
            if row is not None and row.disabled_at is not None:
                row.disabled_at = None
                await ctx.audit(session, "kernel.staff_enabled", subject=("kernel.staff_user", row.id))
