# SPDX-License-Identifier: Apache-2.0
"""``/healthz``: the process runs. ``/readyz``: it can serve. Both answer on any host."""

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from shopwright.kernel import Kernel

PATHS = frozenset({"/healthz", "/readyz"})


async def answer(kernel: "Kernel", path: str) -> web.Response:
    """Tell how the process is."""
    if path == "/healthz":
        return web.json_response({"status": "ok"})
    if kernel.draining:
        return web.json_response({"status": "stopping"}, status=503)
    try:
        async with asyncio.timeout(2):
            await kernel.db.fetch_value(None, "SELECT 1")
    except Exception:  # noqa: BLE001 - whatever it is, we are not ready
        return web.json_response({"status": "database unreachable"}, status=503)
    return web.json_response({"status": "ready"})
