# SPDX-License-Identifier: Apache-2.0
"""The lists in the storefront API."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shopwright.actor import PUBLIC
from shopwright.context import Context
from shopwright.http.routing import Routes, Scope
from shopwright_stock_notices.services import sign_up as service
from shopwright_stock_notices.services.sign_up import SignedUp

routes = Routes("stock_notices", Scope.API)


class NoticeBody(BaseModel):
    """Who wants to be told of what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    variant_id: UUID
    email: str = Field(min_length=1, max_length=254)


@routes.post("/api/v1/stock-notices", permission=PUBLIC, idempotent=True, status=202, limit="10/60")
async def ask_for_notice(ctx: Context, body: NoticeBody) -> SignedUp:
    """Ask to be told when a variant is back; 409 while it can be bought.

    ``confirm`` says that a link was sent. Who is signed in with the own, confirmed address gets a token.
    """
    return await service.sign_up(ctx, body.variant_id, body.email)


@routes.delete("/api/v1/stock-notices/{token}", permission=PUBLIC, status=204, limit="20/60")
async def stop_notice(ctx: Context, token: str) -> None:
    """Take an address off the list, with its token or that of the link in the mail."""
    await service.stop(ctx, token)
