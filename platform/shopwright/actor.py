# SPDX-License-Identifier: Apache-2.0
"""Who acts: an anonymous visitor, a customer, a staff user, an API key, or the system itself."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

ActorKind = Literal["anonymous", "customer", "staff", "api_key", "system"]

PUBLIC = "public"
"""The permission of what everybody may do: a declaration too."""
SIGNED_IN_CUSTOMER = "customer"
"""The permission of what needs a signed-in customer of this store."""
SIGNED_IN_STAFF = "staff"
"""The permission of what any staff user with a role in this store may do."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts in one store, and what they may do there."""

    kind: ActorKind
    id: UUID | None = None
    label: str = ""
    permissions: frozenset[str] = frozenset()
    """Permission codes; ``*`` is every permission (owner, system)."""

    def can(self, permission: str) -> bool:
        """Tell whether this actor may do what a permission code (or a declaration above) stands for."""
        if permission == PUBLIC or self.kind == "system":
            return True
        if permission == SIGNED_IN_CUSTOMER:
            return self.kind == "customer"
        if self.kind not in {"staff", "api_key"}:
            return False
        if permission == SIGNED_IN_STAFF:
            return self.kind == "staff"
        return "*" in self.permissions or permission in self.permissions


ANONYMOUS = Actor("anonymous", label="visitor")
SYSTEM = Actor("system", label="system", permissions=frozenset({"*"}))
