# SPDX-License-Identifier: Apache-2.0
"""Who makes a request: told from its Authorization header, or else from the browser's session."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shopwright.actor import ANONYMOUS, Actor
from shopwright.auth.api_keys import PREFIX
from shopwright.auth.digests import digest
from shopwright.http.exchange import scope_of
from shopwright.http.routing import Scope
from shopwright.http.visit import Visit
from shopwright.stores import Store

if TYPE_CHECKING:
    from shopwright.auth import Auth

_SHOP = frozenset({Scope.STOREFRONT, Scope.API})
# An access token falls with its family: $3 is NULL for browsers.
_STAFF = """
    SELECT u.name, u.email, r.role, c.permissions
    FROM kernel_staff_role r
    JOIN kernel_staff_user u ON u.id = r.staff_user_id AND u.disabled_at IS NULL
    LEFT JOIN kernel_role c ON c.store_id = $1 AND c.code = r.role
    WHERE r.store_id = $1 AND r.staff_user_id = $2
    AND ($3::uuid IS NULL OR EXISTS (
        SELECT FROM kernel_refresh_token t
        WHERE t.store_id = $1 AND t.family = $3 AND t.used_at IS NULL AND t.revoked_at IS NULL
    ))
"""
_API_KEY = """
    SELECT id, name, scopes, last_used_at FROM kernel_api_key
    WHERE store_id = $1 AND key_hash = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)
"""


async def actor_for(
    auth: "Auth", store: Store, visit: Visit | None, request_headers: Mapping[str, str]
) -> Actor:
    """Tell who acts, with one statement at most and none for anonymous visitors.

    A request with bearer credentials is judged by them alone: when they are not good the actor is anonymous,
    whatever the session says. So whoever skips the CSRF check for them never skips it for a session.

    A session may hold both, when a shopkeeper tries the own shop: there the customer acts, in the admin the
    staff user.
    """
    bearer = bearer_token(request_headers)
    if bearer is not None:
        return await _from_bearer(auth, store, bearer)
    session = visit.session if visit else None
    if visit is None or session is None:
        return ANONYMOUS
    customer = Actor("customer", session.customer_id, label="customer") if session.customer_id else None
    if customer is not None and scope_of(visit.path) in _SHOP:
        return customer
    staff = await _staff(auth, store.id, session.staff_user_id) if session.staff_user_id else None
    return staff or customer or ANONYMOUS


def bearer_token(request_headers: Mapping[str, str]) -> str | None:
    """Give the bearer credentials of a request (RFC 6750), ``""`` for empty ones, None when it has none."""
    scheme, _, rest = request_headers.get("Authorization", "").strip().partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else None


async def _from_bearer(auth: "Auth", store: Store, bearer: str) -> Actor:
    if bearer.startswith(PREFIX):
        return await _api_key(auth, store.id, bearer) or ANONYMOUS
    claims = auth.tokens.read(store.id, bearer)
    if claims is None:
        return ANONYMOUS
    return await _staff(auth, store.id, claims.staff_user_id, claims.family) or ANONYMOUS


async def _staff(
    auth: "Auth", store_id: UUID, staff_user_id: UUID, family: UUID | None = None
) -> Actor | None:
    rows: list[Any] = await auth.db.fetch_rows(store_id, _STAFF, store_id, staff_user_id, family)
    if not rows:
        return None
    row = rows[0]
    permissions = auth.roles.permissions_of(row["role"], row["permissions"])
    return Actor("staff", staff_user_id, row["name"] or row["email"], permissions)


async def _api_key(auth: "Auth", store_id: UUID, key: str) -> Actor | None:
    now = auth.clock.now()
    rows: list[Any] = await auth.db.fetch_rows(store_id, _API_KEY, store_id, digest(key), now)
    if not rows:
        return None
    row = rows[0]
    await auth.api_keys.touch(store_id, row["id"], row["last_used_at"], now)
    return Actor("api_key", row["id"], row["name"], frozenset(row["scopes"]))
