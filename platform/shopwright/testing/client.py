# SPDX-License-Identifier: Apache-2.0
"""An HTTP client for tests: speaks to one store as one visitor, over a real socket."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any, Self

from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer

from shopwright.app import create_app
from shopwright.http.cookies import Cookies
from shopwright.http.csrf import token_for
from shopwright.ids import new_id
from shopwright.kernel import Kernel
from shopwright.stores import Store

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class ShopServer:
    """A kernel behind a socket."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._server = TestServer(create_app(kernel.config, kernel=kernel))
        self._clients: list[TestClient[Any, Any]] = []

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._clients:
            await client.session.close()
        await self._server.close()

    async def client(self, store: Store) -> "ShopClient":
        client: TestClient[Any, Any] = TestClient(self._server, cookie_jar=CookieJar(unsafe=True))
        self._clients.append(client)
        return ShopClient(client, store, self._kernel)


class ShopClient:
    """One visitor of one store. Redirects are not followed unless asked for."""

    def __init__(self, client: TestClient[Any, Any], store: Store, kernel: Kernel) -> None:
        self.http = client
        self.store = store
        self._kernel = kernel

    async def request(self, method: str, path: str, **options: Any) -> ClientResponse:
        headers = {"Host": self.store.hosts[0], **(options.pop("headers", None) or {})}
        options.setdefault("allow_redirects", False)
        return await self.http.request(method, path, headers=headers, **options)

    async def get(self, path: str, **options: Any) -> ClientResponse:
        return await self.request("GET", path, **options)

    async def get_json(self, path: str, **options: Any) -> Any:
        response = await self.get(path, **options)
        assert response.status == 200, await response.text()
        return await response.json()

    async def send(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **options: Any
    ) -> ClientResponse:
        """Send JSON with an ``Idempotency-Key`` of its own, and the CSRF token when there is a session."""
        headers = {"Idempotency-Key": key or str(new_id())}
        sid = Cookies(self._kernel.config).name("sid")
        sessions = [cookie.value for cookie in self.http.session.cookie_jar if cookie.key == sid]
        if sessions:
            headers["X-CSRF-Token"] = token_for(self._kernel, self.store, sessions[0])
        headers |= options.pop("headers", None) or {}
        return await self.request(method, path, json=body, headers=headers, **options)

    async def post_json(self, path: str, body: Any = None, *, status: int = 201, **options: Any) -> Any:
        response = await self.send("POST", path, body, **options)
        assert response.status == status, await response.text()
        return await response.json(content_type=None)

    async def csrf_token(self, page: str) -> str:
        """Read the token of the first form on a page."""
        text = await (await self.get(page)).text()
        found = _TOKEN.search(text)
        assert found, f"no form with a token on {page}"
        return unescape(found[1])

    async def submit(
        self, page: str, fields: Mapping[str, Any], *, action: str | None = None, **options: Any
    ) -> ClientResponse:
        """Fill in a form of a page and send it; ``action`` is where it goes when that is another path."""
        token = await self.csrf_token(page)
        return await self.request("POST", action or page, data={"csrf_token": token, **fields}, **options)

    async def sign_in_staff(self, email: str, password: str) -> None:
        response = await self.submit("/admin/login", {"email": email, "password": password})
        assert response.status == 303, await response.text()
