# SPDX-License-Identifier: Apache-2.0
"""What ``shopwright doctor`` checks of outbox, inbox and queue."""

from shopwright.doctor import DoctorCheck

_HOLES = """
    SELECT h.aggregate_id, format('%s has %s events, numbered up to %s, and the counter says %s',
                                  h.aggregate_kind, count(e.id), coalesce(max(e.seq), 0), h.seq)
    FROM kernel_outbox_head h
    LEFT JOIN kernel_outbox e ON e.store_id = h.store_id
        AND e.aggregate_kind = h.aggregate_kind AND e.aggregate_id = h.aggregate_id
    GROUP BY h.store_id, h.aggregate_kind, h.aggregate_id, h.seq
    HAVING count(e.id) <> h.seq OR coalesce(max(e.seq), 0) <> h.seq
    UNION ALL
    SELECT e.id, format('event %s of %s has no counter', e.name, e.aggregate_kind)
    FROM kernel_outbox e
    LEFT JOIN kernel_outbox_head h ON h.store_id = e.store_id
        AND h.aggregate_kind = e.aggregate_kind AND h.aggregate_id = e.aggregate_id
    WHERE h.seq IS NULL
"""
_UNDELIVERED = """
    SELECT e.id, format('%s has not been delivered to %s', e.name, s.subscriber)
    FROM kernel_outbox e
    CROSS JOIN LATERAL unnest(e.subscribers) AS s (subscriber)
    LEFT JOIN kernel_delivery d
        ON d.store_id = e.store_id AND d.outbox_id = e.id AND d.subscriber = s.subscriber
    WHERE d.id IS NULL
"""
_LATE = """
    SELECT d.id, format('%s waits for %s since %s', e.name, d.subscriber, e.created_at)
    FROM kernel_delivery d JOIN kernel_outbox e ON e.store_id = d.store_id AND e.id = d.outbox_id
    WHERE d.status = 'pending' AND e.created_at < now() - interval '75 hours 36 minutes'
    AND d.next_attempt_at < now() - interval '10 minutes'
"""
_FORGOTTEN = """
    SELECT d.id, format('delivery to %s is pending, but no job will make it', d.subscriber)
    FROM kernel_delivery d
    WHERE d.status = 'pending' AND NOT EXISTS (
        SELECT FROM kernel_queue q
        WHERE q.entrypoint = 'kernel.deliver'
        AND convert_from(q.payload, 'UTF8')::jsonb ->> 'data' = d.id::text
    )
"""
_INBOX = """
    SELECT id, format('%s event %s was received at %s', provider, event_id, received_at)
    FROM kernel_inbox
    WHERE status = 'pending' AND received_at < now() - interval '10 minutes'
"""
_LOST = """
    SELECT id, format('%s was taken by a worker that is silent since %s', entrypoint, heartbeat)
    FROM kernel_queue WHERE status = 'picked' AND heartbeat < now() - interval '5 minutes'
"""
_OVERDUE = """
    SELECT id, format('%s has been due since %s', entrypoint, execute_after)
    FROM kernel_queue WHERE status = 'queued' AND execute_after < now() - interval '10 minutes'
"""
_DEAD = """
    SELECT d.id, format('%s could not handle an event: %s', d.subscriber, d.last_error)
    FROM kernel_delivery d WHERE d.status = 'dead' AND d.done_at < now() - interval '72 hours'
    UNION ALL
    SELECT id, format('job %s failed: %s', code, error)
    FROM kernel_dead_job WHERE died_at < now() - interval '72 hours'
"""
_REPLAY = "Mend the cause, then replay it from the list of dead letters."
_START = "Run `shopwright worker`; jobs of plugins that are no longer installed wait for their return."


def _check(
    code: str, invariant: str, title: str, sql: str, hint: str = "", *, everywhere: bool = False
) -> DoctorCheck:
    return DoctorCheck(f"kernel.{code}", invariant, title, sql, hint, whole_installation=everywhere)


checks = [
    _check("outbox_numbers", "I24", "Events of a thing are numbered without holes", _HOLES),
    _check("outbox_deliveries", "I24", "Each event has a delivery for each subscriber", _UNDELIVERED),
    _check("delivery_late", "I24", "Events are delivered or dead within 75.6 hours", _LATE, _START),
    _check("delivery_forgotten", "I24", "Each pending delivery has a job in the queue", _FORGOTTEN, _START),
    _check("inbox_age", "I25", "Messages of providers are processed within 10 minutes", _INBOX, _START),
    _check("job_lost", "I29", "No job is held by a worker that is gone", _LOST, _START, everywhere=True),
    _check(
        "job_overdue", "I29", "Jobs run within 10 minutes of being due", _OVERDUE, _START, everywhere=True
    ),
    _check("dead_letter_age", "I29", "Dead letters are seen to within 72 hours", _DEAD, _REPLAY),
]
