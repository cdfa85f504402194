# SPDX-License-Identifier: Apache-2.0
"""Roles of a store: the built-in ones, those it makes for itself, and who has which."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.actor import Actor
from shopwright.auth.ending import end_access_in_store
from shopwright.auth.models import RoleRow, StaffRoleRow
from shopwright.auth.owners import lock_owners, require_other_owner
from shopwright.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from shopwright.i18n import translatable
from shopwright.plugin import Permission
from shopwright.registry import Registry

if TYPE_CHECKING:
    from shopwright.context import Context

OWNER, MANAGER, CUSTOMER_SERVICE = "owner", "manager", "customer_service"
EVERYTHING = frozenset({"*"})

VIEW_STAFF, EDIT_STAFF = "kernel.staff.view", "kernel.staff.edit"
KERNEL_PERMISSIONS = (
    Permission(VIEW_STAFF, translatable("See staff and roles")),
    Permission(EDIT_STAFF, translatable("Invite staff and change roles")),
    Permission("kernel.api_keys.view", translatable("See API keys")),
    Permission("kernel.api_keys.edit", translatable("Make and revoke API keys")),
    Permission("kernel.plugins.view", translatable("See plugins")),
    Permission("kernel.plugins.edit", translatable("Switch plugins on and off")),
    Permission("kernel.settings.view", translatable("See settings")),
    Permission("kernel.settings.edit", translatable("Change settings")),
    Permission("kernel.settings.installation", translatable("Change settings of the whole installation")),
    Permission("kernel.audit.view", translatable("See who did what")),
    Permission("kernel.jobs.view", translatable("See background jobs")),
    Permission("kernel.jobs.edit", translatable("Repeat and drop background jobs")),
)
_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")


@dataclass(frozen=True, slots=True)
class Role:
    """A role of a store and what it allows; ``*`` is everything."""

    code: str
    label: str
    permissions: frozenset[str]
    built_in: bool


def known_permissions(registry: Registry) -> dict[str, Permission]:
    """Give every permission there is, by code: the kernel's and those of all loaded plugins."""
    found = {permission.code: permission for permission in KERNEL_PERMISSIONS}
    for plugin in registry.plugins.values():
        found |= {permission.code: permission for permission in plugin.manifest.permissions}
    return found


def built_in_roles(known: Collection[str]) -> dict[str, Role]:
    """Give the roles that every store has, by code."""
    manager = {
        code for code in known
        if not code.startswith("kernel.staff.") and code != "kernel.settings.installation"
    }  # fmt: skip
    service = {code for code in known if code.endswith(".view") or code.startswith(("orders.", "customers."))}
    roles = (
        Role(OWNER, "Owner", EVERYTHING, built_in=True),
        Role(MANAGER, "Manager", frozenset(manager), built_in=True),
        Role(CUSTOMER_SERVICE, "Customer service", frozenset(service), built_in=True),
    )
    return {role.code: role for role in roles}


def covers(actor: Actor, permissions: Collection[str]) -> bool:
    """Tell whether an actor may do all of this, and so may hand it on."""
    return actor.kind == "system" or "*" in actor.permissions or set(permissions) <= actor.permissions


def require_covers(actor: Actor, permissions: Collection[str]) -> None:
    """Refuse to give or take what the actor does not have.

    Raises:
        Forbidden: the actor lacks some of it.
    """
    if not covers(actor, permissions):
        raise Forbidden(
            translatable("You can only give or take what you may do yourself."), code="beyond_own_permissions"
        )


