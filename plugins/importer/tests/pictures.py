# SPDX-License-Identifier: Apache-2.0
"""A server of pictures that behaves in every way a server can."""

import asyncio
import io
from collections import Counter
from typing import Self

from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from shopwright_importer.services.fetch import MAX_BYTES


def png(size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 90, 10)).save(out, "PNG")
    return out.getvalue()


class PictureServer:
    """Serves on 127.0.0.1, counts what is asked for, and can be made to fail for a while."""

    def __init__(self) -> None:
        app = web.Application()
        app.router.add_get("/{kind}/{name}", self._answer)
        self._server = TestServer(app)
        self.asked: Counter[str] = Counter()
        self.seen: list[web.Request] = []
        self.failing = 0
        """How many of the next requests get a 503."""

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @property
    def port(self) -> int:
        return self._server.port or 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/{path}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked[request.path.strip("/")] += 1
        self.seen.append(request)
        if self.failing:
            self.failing -= 1
            return web.Response(status=503)
        kind, name = request.match_info["kind"], request.match_info["name"]
        if kind == "to":
            return web.Response(status=302, headers={"Location": request.query["url"]})
        if kind == "hop":
            left = int(name)
            raise web.HTTPFound(f"/hop/{left - 1}" if left else "/good/end.png")
        return await getattr(self, f"_{kind}")(request)

    async def _good(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=png(), content_type="image/png")

    async def _slow(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(png()[:20])
        await asyncio.sleep(20)
        return response

    async def _large(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=bytes(MAX_BYTES + 1))

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        """Bytes without end and without a Content-Length."""
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        while True:
            await response.write(bytes(1 << 20))

    async def _text(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="<html>Please sign in</html>", content_type="image/png")

    async def _gone(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=404, body=png(), content_type="image/png")

    async def _broken(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=500)
