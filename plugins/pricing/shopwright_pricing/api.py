# SPDX-License-Identifier: Apache-2.0
"""What other plugins tell the price lists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AudienceTag:
    """Something an actor is that price lists can be for.

    ``code`` is ``group:<code>``, ``company:<id>``, ``customer:<id>`` or ``market:<code>``.
    """

    code: str
    label: str = ""
    """For staff, like ``Wholesale``."""
