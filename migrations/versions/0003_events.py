# SPDX-License-Identifier: Apache-2.0
"""The outbox and its deliveries, the inbox, the job queue, schedules, and jobs that failed for good."""

from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

from shopwright.db.schema import global_table, sql, tenant_table
from shopwright.db.settings import APP_ROLE
from shopwright.jobs.drivers import SETTINGS

revision = "0003_events"
down_revision = "0002_auth"

_QUEUE_TABLES = (
    SETTINGS.queue_table,
    SETTINGS.queue_table_log,
    SETTINGS.statistics_table,
    SETTINGS.schedules_table,
)


def upgrade() -> None:
    _outbox()
    _inbox()
    _jobs()
    _queue()


def _outbox() -> None:
    sql(
        """
        CREATE TABLE kernel_outbox_head (
            store_id uuid NOT NULL REFERENCES kernel_store,
            aggregate_kind text NOT NULL CHECK (aggregate_kind <> ''),
            aggregate_id uuid NOT NULL,
            seq bigint NOT NULL CHECK (seq > 0),
            PRIMARY KEY (store_id, aggregate_kind, aggregate_id)
        );

        CREATE TABLE kernel_outbox (
            store_id uuid NOT NULL REFERENCES kernel_store,
            id uuid NOT NULL,
            name text NOT NULL,
            version integer NOT NULL CHECK (version > 0),
            aggregate_kind text NOT NULL,
            aggregate_id uuid NOT NULL,
            seq bigint NOT NULL,
            payload jsonb NOT NULL,
            subscribers text[] NOT NULL,
            actor text NOT NULL,
            request_id text NOT NULL,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (store_id, id),
            UNIQUE (store_id, aggregate_kind, aggregate_id, seq)
        );

        CREATE TABLE kernel_delivery (
            store_id uuid NOT NULL,
            id uuid NOT NULL,
            outbox_id uuid NOT NULL,
            subscriber text NOT NULL,
            aggregate_kind text NOT NULL,
            aggregate_id uuid NOT NULL,
            seq bigint NOT NULL,
            status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'dead', 'skipped')),
            attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
            next_attempt_at timestamptz NOT NULL,
            last_error text,
            job_id bigint,
            done_at timestamptz,
            PRIMARY KEY (store_id, id),
            UNIQUE (store_id, outbox_id, subscriber),
            FOREIGN KEY (store_id, outbox_id) REFERENCES kernel_outbox (store_id, id),
            CONSTRAINT kernel_delivery_done_check CHECK ((status = 'pending') = (done_at IS NULL))
        );
        CREATE INDEX kernel_delivery_pending_idx
            ON kernel_delivery (store_id, subscriber, aggregate_kind, aggregate_id, seq)
            WHERE status = 'pending';
        CREATE INDEX kernel_delivery_dead_idx ON kernel_delivery (store_id, done_at) WHERE status = 'dead';
        """
    )
    tenant_table("kernel_outbox_head")
    tenant_table("kernel_outbox", append_only=True)
    tenant_table("kernel_delivery")
    sql(f"REVOKE DELETE ON kernel_outbox_head, kernel_delivery FROM {APP_ROLE}")


def _inbox() -> None:
    sql(
        """
        CREATE TABLE kernel_inbox (
            store_id uuid NOT NULL REFERENCES kernel_store,
            id uuid NOT NULL,
            provider text NOT NULL CHECK (provider <> ''),
            event_id text NOT NULL CHECK (event_id <> ''),
            headers jsonb NOT NULL,
            body bytea NOT NULL,
            received_at timestamptz NOT NULL,
            status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'ignored')),
            processed_at timestamptz,
            PRIMARY KEY (store_id, id),
            UNIQUE (store_id, provider, event_id),
            CONSTRAINT kernel_inbox_processed_check CHECK ((status = 'pending') = (processed_at IS NULL))
        );
        CREATE INDEX kernel_inbox_pending_idx ON kernel_inbox (store_id, received_at)
            WHERE status = 'pending';
        """
    )
    tenant_table("kernel_inbox", append_only=True)
    sql(f"GRANT UPDATE (status, processed_at) ON kernel_inbox TO {APP_ROLE}")


def _jobs() -> None:
    sql(
        """
        CREATE TABLE kernel_schedule (
            store_id uuid NOT NULL REFERENCES kernel_store,
            id uuid NOT NULL,
            code text NOT NULL,
            last_due_at timestamptz NOT NULL,
            PRIMARY KEY (store_id, id),
            UNIQUE (store_id, code)
        );

        CREATE TABLE kernel_dead_job (
            store_id uuid NOT NULL REFERENCES kernel_store,
            id uuid NOT NULL,
            queue_id bigint NOT NULL,
            code text NOT NULL,
            payload jsonb NOT NULL,
            request_id text NOT NULL,
            attempts integer NOT NULL,
            error text NOT NULL,
            died_at timestamptz NOT NULL,
            PRIMARY KEY (store_id, id),
            UNIQUE (store_id, queue_id)
        );
        """
    )
    tenant_table("kernel_schedule")
    tenant_table("kernel_dead_job")


def _queue() -> None:
    library = QueryBuilderEnvironment(SETTINGS)
    sql(library.build_install_query(create_schema=False))
    sql(library.build_optimize_autovacuum_query())
    for table in _QUEUE_TABLES:
        global_table(
            table, because="read before the tenant is known; holds the store's id and no personal data"
        )


def downgrade() -> None:
    sql(QueryBuilderEnvironment(SETTINGS).build_uninstall_query())
    sql(
        """
        DROP TABLE kernel_dead_job, kernel_schedule, kernel_inbox;
        DROP TABLE kernel_delivery, kernel_outbox, kernel_outbox_head;
        """
    )
