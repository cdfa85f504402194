# SPDX-License-Identifier: Apache-2.0
"""Walks the catalogue of a database for tables that row-level security does not guard as it should."""

from collections.abc import Iterable

import asyncpg

_TABLES = """
    SELECT c.relname AS name,
           c.relrowsecurity AND c.relforcerowsecurity AS forced,
           EXISTS (
               SELECT FROM pg_policy p
               WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polroles = '{0}'
               AND pg_get_expr(p.polqual, c.oid) LIKE '(store_id = %shopwright.store_id%'
               AND pg_get_expr(p.polwithcheck, c.oid) LIKE '(store_id = %shopwright.store_id%'
           ) AS has_policy,
           (
               SELECT array_agg(a.attname ORDER BY k.position)
               FROM pg_index i
               CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, position)
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
               WHERE i.indrelid = c.oid AND i.indisprimary
           )::text[] AS primary_key,
           pg_get_userbyid(c.relowner) AS owner,
           has_table_privilege('shopwright_app', c.oid, 'TRUNCATE') AS app_truncates
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname
"""
_MATERIALIZED = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'm'
    AND (has_table_privilege('shopwright_app', oid, 'SELECT')
         OR has_table_privilege('shopwright_readonly', oid, 'SELECT'))
    ORDER BY relname
"""
_VIEWS = """
    SELECT relname FROM pg_class c
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
    AND NOT coalesce(reloptions::text LIKE '%security_invoker=true%', false)
    AND NOT coalesce(reloptions::text LIKE '%security_invoker=on%', false)
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY relname
"""


async def unguarded(connection: asyncpg.Connection, global_tables: Iterable[str]) -> list[str]:
    """List what lets one store see another's rows, one sentence each; an empty list is what you want.

    Args:
        connection: of any role; only the catalogue is read.
        global_tables: names of the tables that stand above the stores. Version tables are known to be.
    """
    exempt = set(global_tables)
    problems: list[str] = []
    for table in await connection.fetch(_TABLES):
        name = table["name"]
        if table["app_truncates"]:
            problems.append(f"{name}: the application may TRUNCATE it")
        if table["owner"] == "shopwright_app":
            problems.append(f"{name}: the application owns it")
        if name in exempt or name.endswith("_migration"):
            continue
        if not table["forced"]:
            problems.append(f"{name}: row-level security is not enabled and forced")
        if not table["has_policy"]:
            problems.append(f"{name}: no policy compares store_id with the running store")
        if (table["primary_key"] or [None])[0] != "store_id":
            problems.append(f"{name}: its primary key does not begin with store_id")
    problems += [
        f"{row['relname']}: a materialised view that the application reads directly"
        for row in await connection.fetch(_MATERIALIZED)
    ]
    problems += [
        f"{row['relname']}: a view without security_invoker" for row in await connection.fetch(_VIEWS)
    ]
    return problems
