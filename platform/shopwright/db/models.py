# SPDX-License-Identifier: Apache-2.0
"""Stores, their hosts, what is switched on in them, and plugin settings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, ForeignKey, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY, CITEXT
from sqlalchemy.orm import Mapped, mapped_column

from shopwright.db.base import GlobalModel
from shopwright.ids import new_id

_READ_FIRST = "read before the tenant is known"


class StoreRow(GlobalModel):
    """One store of the installation."""

    __tablename__ = "kernel_store"
    not_tenant_because = _READ_FIRST

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    currency: Mapped[str] = mapped_column(CHAR(3))
    default_locale: Mapped[str] = mapped_column(Text)
    locales: Mapped[list[str]] = mapped_column(ARRAY(Text))
    timezone: Mapped[str] = mapped_column(Text, server_default="UTC")
    theme: Mapped[str] = mapped_column(Text, server_default="default")
    settings: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StoreHostRow(GlobalModel):
    """A host name that leads to a store; exactly one of a store is the primary one."""

    __tablename__ = "kernel_store_host"
    not_tenant_because = _READ_FIRST

    host: Mapped[str] = mapped_column(CITEXT, primary_key=True)
    store_id: Mapped[UUID] = mapped_column(ForeignKey("kernel_store.id", ondelete="CASCADE"))
    is_primary: Mapped[bool] = mapped_column(server_default="false")


class ActivationRow(GlobalModel):
    """Whether a plugin is switched on in a store, and who decided it when."""

    __tablename__ = "kernel_activation"
    not_tenant_because = _READ_FIRST

    store_id: Mapped[UUID] = mapped_column(
        ForeignKey("kernel_store.id", ondelete="CASCADE"), primary_key=True
    )
    plugin: Mapped[str] = mapped_column(Text, primary_key=True)
    enabled: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_by: Mapped[str] = mapped_column(Text)


class PluginSettingRow(GlobalModel):
    """The settings of a plugin at one scope: the installation, a store, or a language of a store."""

    __tablename__ = "kernel_plugin_setting"
    __table_args__ = (UniqueConstraint("plugin", "store_id", "locale", postgresql_nulls_not_distinct=True),)
    not_tenant_because = _READ_FIRST

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plugin: Mapped[str] = mapped_column(Text)
    store_id: Mapped[UUID | None] = mapped_column(ForeignKey("kernel_store.id", ondelete="CASCADE"))
    locale: Mapped[str | None] = mapped_column(Text)
    values: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    version: Mapped[int] = mapped_column(server_default="1")


class ConfigVersionRow(GlobalModel):
    """One row that counts the changes of the tables above; each is also sent as ``shopwright_config``."""

    __tablename__ = "kernel_config_version"
    not_tenant_because = "counts changes of the whole installation"

    id: Mapped[bool] = mapped_column(primary_key=True, server_default="true")
    version: Mapped[int] = mapped_column(server_default="1")
