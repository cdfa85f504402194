# SPDX-License-Identifier: Apache-2.0
"""Wishlists in the storefront API."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shopwright.actor import PUBLIC, SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.routing import Routes, Scope
from shopwright_wishlists.services import lists, own
from shopwright_wishlists.services.entries import Entry, entries

routes = Routes("wishlists", Scope.API)
_OWN, _LINK = "/api/v1/customers/me/wishlist", "/api/v1/customers/me/wishlist-link"


@dataclass(frozen=True, slots=True)
class OwnWishlist:
    """The list of who is signed in; ``share_token`` is empty while it is not shared."""

    items: Sequence[Entry]
    share_token: str


@dataclass(frozen=True, slots=True)
class SharedWishlist:
    """A list that its owner shares."""

    items: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class ShareLink:
    """The token under which a list is shared."""

    share_token: str


@routes.get(_OWN, permission=SIGNED_IN_CUSTOMER)
async def get_own_wishlist(ctx: Context) -> OwnWishlist:
    """Give the own list, the latest first."""
    owner = _owner(ctx)
    found = await entries(ctx, await lists.of_customer(ctx, owner))
    return OwnWishlist(found, await lists.share_token(ctx, owner))


@routes.put(f"{_OWN}/{{variant_id}}", permission=SIGNED_IN_CUSTOMER, status=204)
async def put_wish(ctx: Context, variant_id: UUID) -> None:
    """Put a variant on the own list; doing it twice changes nothing, 409 when the list is full."""
    await own.add(ctx, variant_id)


@routes.delete(f"{_OWN}/{{variant_id}}", permission=SIGNED_IN_CUSTOMER, status=204)
async def delete_wish(ctx: Context, variant_id: UUID) -> None:
    """Take a variant off the own list."""
    if not await lists.remove(ctx, _owner(ctx), variant_id):
        raise NotFound("This product is not on your wishlist.", code="wish_not_found")


@routes.put(_LINK, permission=SIGNED_IN_CUSTOMER)
async def put_wishlist_link(ctx: Context) -> ShareLink:
    """Share the own list with everybody who has the token."""
    return ShareLink(await lists.share(ctx, _owner(ctx)))


@routes.delete(_LINK, permission=SIGNED_IN_CUSTOMER, status=204)
async def delete_wishlist_link(ctx: Context) -> None:
    """Share the own list no more."""
    await lists.unshare(ctx, _owner(ctx))


@routes.get("/api/v1/wishlists/{token}", permission=PUBLIC)
async def get_shared_wishlist(ctx: Context, token: str) -> SharedWishlist:
    """Give a shared list."""
    return SharedWishlist(await entries(ctx, await lists.shared(ctx, token)))


def _owner(ctx: Context) -> UUID:
    assert ctx.actor.id is not None
    return ctx.actor.id
