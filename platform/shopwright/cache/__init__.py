# SPDX-License-Identifier: Apache-2.0
"""Cache, locks and rate limits: in memory for one process, in Redis or Valkey for many."""

from shopwright.cache.backend import Backend, open_backend
from shopwright.cache.base import Cache, Limit, Locks, LockTaken, LockUnavailable, RateLimiter, Verdict

__all__ = [
    "Backend",
    "Cache",
    "Limit",
    "LockTaken",
    "LockUnavailable",
    "Locks",
    "RateLimiter",
    "Verdict",
    "open_backend",
]
