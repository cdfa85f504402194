# SPDX-License-Identifier: Apache-2.0
"""Compression of answers: brotli or gzip, for text of at least 1 KB."""

import asyncio
import zlib

import brotli
from aiohttp import web

SMALLEST = 1024
IN_LOOP = 256 * 1024
"""Larger bodies are compressed in a thread."""
_TYPES = ("text/", "application/json", "application/problem+json", "application/javascript", "image/svg+xml")


async def compress(request: web.Request, response: web.StreamResponse) -> None:
    """Compress a whole answer in place, when the client takes it and it pays."""
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        return
    body, content_type = response.body, response.content_type
    if len(body) < SMALLEST or not content_type.startswith(_TYPES) or "Content-Encoding" in response.headers:
        return
    response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary"), "Accept-Encoding")))
    encoding = _choose(request.headers.get("Accept-Encoding", ""))
    if not encoding:
        return
    packed = _pack(encoding, body) if len(body) < IN_LOOP else await asyncio.to_thread(_pack, encoding, body)
    response.body = packed
    response.headers["Content-Encoding"] = encoding


def _choose(header: str) -> str:
    accepted: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, parameters = part.strip().partition(";")
        quality = parameters.strip().removeprefix("q=") or "1"
        try:
            accepted[name.strip()] = float(quality)
        except ValueError:
            continue
    return next((name for name in ("br", "gzip") if accepted.get(name, accepted.get("*", 0)) > 0), "")


def _pack(encoding: str, body: bytes) -> bytes:
    if encoding == "br":
        packed: bytes = brotli.compress(body, quality=3)
        return packed
    compressor = zlib.compressobj(level=4, wbits=31)
    return compressor.compress(body) + compressor.flush()
