# SPDX-License-Identifier: Apache-2.0
"""Events between plugins, messages from providers, and stale pages. PUBLIC."""

from shopwright.events.inbox import InboxMessage, Received
from shopwright.events.service import Events

__all__ = ["Events", "InboxMessage", "Received"]
