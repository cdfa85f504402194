# SPDX-License-Identifier: Apache-2.0
"""Who may do what: accounts, passwords, tokens, keys, roles. ``kernel.auth`` is an ``Auth``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shopwright.actor import Actor
from shopwright.auth.actor import actor_for
from shopwright.auth.api_keys import ApiKeys
from shopwright.auth.one_time import OneTimeTokens
from shopwright.auth.passwords import Passwords
from shopwright.auth.roles import Roles
from shopwright.auth.sign_in import SignIn
from shopwright.auth.staff import StaffService
from shopwright.auth.throttle import Throttle
from shopwright.auth.tokens import Tokens
from shopwright.auth.totp import Totp
from shopwright.http.visit import Visit
from shopwright.secrets import SecretBox
from shopwright.stores import Store

if TYPE_CHECKING:
    from shopwright.kernel import Kernel

__all__ = ["Auth", "SignIn"]


class Auth:
    """The parts of authentication and authorization, made once per process."""

    def __init__(self, kernel: "Kernel", *, passwords: Passwords | None = None) -> None:
        self.db = kernel.db
        self.clock = kernel.clock
        self.limiter = kernel.backend.limiter
        self.passwords = passwords or Passwords()
        self.roles = Roles(kernel.registry)
        self.throttle = Throttle(kernel.db, self.limiter, kernel.clock, kernel.secret_keys)
        self.one_time = OneTimeTokens(kernel.clock)
        self.tokens = Tokens(kernel.clock, kernel.secret_keys)
        self.api_keys = ApiKeys(kernel.db, self.roles)
        self.totp = Totp(self, kernel.clock, SecretBox(kernel.secret_keys))
        self.staff = StaffService(self)

    async def actor_for(
        self, ctx_store: Store, visit: Visit | None, request_headers: Mapping[str, str]
    ) -> Actor:
        """Tell who makes a request. See ``shopwright.auth.actor``."""
        return await actor_for(self, ctx_store, visit, request_headers)
