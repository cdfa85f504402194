# SPDX-License-Identifier: Apache-2.0
"""Our cookies: never readable by scripts, never sent by other sites, bound to the host where there is TLS."""

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from shopwright.config import Config

FLASH = "flash"
"""Present while a message waits for its reader: such a request gets a page of its own."""
OWN = "own"
"""Present while a customer is signed in: prices and offers may be theirs alone, so no kept page is for them."""
MARKET = "market"
"""The market the visitor chose."""
_LONGEST = 128


class Cookies:
    """Reads and writes cookies of one installation."""

    def __init__(self, config: "Config") -> None:
        self._secure = config.public_scheme == "https"

    def name(self, name: str) -> str:
        return f"__Host-{name}" if self._secure else name

    def read(self, request: web.Request, name: str) -> str:
        """Give a cookie's value; ``""`` when it is absent or cannot be one of ours."""
        if "Cookie" not in request.headers:
            return ""
        value = request.cookies.get(self.name(name), "")
        return value if len(value) <= _LONGEST and value.isascii() else ""

    def put(
        self, response: web.StreamResponse, name: str, value: str, *, seconds: float | None = None
    ) -> None:
        response.set_cookie(
            self.name(name), value, max_age=None if seconds is None else int(seconds), path="/",
            httponly=True, secure=self._secure, samesite="Lax",
        )  # fmt: skip

    def remove(self, response: web.StreamResponse, name: str) -> None:
        response.del_cookie(self.name(name), path="/", httponly=True, secure=self._secure, samesite="Lax")
