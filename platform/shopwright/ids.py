# SPDX-License-Identifier: Apache-2.0
"""Identifiers made in the application: UUIDv7, so that new rows land at the end of an index."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Make an identifier that sorts after the ones made before it in this process."""
    return uuid7()
