# SPDX-License-Identifier: Apache-2.0
"""``/healthz``: the process runs. ``/readyz``: it can serve. Both answer on any host."""

import asyncio
import logging
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from shopwright.kernel import Kernel

log = logging.getLogger(__name__)
PATHS = frozenset({"/healthz", "/readyz"})
_PATIENCE = 2.0


async def answer(kernel: "Kernel", path: str) -> web.Response:
    """Tell how the process is."""
    problem = "" if path == "/healthz" else await _why_not_ready(kernel)
    status = {"status": problem or ("ok" if path == "/healthz" else "ready")}
    response = web.json_response(status, status=503 if problem else 200)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if kernel.draining:
        response.force_close()
    return response


async def _why_not_ready(kernel: "Kernel") -> str:
    if kernel.draining:
        return "stopping"
    try:
        async with asyncio.timeout(_PATIENCE):
            await kernel.db.fetch_value(None, "SELECT 1")
    except Exception as error:  # noqa: BLE001 - whatever it is, we are not ready
        log.warning("not ready: %s: %s", type(error).__name__, error)
        return "database unreachable"
    return ""
