# SPDX-License-Identifier: Apache-2.0
"""What other plugins tell the price lists."""

from typing import TypeAlias

AudienceTag: TypeAlias = str
"""Something an actor is that price lists can be for.

It is written ``group:<code>``, ``company:<id>``, ``customer:<id>`` or ``market:<code>``. Plain text, so that a
plugin can tell it without requiring this one.
"""
