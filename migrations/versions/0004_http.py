# SPDX-License-Identifier: Apache-2.0
"""Sessions of browsers, repeated calls, and merchants' own templates."""

from shopwright.db.schema import sql, tenant_table

revision = "0004_http"
down_revision = "0003_events"


def upgrade() -> None:
    sql(
        """
        CREATE TABLE kernel_session (
            store_id uuid NOT NULL REFERENCES kernel_store ON DELETE CASCADE,
            id uuid NOT NULL,
            token_hash bytea NOT NULL,
            data jsonb NOT NULL DEFAULT '{}',
            staff_user_id uuid,
            customer_id uuid,
            created_at timestamptz NOT NULL,
            seen_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (store_id, id),
            UNIQUE (store_id, token_hash)
        );
        CREATE INDEX kernel_session_expires ON kernel_session (store_id, expires_at);
        CREATE INDEX kernel_session_staff ON kernel_session (store_id, staff_user_id) WHERE staff_user_id IS NOT NULL;
        CREATE INDEX kernel_session_customer ON kernel_session (store_id, customer_id) WHERE customer_id IS NOT NULL;

        CREATE TABLE kernel_idempotency (
            store_id uuid NOT NULL REFERENCES kernel_store ON DELETE CASCADE,
            id uuid NOT NULL,
            principal text NOT NULL,
            route text NOT NULL,
            key text NOT NULL,
            fingerprint bytea NOT NULL,
            status integer,
            headers jsonb,
            body bytea,
            locked_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (store_id, id),
            UNIQUE (store_id, principal, route, key)
        );
        CREATE INDEX kernel_idempotency_expires ON kernel_idempotency (store_id, expires_at);

        CREATE TABLE kernel_template_override (
            store_id uuid NOT NULL REFERENCES kernel_store ON DELETE CASCADE,
            id uuid NOT NULL,
            path text NOT NULL,
            source text NOT NULL,
            version integer NOT NULL DEFAULT 1,
            PRIMARY KEY (store_id, id),
            UNIQUE (store_id, path)
        );
        CREATE TRIGGER kernel_template_override_bumps_config_version
            AFTER INSERT OR UPDATE OR DELETE ON kernel_template_override
            FOR EACH STATEMENT EXECUTE FUNCTION kernel_bump_config_version();
        """
    )
    for name in ("session", "idempotency", "template_override"):
        tenant_table(f"kernel_{name}")


def downgrade() -> None:
    sql("DROP TABLE kernel_template_override, kernel_idempotency, kernel_session;")
