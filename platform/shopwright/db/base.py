# SPDX-License-Identifier: Apache-2.0
"""Base classes of all models: rows of a store, and the few tables that stand above stores."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, MetaData, Uuid, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shopwright.ids import new_id

NAMING_CONVENTION = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
}
"""The names PostgreSQL itself gives: constraints written in SQL and in Python are called alike."""


class Base(DeclarativeBase):
    """Base of every model of the kernel and of plugins."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(as_uuid=True),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
    }


class StoreModel(Base):
    """A row that belongs to one store; row-level security keeps all others away from it.

    ``store_id`` is filled with the session's store when it is left out.
    """

    __abstract__ = True

    store_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)


class GlobalModel(Base):
    """A row above the stores; the class says why it is not a row of one."""

    __abstract__ = True

    not_tenant_because: ClassVar[str]


def fill_store_ids(session: Session, _flush_context: Any, _instances: Any) -> None:
    """Give new rows the store of their session; listens to ``before_flush``."""
    store_id = session.info.get("store_id")
    if store_id is None:
        return
    for row in session.new:
        # An attribute that was never set reads as None, whatever its annotation says.
        if isinstance(row, StoreModel) and row.__dict__.get("store_id") is None:
            row.store_id = store_id


def watch_flushes(session: Session) -> None:
    """Make a session fill in store ids."""
    event.listen(session, "before_flush", fill_store_ids)
