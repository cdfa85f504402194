# SPDX-License-Identifier: Apache-2.0
"""What ``shopwright doctor`` looks at: accounts, tokens, and the links of the audit chain."""

from shopwright.doctor import DoctorCheck

checks = (
    DoctorCheck(
        code="kernel.audit_chain",
        invariant="I30",
        title="The audit log is one unbroken chain",
        sql="""
            WITH linked AS (
                SELECT id, seq, previous_hash, row_number() OVER chain AS place,
                       lag(hash) OVER chain AS before
                FROM kernel_audit WINDOW chain AS (ORDER BY seq)
            )
            SELECT id::text, 'entry ' || seq || ' does not follow the one before' FROM linked
            WHERE seq <> place OR previous_hash <> coalesce(before, decode(repeat('00', 32), 'hex'))
            UNION ALL
            SELECT head.store_id::text, 'the log does not end with entry ' || head.seq
            FROM kernel_audit_head head
            LEFT JOIN kernel_audit last ON last.store_id = head.store_id AND last.seq = head.seq
            WHERE last.hash IS DISTINCT FROM head.hash
            UNION ALL
            SELECT entry.id::text, 'entry ' || entry.seq || ' stands after the recorded end'
            FROM kernel_audit entry
            WHERE entry.seq > coalesce((SELECT max(head.seq) FROM kernel_audit_head head), 0)
        """,
        hint="Somebody changed the log in the database: compare it with a backup, and change the passwords.",
    ),
    DoctorCheck(
        code="kernel.sessions_of_disabled",
        invariant="I31",
        title="No disabled staff user has a session",
        sql="""
            SELECT DISTINCT u.id::text, u.email || ' is disabled and has a session'
            FROM kernel_session s JOIN kernel_staff_user u ON u.id = s.staff_user_id
            WHERE u.disabled_at IS NOT NULL
        """,
        hint="The session opens nothing; disable the staff user again to remove it.",
    ),
    DoctorCheck(
        code="kernel.store_has_owner",
        invariant="I31",
        title="Each store has an owner",
        sql="""
            SELECT s.id::text, 'store ' || s.code || ' has no owner' FROM kernel_store s
            WHERE NOT EXISTS (
                SELECT FROM kernel_staff_role r JOIN kernel_staff_user u ON u.id = r.staff_user_id
                WHERE r.store_id = s.id AND r.role = 'owner' AND u.disabled_at IS NULL
            )
        """,
        hint="Make an owner on the command line.",
        whole_installation=True,
    ),
    DoctorCheck(
        code="kernel.refresh_families",
        invariant="I31",
        title="Each family of refresh tokens has at most one live token",
        sql="""
            SELECT family::text, count(*) || ' live tokens' FROM kernel_refresh_token
            WHERE used_at IS NULL AND revoked_at IS NULL GROUP BY family HAVING count(*) > 1
        """,
        hint="Rebuild the unique index kernel_refresh_token_live_key and revoke the family.",
    ),
)
"""Hashes are recomputed by ``AuditLog.verify``, which SQL cannot do as the log is written."""
