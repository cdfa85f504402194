# SPDX-License-Identifier: Apache-2.0
"""The aiohttp application: everything goes to our own pipeline, which finds store, plugin and handler."""

from collections.abc import AsyncIterator

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.typedefs import Handler

from shopwright.config import Config
from shopwright.http.finish import add_headers
from shopwright.http.pipeline import Pipeline
from shopwright.kernel import Kernel

KERNEL: web.AppKey[Kernel] = web.AppKey("kernel", Kernel)


def create_app(config: Config, *, kernel: Kernel | None = None) -> web.Application:
    """Make the application. Without ``kernel`` one is opened when it starts and closed when it ends."""
    pipelines: list[Pipeline] = []

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        del handler
        return await pipelines[0](request)

    async def life(app: web.Application) -> AsyncIterator[None]:
        opened = kernel or await Kernel.open(config)
        app[KERNEL] = opened
        pipelines.append(Pipeline(opened))
        yield
        if kernel is None:
            await opened.close()

    # A middleware sees also what no pattern of aiohttp's router matches, such as "OPTIONS *".
    app = web.Application(middlewares=[answer])
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.append(life)
    app.router.add_route("*", "/{path:.*}", _never, expect_handler=_expect)
    return app


async def _never(_request: web.Request) -> web.StreamResponse:
    raise AssertionError("the pipeline answers")


async def _expect(request: web.Request) -> None:
    """Ask for the body of a client that waits for it; any other expectation is ignored (RFC 9110, 10.1.1)."""
    if request.headers[hdrs.EXPECT].lower() == "100-continue" and request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # The count begins with the answer itself: aiohttp tells by it whether headers were sent.
        request.writer.output_size = 0
