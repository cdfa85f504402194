# SPDX-License-Identifier: Apache-2.0
"""A small S3 service: one bucket that everybody may read, and that only the holder of a key may write to.

It checks signatures as the AWS documentation of version 4 says, so a client that signs wrongly is let in nowhere.
"""

import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote, unquote

from aiohttp import web
from aiohttp.test_utils import TestServer

KEY_ID, SECRET, REGION, BUCKET = "key", "secret", "eu-north-1", "pictures"
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<scope>[^,]+), ?SignedHeaders=(?P<names>[^,]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)


class S3Service:
    """Its objects by name, each with its content and the headers it is given out with."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.address = ""

    async def answer(self, request: web.Request) -> web.Response:
        bucket, _, name = unquote(request.path).removeprefix("/").partition("/")
        body = await request.read()
        is_public = request.method in {"GET", "HEAD"} and "Authorization" not in request.headers
        if not is_public and not _is_signed(request, body):
            return _error(403, "SignatureDoesNotMatch")
        if bucket != BUCKET:
            return _error(404, "NoSuchBucket")
        if request.method == "PUT":
            kept = {x: request.headers[x] for x in ("Content-Type", "Cache-Control") if x in request.headers}
            self.objects[name] = (body, kept)
            return web.Response(headers={"ETag": f'"{hashlib.md5(body).hexdigest()}"'})
        if name not in self.objects:
            return _error(404, "NoSuchKey")
        content, headers = self.objects[name]
        dated = {"Last-Modified": "Mon, 02 Nov 2026 09:00:00 GMT", "ETag": '"x"'}
        return web.Response(body=content, headers=headers | dated)


@asynccontextmanager
async def s3_service() -> AsyncIterator[S3Service]:
    service = S3Service()
    app = web.Application(client_max_size=2**25)
    app.router.add_route("*", "/{path:.*}", service.answer)
    async with TestServer(app) as server:
        service.address = str(server.make_url("")).rstrip("/")
        yield service


def _is_signed(request: web.Request, body: bytes) -> bool:
    found = _AUTHORIZATION.fullmatch(request.headers.get("Authorization", ""))
    if found is None or found["key"] != KEY_ID:
        return False
    digest = request.headers["x-amz-content-sha256"]
    names = found["names"].split(";")
    lines = [f"{name}:{request.headers[name].strip()}\n" for name in names]
    query = "&".join(sorted(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in request.query.items()))
    asked = "\n".join(
        (request.method, request.rel_url.raw_path, query, "".join(lines), found["names"], digest)
    )
    time, scope = request.headers["x-amz-date"], found["scope"]
    signed = "\n".join(("AWS4-HMAC-SHA256", time, scope, hashlib.sha256(asked.encode()).hexdigest()))
    key = f"AWS4{SECRET}".encode()
    for part in (time[:8], REGION, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    right = hmac.digest(key, signed.encode(), "sha256").hex()
    return digest == hashlib.sha256(body).hexdigest() and hmac.compare_digest(right, found["signature"])


def _error(status: int, code: str) -> web.Response:
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{code}</Message></Error>'
    )
    return web.Response(status=status, text=text, content_type="application/xml")
