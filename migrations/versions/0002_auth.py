# SPDX-License-Identifier: Apache-2.0
"""Staff users and their roles, credentials of programs, links sent by mail, and the audit chain."""

from shopwright.db.schema import global_table, sql, tenant_table

revision = "0002_auth"
down_revision = "0001_stores"


def upgrade() -> None:
    _staff()
    _credentials()
    _audit()


def _staff() -> None:
    sql(
        """
        CREATE TABLE kernel_staff_user (
            id uuid PRIMARY KEY,
            email citext NOT NULL UNIQUE CHECK (email <> ''),
            name text NOT NULL,
            locale text NOT NULL DEFAULT 'en',
            password_hash text,
            totp_secret text,
            totp_pending text,
            totp_enabled boolean NOT NULL DEFAULT false,
            totp_last_step bigint NOT NULL DEFAULT 0,
            recovery_codes bytea[] NOT NULL DEFAULT '{}',
            created_at timestamptz NOT NULL,
            signed_in_at timestamptz,
            disabled_at timestamptz,
            CONSTRAINT kernel_staff_user_totp_check CHECK (NOT totp_enabled OR totp_secret IS NOT NULL)
        );

        CREATE TABLE kernel_staff_role (
            store_id uuid NOT NULL REFERENCES kernel_store ON DELETE CASCADE,
            staff_user_id uuid NOT NULL REFERENCES kernel_staff_user ON DELETE CASCADE,
            role text NOT NULL,
            PRIMARY KEY (store_id, staff_user_id)
        );
        CREATE INDEX kernel_staff_role_staff_user_id_idx ON kernel_staff_role (staff_user_id);

        CREATE TABLE kernel_role (
            store_id uuid NOT NULL REFERENCES kernel_store ON DELETE CASCADE,
            id uuid NOT NULL,
            code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{0,40}$'),
            label text NOT NULL CHECK (label <> ''),
            permissions text[] NOT NULL,
            PRIMARY KEY (store_id, id),
            UNIQUE (store_id, code)
        );

        CREATE TABLE kernel_sign_in_failure (
            key bytea PRIMARY KEY,
            failures integer NOT NULL CHECK (failures >= 0),
            last_at timestamptz NOT NULL,
            locked_until timestamptz
        );
        CREATE INDEX kernel_sign_in_failure_last_at_idx ON kernel_sign_in_failure (last_at);
        """
    )
    global_table("kernel_staff_user", because="a person may work in several stores with one account")
    global_table("kernel_staff_role", because="tells in which stores a person works, before one is chosen")
    global_table("kernel_sign_in_failure", because="attempts on a staff account count across all stores")
    tenant_table("kernel_role")


def _credentials() -> None:
    sql(
        """
        CREATE TABLE kernel_refresh_token (
            store_id uuid NOT NULL REFERENCES kernel_store ON DELETE CASCADE,
            id uuid NOT NULL,
            family uuid NOT NULL,
            staff_user_id uuid NOT NULL REFERENCES kernel_staff_user ON DELETE CASCADE,
            token_hash bytea NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            family_expires_at timestamptz NOT NULL,
            used_at timestamptz,
            revoked_at timestamptz,
            PRIMARY KEY (store_id, id),
            UNIQUE (store_id, token_hash)
        );
        CREATE UNIQUE INDEX kernel_refresh_token_live_key ON kernel_refresh_token (store_id, family)
            WHERE used_at IS NULL AND revoked_at IS NULL;
        CREATE INDEX kernel_refresh_token_family_idx ON kernel_refresh_token (store_id, family);
        CREATE INDEX kernel_refresh_token_staff_user_id_idx
            ON kernel_refresh_token (store_id, staff_user_id);

        CREATE TABLE kernel_api_key (
            store_id uuid NOT NULL REFERENCES kernel_store ON DELETE CASCADE,
            id uuid NOT NULL,
            name text NOT NULL CHECK (name <> ''),
            hint text NOT NULL,
            key_hash bytea NOT NULL,
            scopes text[] NOT NULL,
            created_by text NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz,
            last_used_at timestamptz,
            revoked_at timestamptz,
            PRIMARY KEY (store_id, id),
            UNIQUE (store_id, key_hash)
        );

        CREATE TABLE kernel_one_time_token (
            store_id uuid NOT NULL REFERENCES kernel_store ON DELETE CASCADE,
            id uuid NOT NULL,
            purpose text NOT NULL,
            subject_kind text NOT NULL,
            subject_id uuid NOT NULL,
            token_hash bytea NOT NULL,
            binding bytea NOT NULL,
            data jsonb NOT NULL DEFAULT '{}',
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (store_id, id),
            UNIQUE (store_id, token_hash)
        );
        CREATE INDEX kernel_one_time_token_subject_idx
            ON kernel_one_time_token (store_id, subject_kind, subject_id);
        CREATE INDEX kernel_one_time_token_expires_at_idx ON kernel_one_time_token (store_id, expires_at);
        """
    )
    for table in ("kernel_refresh_token", "kernel_api_key", "kernel_one_time_token"):
        tenant_table(table)


def _audit() -> None:
    sql(
        """
        CREATE TABLE kernel_audit (
            store_id uuid NOT NULL REFERENCES kernel_store,
            id uuid NOT NULL,
            seq bigint NOT NULL CHECK (seq > 0),
            at timestamptz NOT NULL,
            actor_kind text NOT NULL,
            actor_id uuid,
            actor_label text NOT NULL,
            action text NOT NULL,
            subject_kind text NOT NULL,
            subject_id text NOT NULL,
            data jsonb NOT NULL,
            request_id text NOT NULL,
            previous_hash bytea NOT NULL,
            hash bytea NOT NULL,
            PRIMARY KEY (store_id, id),
            UNIQUE (store_id, seq)
        );
        CREATE INDEX kernel_audit_subject_idx ON kernel_audit (store_id, subject_kind, subject_id, seq);

        CREATE TABLE kernel_audit_head (
            store_id uuid PRIMARY KEY REFERENCES kernel_store,
            seq bigint NOT NULL,
            hash bytea NOT NULL
        );
        """
    )
    tenant_table("kernel_audit", append_only=True)
    tenant_table("kernel_audit_head")
    sql("REVOKE DELETE ON kernel_audit_head FROM shopwright_app")


def downgrade() -> None:
    sql(
        """
        DROP TABLE kernel_audit_head, kernel_audit, kernel_one_time_token, kernel_api_key;
        DROP TABLE kernel_refresh_token, kernel_sign_in_failure, kernel_role, kernel_staff_role;
        DROP TABLE kernel_staff_user;
        """
    )
