# SPDX-License-Identifier: Apache-2.0
"""Background jobs: declared by plugins, stored in PostgreSQL, run by ``shopwright worker``."""

from shopwright.jobs.types import Job, Retry, Schedule

__all__ = ["Job", "Retry", "Schedule"]
