# SPDX-License-Identifier: Apache-2.0
"""The aiohttp application: one catch-all route, behind which our own pipeline finds store, plugin and handler."""

from collections.abc import AsyncIterator

from aiohttp import web

from shopwright.config import Config
from shopwright.http.pipeline import Pipeline
from shopwright.kernel import Kernel

KERNEL: web.AppKey[Kernel] = web.AppKey("kernel", Kernel)
MAX_BODY = 64 * 1024 * 1024
"""The largest body any route may ask for; each route has its own limit below it."""


def create_app(config: Config, *, kernel: Kernel | None = None) -> web.Application:
    """Make the application. Without ``kernel`` one is opened when it starts and closed when it ends."""
    app = web.Application(client_max_size=MAX_BODY)
    pipelines: list[Pipeline] = []

    async def life(app: web.Application) -> AsyncIterator[None]:
        opened = kernel or await Kernel.open(config)
        app[KERNEL] = opened
        pipelines.append(Pipeline(opened))
        yield
        if kernel is None:
            await opened.close()

    async def answer(request: web.Request) -> web.StreamResponse:
        return await pipelines[0](request)

    app.cleanup_ctx.append(life)
    app.router.add_route("*", "/{path:.*}", answer)
    return app
