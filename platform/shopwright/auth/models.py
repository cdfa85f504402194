# SPDX-License-Identifier: Apache-2.0
"""Staff users, their roles, and the credentials of programs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY, CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from shopwright.db import GlobalModel, StoreModel
from shopwright.ids import new_id


class StaffUserRow(GlobalModel):
    """A person who works in one or more stores."""

    __tablename__ = "kernel_staff_user"
    not_tenant_because = "a person may work in several stores with one account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(CITEXT, unique=True)
    name: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text, default="en")
    password_hash: Mapped[str | None] = mapped_column(Text)
    totp_secret: Mapped[str | None] = mapped_column(Text)
    totp_pending: Mapped[str | None] = mapped_column(Text)
    totp_enabled: Mapped[bool] = mapped_column(default=False)
    totp_last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    recovery_codes: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary), default=list)
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]

    @property
    def binding(self) -> str:
        """What links sent to this person are bound to: they die when e-mail or password change."""
        return f"{self.email.casefold()}\0{self.password_hash or ''}"


class StaffRoleRow(GlobalModel):
    """The role of a staff user in one store."""

    __tablename__ = "kernel_staff_role"
    not_tenant_because = "tells in which stores a person works, before one is chosen"

    store_id: Mapped[UUID] = mapped_column(
        ForeignKey("kernel_store.id", ondelete="CASCADE"), primary_key=True
    )
    staff_user_id: Mapped[UUID] = mapped_column(
        ForeignKey("kernel_staff_user.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(Text)


class RoleRow(StoreModel):
    """A role that a store made for itself."""

    __tablename__ = "kernel_role"

    code: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))


class RefreshTokenRow(StoreModel):
    """One link in the chain of refresh tokens that began with a sign-in; at most the last one is live."""

    __tablename__ = "kernel_refresh_token"

    family: Mapped[UUID]
    staff_user_id: Mapped[UUID] = mapped_column(ForeignKey("kernel_staff_user.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    family_expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiKeyRow(StoreModel):
    """A key of a program, and what it may do."""

    __tablename__ = "kernel_api_key"

    name: Mapped[str] = mapped_column(Text)
    hint: Mapped[str] = mapped_column(Text)
    key_hash: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class OneTimeTokenRow(StoreModel):
    """The hash of a token that was sent by mail."""

    __tablename__ = "kernel_one_time_token"

    purpose: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    token_hash: Mapped[bytes]
    binding: Mapped[bytes]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
