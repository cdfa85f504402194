# SPDX-License-Identifier: Apache-2.0
"""Stores, hosts, activation, plugin settings, and the version of all of these."""

from shopwright.db.schema import global_table, sql

revision = "0001_stores"
down_revision = None

_WATCHED = ("kernel_store", "kernel_store_host", "kernel_activation", "kernel_plugin_setting")
_READ_FIRST = "read before the tenant is known"


def upgrade() -> None:
    sql(
        """
        CREATE TABLE kernel_store (
            id uuid PRIMARY KEY,
            code text NOT NULL UNIQUE CHECK (code ~ '^[a-z][a-z0-9-]{0,62}$'),
            name text NOT NULL CHECK (name <> ''),
            currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
            default_locale text NOT NULL,
            locales text[] NOT NULL,
            timezone text NOT NULL DEFAULT 'UTC',
            theme text NOT NULL DEFAULT 'default',
            settings jsonb NOT NULL DEFAULT '{}',
            version integer NOT NULL DEFAULT 1,
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT kernel_store_default_locale_check CHECK (default_locale = ANY (locales))
        );

        CREATE TABLE kernel_store_host (
            host citext PRIMARY KEY CHECK (host <> '' AND host !~ '[[:space:]/@]'),
            store_id uuid NOT NULL REFERENCES kernel_store ON DELETE CASCADE,
            is_primary boolean NOT NULL DEFAULT false
        );
        CREATE INDEX kernel_store_host_store_id_idx ON kernel_store_host (store_id);
        CREATE UNIQUE INDEX kernel_store_host_primary_key ON kernel_store_host (store_id) WHERE is_primary;

        CREATE TABLE kernel_activation (
            store_id uuid NOT NULL REFERENCES kernel_store ON DELETE CASCADE,
            plugin text NOT NULL,
            enabled boolean NOT NULL,
            changed_at timestamptz NOT NULL DEFAULT now(),
            changed_by text NOT NULL,
            PRIMARY KEY (store_id, plugin)
        );

        CREATE TABLE kernel_plugin_setting (
            id uuid PRIMARY KEY,
            plugin text NOT NULL,
            store_id uuid REFERENCES kernel_store ON DELETE CASCADE,
            locale text,
            values jsonb NOT NULL DEFAULT '{}',
            version integer NOT NULL DEFAULT 1,
            UNIQUE NULLS NOT DISTINCT (plugin, store_id, locale),
            CONSTRAINT kernel_plugin_setting_scope_check CHECK (locale IS NULL OR store_id IS NOT NULL)
        );
        CREATE INDEX kernel_plugin_setting_store_id_idx ON kernel_plugin_setting (store_id);

        CREATE TABLE kernel_config_version (
            id boolean PRIMARY KEY DEFAULT true CHECK (id),
            version integer NOT NULL DEFAULT 1
        );
        INSERT INTO kernel_config_version DEFAULT VALUES;

        -- The row stays locked until the change commits, so versions become visible in their order.
        CREATE FUNCTION kernel_bump_config_version() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
        DECLARE
            bumped integer;
        BEGIN
            UPDATE kernel_config_version SET version = version + 1 RETURNING version INTO bumped;
            PERFORM pg_notify('shopwright_config', bumped::text);
            RETURN NULL;
        END
        $$;
        """
    )
    for table in _WATCHED:
        sql(
            f"""
            CREATE TRIGGER {table}_bumps_config_version
            AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION kernel_bump_config_version();
            """
        )
        global_table(table, because=_READ_FIRST)
    global_table("kernel_config_version", app="SELECT", because="counts changes of the whole installation")


def downgrade() -> None:
    sql(
        """
        DROP TABLE kernel_plugin_setting, kernel_activation, kernel_store_host, kernel_store;
        DROP TABLE kernel_config_version;
        DROP FUNCTION kernel_bump_config_version();
        """
    )
