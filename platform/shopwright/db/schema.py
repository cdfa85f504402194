# SPDX-License-Identifier: Apache-2.0
"""What migrations are written with: run a script, and make a table a tenant's or a global one. PUBLIC."""

import re
from typing import Any

from alembic import op
from sqlalchemy import text as sql_text

from shopwright.db.roles import DEFINER_ROLE, READONLY_ROLE
from shopwright.db.settings import APP_ROLE
from shopwright.db.sql_lint import lint_sql

__all__ = ["TENANT", "for_each_store", "global_table", "lint_sql", "sql", "tenant_table"]

PREFIX_OPTION = "shopwright_prefix"
TENANT = "nullif(current_setting('shopwright.store_id', true), '')::uuid"
"""SQL for the store of the running transaction, or NULL: the setting is ``''`` after one has ended."""

_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_PRIVILEGES = re.compile(r"(SELECT|INSERT|UPDATE|DELETE)(, (SELECT|INSERT|UPDATE|DELETE))*|")


def sql(text: str, *, foreign_names_because: str | None = None) -> None:
    """Run a script of any number of statements, function bodies included.

    Args:
        text: the script; sent as it is, without parameters.
        foreign_names_because: why names without the prefix are right here (another library's tables).

    Raises:
        ValueError: the linter objects; lists every reason.
    """
    wrong = [] if foreign_names_because else lint_sql(text, _prefix())
    if wrong:
        raise ValueError("This migration is refused: " + "; ".join(wrong))
    bind = op.get_bind()
    # The driver opens its transaction at the first statement of a cursor, and the script uses none.
    bind.execute(sql_text("SELECT 1"))
    dbapi_connection: Any = bind.connection.dbapi_connection
    dbapi_connection.run_async(lambda connection: connection.execute(text))


def tenant_table(name: str, *, append_only: bool = False, definer_reads: bool = False) -> None:
    """Put a table that has a ``store_id`` under row-level security and grant it.

    Args:
        name: the table.
        append_only: the application may add rows and read them, never change or remove one.
        definer_reads: search functions owned by ``shopwright_definer`` see the rows of all stores, and must
            filter by the tenant themselves.
    """
    table = _checked(name)
    rights = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    sql(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {_policy(table, "tenant")} ON {table}
            USING (store_id = {TENANT}) WITH CHECK (store_id = {TENANT});
        GRANT {rights} ON {table} TO {APP_ROLE};
        GRANT SELECT ON {table} TO {READONLY_ROLE};
        """
    )
    if definer_reads:
        sql(
            f"""
            CREATE POLICY {_policy(table, "definer")} ON {table} FOR SELECT TO {DEFINER_ROLE} USING (true);
            GRANT SELECT ON {table} TO {DEFINER_ROLE};
            """
        )


def global_table(
    name: str,
    app: str = "SELECT, INSERT, UPDATE, DELETE",
    *,
    readonly: bool = False,
    because: str | None = None,
) -> None:
    """Grant a table that stands above the stores.

    Args:
        name: the table.
        app: what the application may do with it.
        readonly: whether reports and AI tools may read it; they would see what belongs to all stores.
        because: why it is not a tenant's table; kept as the table's comment.
    """
    table = _checked(name)
    if not _PRIVILEGES.fullmatch(app):
        raise ValueError(f"app={app!r}: list some of SELECT, INSERT, UPDATE, DELETE, separated by ', '")
    grants = [f"GRANT {app} ON {table} TO {APP_ROLE};"] if app else []
    if readonly:
        grants.append(f"GRANT SELECT ON {table} TO {READONLY_ROLE};")
    if because:
        quoted = because.replace("'", "''")
        grants.append(f"COMMENT ON TABLE {table} IS 'Not a tenant table: {quoted}';")
    if grants:
        sql("\n".join(grants))


def for_each_store(text: str) -> None:
    """Run a script once for every store, as that store: the only way a migration sees tenants' rows."""
    bind = op.get_bind()
    for (store_id,) in bind.execute(sql_text("SELECT id FROM kernel_store ORDER BY id")).all():
        bind.execute(sql_text("SELECT set_config('shopwright.store_id', :id, true)"), {"id": str(store_id)})
        sql(text)
    bind.execute(sql_text("SELECT set_config('shopwright.store_id', '', true)"))


def _prefix() -> str:
    prefix: str = op.get_context().opts.get(PREFIX_OPTION, "")
    return prefix


def _policy(table: str, kind: str) -> str:
    """Name a policy; they are unique per table, so a long table's name may be cut."""
    return f"{table[:50]}_{kind}"


def _checked(name: str) -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError(f"{name!r} is not a table name: use a-z, 0-9 and _ only")
    return name
