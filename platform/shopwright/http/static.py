# SPDX-License-Identifier: Apache-2.0
"""Files of plugins, themes and the media folder: known types only, never outside their folder."""

import hashlib
import importlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from aiohttp import web

from shopwright.errors import NotFound
from shopwright.stores import Store

if TYPE_CHECKING:
    from shopwright.kernel import Kernel

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".map": "application/json",
}
FOREVER = "public, max-age=31536000, immutable"
_IN_MEMORY = 512 * 1024


class Static:
    """Serves ``/static/<plugin>/…``, ``/static/theme/<theme>/…``, ``/static/kernel/…`` and ``/media/…``."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel

    async def answer(self, request: web.Request, store: Store) -> web.StreamResponse:
        """Give a file.

        Raises:
            NotFound: there is none, or its plugin is off in this store.
        """
        parts = [unquote(part) for part in request.rel_url.raw_path.split("/")[1:]]
        path = self.find(parts, store)
        if request.method not in {"GET", "HEAD"} or path is None:
            raise NotFound("There is no such file.")
        versioned = "v" in request.query or parts[0] == "media"
        headers = {
            "Content-Type": TYPES[path.suffix],
            "Cache-Control": FOREVER if versioned else "public, max-age=300",
        }
        if path.suffix == ".svg":
            headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        if path.stat().st_size > _IN_MEMORY:
            return web.FileResponse(path, headers=headers)
        headers["ETag"] = f'"{digest(path)}"'
        return web.Response(body=path.read_bytes(), headers=headers)

    def find(self, parts: list[str], store: Store) -> Path | None:
        """Find the file of a path's decoded segments; None when there is none this store may show."""
        if any(part in {"", ".", ".."} or "/" in part or "\\" in part or "\0" in part for part in parts):
            return None
        folder, rest = self._folder(parts, store)
        if folder is None or not rest:
            return None
        path = folder.joinpath(*rest)
        if (
            path.suffix not in TYPES
            or not path.is_file()
            or not path.resolve().is_relative_to(folder.resolve())
        ):
            return None
        return path

    def _folder(self, parts: list[str], store: Store) -> tuple[Path | None, list[str]]:
        if parts[0] == "media":
            return self._kernel.config.media_path, parts[1:]
        if len(parts) < 3:
            return None, []
        if parts[1] == "theme":
            return self._kernel.templates.asset_folder(parts[2]), parts[3:]
        if parts[1] == "kernel":
            return Path(__file__).parent.parent / "static", parts[2:]
        if parts[1] not in store.plugins:
            return None, []
        return static_folder(self._kernel.registry.plugins[parts[1]].package, parts[1]), parts[2:]


def static_folder(package: str, plugin: str) -> Path:
    module = importlib.import_module(package)
    return Path(str(module.__file__)).parent / "static" / plugin


def digest(path: Path) -> str:
    """Give a file's fingerprint, for its ETag and its address; read anew when the file changes."""
    stat = path.stat()
    return _digest(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=4096)
def _digest(path: Path, changed: int, size: int) -> str:
    del changed, size
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
