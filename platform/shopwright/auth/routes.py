# SPDX-License-Identifier: Apache-2.0
"""The kernel's own routes: tokens for programs that act for a staff user."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from shopwright.actor import PUBLIC
from shopwright.auth.tokens import TokenPair
from shopwright.context import Context
from shopwright.errors import TooManyRequests, Unauthorized
from shopwright.http.routing import Reply, Routes, Scope

routes = Routes("kernel", Scope.ADMIN_API)
_PREFIX = "/api/admin/v1/auth"
_NOT_KEPT = {"Cache-Control": "no-store"}


class Credentials(BaseModel):
    """E-mail and password of a staff user, and the code of the second factor where it is on."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=254)
    password: str = Field(max_length=1024, repr=False)
    totp_code: str = Field(default="", max_length=40)


class RefreshToken(BaseModel):
    """A refresh token."""

    model_config = ConfigDict(extra="forbid")

    refresh_token: str = Field(max_length=200, repr=False)


class TokenAnswer(BaseModel):
    """Tokens, named as in RFC 6749."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  # a scheme, not a secret
    expires_in: int
    refresh_token: str
    refresh_expires_at: datetime


class Revoked(BaseModel):
    """The token is not good any more."""

    revoked: bool = True


@routes.post(f"{_PREFIX}/token", permission=PUBLIC, csrf=False, limit="30/60", name="auth_token")
async def auth_token(ctx: Context, body: Credentials) -> Reply[TokenAnswer]:
    """Sign in a program for a staff user."""
    auth = ctx.kernel.auth
    found = await auth.staff.authenticate(ctx, body.email, body.password, body.totp_code)
    if found.status == "throttled":
        wait = str(int(found.retry_after) + 1)
        raise TooManyRequests("Too many attempts: wait a while.", headers={"Retry-After": wait})
    if found.status == "needs_totp":
        raise Unauthorized("Send the code of your second factor as totp_code.", code="needs_totp")
    if found.status != "ok" or found.staff_user_id is None:
        raise Unauthorized("E-mail, password or code are not right.", code="credentials_refused")
    return _answer(await auth.tokens.issue(ctx, found.staff_user_id))


@routes.post(f"{_PREFIX}/refresh", permission=PUBLIC, csrf=False, limit="60/60", name="auth_refresh")
async def auth_refresh(ctx: Context, body: RefreshToken) -> Reply[TokenAnswer]:
    """Trade a refresh token for new tokens; it is void from then on."""
    return _answer(await ctx.kernel.auth.tokens.refresh(ctx, body.refresh_token))


@routes.post(f"{_PREFIX}/revoke", permission=PUBLIC, csrf=False, limit="60/60", name="auth_revoke")
async def auth_revoke(ctx: Context, body: RefreshToken) -> Reply[Revoked]:
    """Sign a program out: its refresh token and its access tokens end."""
    await ctx.kernel.auth.tokens.revoke(ctx, body.refresh_token)
    return Reply(Revoked(), headers=_NOT_KEPT)


def _answer(pair: TokenPair) -> Reply[TokenAnswer]:
    answer = TokenAnswer(
        access_token=pair.access_token,
        expires_in=pair.expires_in,
        refresh_token=pair.refresh_token,
        refresh_expires_at=pair.refresh_expires_at,
    )
    return Reply(answer, headers=_NOT_KEPT)
