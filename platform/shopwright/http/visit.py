# SPDX-License-Identifier: Apache-2.0
"""The web side of one request: session data, nonce, CSRF token, cache tags, messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(slots=True)
class WebSession:
    """What we remember of a browser between requests; kept in PostgreSQL once something is put in.

    Keys begin with the plugin's name (``checkout.cart_id``); values are JSON.
    """

    id: UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)
    staff_user_id: UUID | None = None
    customer_id: UUID | None = None
    changed: bool = False
    rotate: bool = False
    """Give the browser a new session id with this answer (after signing in or out)."""
    ended: bool = False

    def get(self, key: str, default: Any = None) -> Any:
        return self.data.get(key, default)

    def set(self, key: str, value: Any) -> None:
        self.data[key] = value
        self.changed = True

    def remove(self, key: str) -> None:
        if self.data.pop(key, None) is not None:
            self.changed = True


@dataclass(slots=True)
class Visit:
    """One request as handlers and templates see it beyond the context."""

    session: WebSession
    path: str
    """The path without the language prefix."""
    query: Mapping[str, str]
    host: str
    nonce: str = ""
    csrf_token: str = ""
    remote: str = ""
    cache_tags: set[str] = field(default_factory=set)
    is_market_chosen: bool = False
    """Whether the visitor said in which market they are; an API call without ``market`` did not."""
    chosen_market: str = ""
    """A market to remember from now on."""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers to add to the answer."""

    def tag(self, *tags: str) -> None:
        """Say what the page shows (``catalog.product:<id>``): it leaves the page cache when that changes."""
        self.cache_tags.update(tags)

    def flash(self, level: str, message: str) -> None:
        """Show a message on the next page: level is ``success``, ``info``, ``warning`` or ``error``."""
        self.session.set("kernel.flash", [*self.session.get("kernel.flash", []), [level, message]])

    def take_flashes(self) -> list[tuple[str, str]]:
        found = [(str(level), str(text)) for level, text in self.session.get("kernel.flash", [])]
        self.session.remove("kernel.flash")
        return found
