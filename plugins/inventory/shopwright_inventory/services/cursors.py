# SPDX-License-Identifier: Apache-2.0
"""Cursors of lists that go on behind an id."""

from uuid import UUID

from shopwright.errors import BadRequest, FieldError


def decoded(cursor: str) -> UUID | None:
    """Give the id behind which a list goes on, None for its beginning.

    Raises:
        BadRequest: the cursor is not one of ours.
    """
    try:
        return UUID(cursor) if cursor else None
    except ValueError:
        message = "This cursor is not one of ours; begin again without a cursor."
        raise BadRequest(message, errors=[FieldError("/cursor", "unknown_cursor", message)]) from None