class Roles:
    """Looks up, makes and assigns roles. Everything is done in the context's store."""

    def __init__(self, registry: Registry) -> None:
        self.known: Mapping[str, Permission] = known_permissions(registry)
        self.built_in: Mapping[str, Role] = built_in_roles(self.known)

    def permissions_of(self, role: str, custom: Collection[str] | None) -> frozenset[str]:
        """Give what a role allows; ``custom`` are the permissions of a role the store made."""
        built_in = self.built_in.get(role)
        return built_in.permissions if built_in else frozenset(custom or ())

    async def all(self, ctx: "Context") -> list[Role]:
        """Give the roles of the store, built-in ones first."""
        ctx.require(VIEW_STAFF)
        async with ctx.transaction(readonly=True) as session:
            rows = await session.scalars(select(RoleRow).order_by(RoleRow.label))
            return [*self.built_in.values(), *(_role(row) for row in rows)]

    async def save(
        self, ctx: "Context", code: str, label: str, permissions: Collection[str], *, is_new: bool = False
    ) -> Role:
        """Make or change a role of the store; with ``is_new`` one that is there already is left as it is.

        Raises:
            Invalid: the code, the label or a permission is not acceptable, or the code is taken; names the
                field.
            Forbidden: it would allow more than the actor may do, or did so before.
        """
        ctx.require(EDIT_STAFF)
        self._check(code, label, permissions)
        require_covers(ctx.actor, permissions)
        async with ctx.transaction() as session:
            before = await _custom(session, code, lock=True)
            if before is not None:
                if is_new:
                    raise _taken(code)
                require_covers(ctx.actor, before.permissions)
            values = {"label": label.strip(), "permissions": sorted(set(permissions))}
            new = insert(RoleRow).values(store_id=ctx.store.id, code=code, **values)
            key = ["store_id", "code"]
            if is_new:
                made = new.on_conflict_do_nothing(index_elements=key).returning(RoleRow.code)
                if await session.scalar(made) is None:
                    raise _taken(code)
            else:
                await session.execute(new.on_conflict_do_update(index_elements=key, set_=values))
            await ctx.audit(session, "kernel.role_saved", subject=("kernel.role", code), data=values)
        return Role(code, label.strip(), frozenset(permissions), built_in=False)

    async def remove(self, ctx: "Context", code: str) -> None:
        """Remove a role that the store made.

        Raises:
            NotFound: there is no such role.
            Conflict: somebody has it.
        """
        ctx.require(EDIT_STAFF)
        async with ctx.transaction() as session:
            row = await _custom(session, code, lock=True)
            if row is None:
                raise NotFound(f"This store has no role {code!r} of its own.")
            require_covers(ctx.actor, row.permissions)
            in_store = StaffRoleRow.store_id == ctx.store.id
            if await session.scalar(select(StaffRoleRow.role).where(in_store, StaffRoleRow.role == code)):
                raise Conflict(f"Staff still have the role {row.label!r}: give them another one first.")
            await session.delete(row)
            await ctx.audit(session, "kernel.role_removed", subject=("kernel.role", code))

    async def assign(self, ctx: "Context", staff_user_id: UUID, role: str) -> None:
        """Give a staff user of the store another role.

        Raises:
            NotFound: this staff user does not work in the store.
            Invalid: there is no such role.
            Forbidden: the old or the new role allows more than the actor may do.
            Conflict: the store would be without an owner.
        """
        ctx.require(EDIT_STAFF)
        async with ctx.transaction() as session:
            await lock_owners(session, [ctx.store.id])
            before = await self.held(session, ctx, staff_user_id)
            require_covers(ctx.actor, (await self.find(session, before)).permissions)
            if before == OWNER and role != OWNER:
                await require_other_owner(session, staff_user_id, [ctx.store.id])
            await self.give(session, ctx, staff_user_id, role)

    async def unassign(self, ctx: "Context", staff_user_id: UUID) -> None:
        """Take the role in this store away; the account stays for other stores. Raises as ``assign`` does."""
        ctx.require(EDIT_STAFF)
        async with ctx.transaction() as session:
            await lock_owners(session, [ctx.store.id])
            before = await self.held(session, ctx, staff_user_id)
            require_covers(ctx.actor, (await self.find(session, before)).permissions)
            if before == OWNER:
                await require_other_owner(session, staff_user_id, [ctx.store.id])
            row = StaffRoleRow
            await session.execute(
                delete(row).where(row.store_id == ctx.store.id, row.staff_user_id == staff_user_id)
            )
            await end_access_in_store(session, ctx.store.id, staff_user_id, ctx.clock.now())
            subject = ("kernel.staff_user", staff_user_id)
            await ctx.audit(session, "kernel.staff_role_removed", subject=subject, data={"role": before})

    async def give(self, session: AsyncSession, ctx: "Context", staff_user_id: UUID, role: str) -> None:
        """Set a role in the caller's transaction, after checking that the actor may give it."""
        require_covers(ctx.actor, (await self.find(session, role, pointer="/role")).permissions)
        new = insert(StaffRoleRow).values(store_id=ctx.store.id, staff_user_id=staff_user_id, role=role)
        await session.execute(
            new.on_conflict_do_update(index_elements=["store_id", "staff_user_id"], set_={"role": role})
        )
        subject = ("kernel.staff_user", staff_user_id)
        await ctx.audit(session, "kernel.staff_role_given", subject=subject, data={"role": role})

    async def held(self, session: AsyncSession, ctx: "Context", staff_user_id: UUID) -> str:
        """Give the role of a staff user in the store, and lock it; NotFound when there is none."""
        row = StaffRoleRow
        held = await session.scalar(
            select(row.role)
            .where(row.store_id == ctx.store.id, row.staff_user_id == staff_user_id)
            .with_for_update()
        )
        if held is None:
            raise NotFound(translatable("No such staff user works in this store."))
        return held

    async def find(self, session: AsyncSession, code: str, *, pointer: str = "") -> Role:
        """Give a role of the store by code; Invalid when there is none."""
        if code in self.built_in:
            return self.built_in[code]
        row = await _custom(session, code)
        if row is None:
            message = f"There is no role {code!r} in this store."
            raise Invalid(message, errors=[FieldError(pointer, "unknown_role", message)])
        return _role(row)

    def _check(self, code: str, label: str, permissions: Collection[str]) -> None:
        errors = []
        if not _CODE.fullmatch(code):
            errors.append(
                FieldError("/code", "code", translatable("Use a-z, 0-9 and _, beginning with a letter."))
            )
        if code in self.built_in:
            errors.append(
                FieldError("/code", "built_in", f"The role {code!r} is built in: choose another code.")
            )
        if not label.strip():
            errors.append(FieldError("/label", "required", translatable("Give the role a name.")))
        errors += [
            FieldError("/permissions", "unknown_permission", f"There is no permission {unknown!r}.")
            for unknown in sorted(set(permissions) - set(self.known))
        ]
        if errors:
            raise Invalid(" ".join(error.message for error in errors), errors=errors)


async def _custom(session: AsyncSession, code: str, *, lock: bool = False) -> RoleRow | None:
    # The share lock keeps a role from being removed while somebody is given it.
    wanted = select(RoleRow).where(RoleRow.code == code).with_for_update(read=not lock)
    return (await session.scalars(wanted)).one_or_none()


def _taken(code: str) -> Invalid:
    message = f"There is a role {code!r} already: choose another code."
    return Invalid(message, errors=[FieldError("/code", "taken", message)])


def _role(row: RoleRow) -> Role:
    return Role(row.code, row.label, frozenset(row.permissions), built_in=False)
