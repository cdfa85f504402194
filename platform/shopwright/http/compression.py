# SPDX-License-Identifier: Apache-2.0
"""Compression of answers: brotli or gzip, for text of at least 1 KB."""

import asyncio
import zlib

import brotli
from aiohttp import web

SMALLEST = 1024
IN_LOOP = 256 * 1024
"""Larger bodies are compressed in a thread."""
_LONGEST_HEADER = 256
_TYPES = ("text/", "application/json", "application/problem+json", "image/svg+xml")


async def compress(request: web.Request, response: web.StreamResponse) -> None:
    """Compress a whole answer in place, when the client takes it and it pays."""
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        return
    body, content_type = response.body, response.content_type
    if len(body) < SMALLEST or not content_type.startswith(_TYPES) or "Content-Encoding" in response.headers:
        return
    known = response.headers.get("Vary")
    response.headers["Vary"] = f"{known}, Accept-Encoding" if known else "Accept-Encoding"
    encoding = _choose(request.headers.get("Accept-Encoding", ""))
    if not encoding:
        return
    packed = _pack(encoding, body) if len(body) < IN_LOOP else await asyncio.to_thread(_pack, encoding, body)
    response.body = packed
    response.headers["Content-Encoding"] = encoding


def _choose(header: str) -> str:
    """Give the encoding the client likes best, brotli when it likes both alike (RFC 9110, 12.5.3)."""
    accepted: dict[str, float] = {}
    for part in header[:_LONGEST_HEADER].lower().split(","):
        name, _, parameters = part.strip().partition(";")
        quality = parameters.replace(" ", "").removeprefix("q=") or "1"
        try:
            accepted[name.strip()] = float(quality)
        except ValueError:
            continue
    wanted = {name: accepted.get(name, accepted.get("*", 0.0)) for name in ("br", "gzip")}
    best = max(wanted, key=lambda name: wanted[name])
    return best if wanted[best] > 0 else ""


def _pack(encoding: str, body: bytes) -> bytes:
    if encoding == "br":
        packed: bytes = brotli.compress(body, quality=3)
        return packed
    compressor = zlib.compressobj(level=4, wbits=31)
    return compressor.compress(body) + compressor.flush()
