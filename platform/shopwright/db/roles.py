# SPDX-License-Identifier: Apache-2.0
"""Makes the roles and extensions of a database; safe to repeat, and for several processes at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from shopwright.db.settings import APP_ROLE, driver_options

OWNER_ROLE = "shopwright_owner"
READONLY_ROLE = "shopwright_readonly"
DEFINER_ROLE = "shopwright_definer"
ROLES = (OWNER_ROLE, APP_ROLE, READONLY_ROLE, DEFINER_ROLE)
EXTENSIONS = ("citext", "pg_trgm", "unaccent", "btree_gin")
OPTIONAL_EXTENSIONS = ("pg_stat_statements",)

MIGRATION_LOCK = 0x53_48_4F_50  # "SHOP"
_MINIMUM_VERSION = 15
_ATTEMPTS = 5
# Roles belong to the cluster and advisory locks to a database: two databases can still collide here.
_COLLISIONS = (
    asyncpg.DuplicateObjectError,
    asyncpg.UniqueViolationError,
    asyncpg.InternalServerError,
)


@asynccontextmanager
async def migration_lock(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Hold the lock that lets one process at a time change a database, and give its connection."""
    connection = await asyncpg.connect(**driver_options(url))
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        yield connection
    finally:
        await connection.close()


async def ensure_roles_and_extensions(url: str) -> None:
    """Make roles, grants, default privileges and extensions where they are missing.

    The login must be a superuser, or own the database and find the roles made and granted to it.

    Raises:
        RuntimeError: the server is older than PostgreSQL 15.
        asyncpg.InsufficientPrivilegeError: the login may not make what is missing.
    """
    async with migration_lock(url) as connection:
        await prepare_database(connection)


async def prepare_database(connection: asyncpg.Connection) -> None:
    """Do the work of ``ensure_roles_and_extensions`` on a connection that holds the migration lock."""
    major = connection.get_server_version().major
    if major < _MINIMUM_VERSION:
        raise RuntimeError(
            f"PostgreSQL {_MINIMUM_VERSION} or newer is needed; this server is version {major}."
        )
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            await _make_roles(connection, major)
            break
        except _COLLISIONS:
            if attempt == _ATTEMPTS:
                raise
            await asyncio.sleep(0.05 * attempt)
    await _grant(connection)
    await _make_extensions(connection)


async def _make_roles(connection: asyncpg.Connection, major: int) -> None:
    present = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
    for role in ROLES:
        if role not in present:
            await connection.execute(f"CREATE ROLE {role} NOLOGIN NOBYPASSRLS")
    login = await connection.fetchval("SELECT quote_ident(session_user)")
    # Without INHERIT the login gets their rights only by SET ROLE, one role at a time.
    options = " WITH INHERIT FALSE, SET TRUE" if major >= 16 else ""
    for role in (OWNER_ROLE, APP_ROLE, READONLY_ROLE):
        if not await connection.fetchval("SELECT pg_has_role(session_user, $1, 'MEMBER')", role):
            await connection.execute(f"GRANT {role} TO {login}{options}")
    # The owner hands search functions over to the definer, which PostgreSQL allows to its members only.
    if not await connection.fetchval("SELECT pg_has_role($1, $2, 'MEMBER')", OWNER_ROLE, DEFINER_ROLE):
        await connection.execute(f"GRANT {DEFINER_ROLE} TO {OWNER_ROLE}")


async def _grant(connection: asyncpg.Connection) -> None:
    done = await connection.fetchval(
        "SELECT bool_and(has_schema_privilege(role, 'public', 'CREATE')) FROM unnest(ARRAY[$1, $2]) AS role",
        OWNER_ROLE,
        DEFINER_ROLE,
    )
    async with connection.transaction():
        if not done:
            await connection.execute(
                f"""
                GRANT USAGE, CREATE ON SCHEMA public TO {OWNER_ROLE}, {DEFINER_ROLE};
                GRANT USAGE ON SCHEMA public TO {APP_ROLE}, {READONLY_ROLE};
                """
            )
        # Tables are granted one by one by the helpers of shopwright.db.schema: forgetting that shows at once.
        await connection.execute(
            f"""
            SET LOCAL ROLE {OWNER_ROLE};
            ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
            ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO {APP_ROLE}, {READONLY_ROLE};
            ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE};
            """
        )


async def _make_extensions(connection: asyncpg.Connection) -> None:
    present = {row["extname"] for row in await connection.fetch("SELECT extname FROM pg_extension")}
    for extension in EXTENSIONS:
        if extension not in present:
            await connection.execute(f"CREATE EXTENSION {extension} SCHEMA public")
    superuser = await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = session_user")
    for extension in OPTIONAL_EXTENSIONS:
        if superuser and extension not in present:
            await connection.execute(f"CREATE EXTENSION {extension} SCHEMA public")
