# SPDX-License-Identifier: Apache-2.0
"""A snapshot of all that migrations make in a database, to compare before and after."""

import asyncpg

from shopwright.db.settings import driver_options

Schema = dict[tuple[str, str], str]
"""What there is: kind and name, with its definition."""

_OF_EXTENSION = "EXISTS (SELECT FROM pg_depend x WHERE x.objid = {oid} AND x.deptype = 'e')"
_SCHEMA = f"""
    WITH relation AS (
        SELECT c.oid, c.relname, c.relkind, c.relacl, c.relrowsecurity, c.relforcerowsecurity
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND NOT {_OF_EXTENSION.format(oid="c.oid")}
    )
    SELECT 'relation' AS kind, relname::text AS name,
           concat_ws(' ', relkind, relrowsecurity, relforcerowsecurity, ARRAY(SELECT unnest(relacl)::text ORDER BY 1))
               AS definition
    FROM relation
    UNION ALL
    SELECT 'column', relname || '.' || attname,
           concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
    FROM relation JOIN pg_attribute ON attrelid = relation.oid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT 'constraint', relname || '.' || conname, pg_get_constraintdef(c.oid)
    FROM relation JOIN pg_constraint c ON conrelid = relation.oid
    UNION ALL
    SELECT 'index', relname || '.' || indexrelid::regclass, pg_get_indexdef(indexrelid)
    FROM relation JOIN pg_index ON indrelid = relation.oid
    UNION ALL
    SELECT 'policy', relname || '.' || polname,
           concat_ws(' ', polcmd, polroles::regrole[], pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
    FROM relation JOIN pg_policy ON polrelid = relation.oid
    UNION ALL
    SELECT 'trigger', relname || '.' || tgname, pg_get_triggerdef(t.oid)
    FROM relation JOIN pg_trigger t ON tgrelid = relation.oid AND NOT tgisinternal
    UNION ALL
    SELECT 'function', p.oid::regprocedure::text, md5(pg_get_functiondef(p.oid))
    FROM pg_proc p
    WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
    AND NOT {_OF_EXTENSION.format(oid="p.oid")}
    UNION ALL
    SELECT 'type', t.typname::text, coalesce(ARRAY(
        SELECT enumlabel FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder
    )::text, '')
    FROM pg_type t
    WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
    AND NOT {_OF_EXTENSION.format(oid="t.oid")}
"""
_GLOBAL = """
    SELECT relname::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
    AND obj_description(oid, 'pg_class') LIKE 'Not a tenant table:%'
"""


async def read_schema(connection: asyncpg.Connection) -> Schema:
    """Read all of a database that is not an extension's."""
    return {(row["kind"], row["name"]): row["definition"] for row in await connection.fetch(_SCHEMA)}


async def global_tables(connection: asyncpg.Connection) -> list[str]:
    """Give the tables whose migration says why they stand above the stores."""
    return [row["relname"] for row in await connection.fetch(_GLOBAL)]


async def connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(**driver_options(url))


def difference(before: Schema, after: Schema) -> list[str]:
    """Name what was added, removed or changed."""
    names = sorted(before.keys() | after.keys())
    return [
        f"{kind} {name}: {before.get((kind, name), 'absent')} → {after.get((kind, name), 'absent')}"
        for kind, name in names
        if before.get((kind, name)) != after.get((kind, name))
    ]
