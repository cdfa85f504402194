# SPDX-License-Identifier: Apache-2.0
"""Files of plugins, themes and the media folder: known types only, never outside their folder."""

import hashlib
import importlib
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from aiohttp import web

from shopwright.errors import NotFound
from shopwright.http import api_docs
from shopwright.http.problems import Failure
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
}
DOCUMENTS = {
    ".pdf": "application/pdf",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".zip": "application/zip",
}
"""What stores upload beside pictures; plugins and themes show none of it."""
FOREVER = "public, max-age=31536000, immutable"
_SOON = "public, max-age=300"
_IN_MEMORY = 2 * 1024 * 1024
_FEWEST_DIGITS = 8
# Such a name ends in a fingerprint of the picture, perhaps with the width of a copy: another picture has another name.
_LASTING = re.compile(r".+-[0-9a-f]{12}(\.[0-9]+w)?\.[a-z]+")
# A picture may hold scripts and links; opened by itself it is nobody's page.
_SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class Static:
    """Serves ``/static/<plugin>/…``, ``/static/theme/<theme>/…``, ``/static/kernel/…`` and ``/media/…``."""

    def __init__(self, kernel: "Kernel") -> None:
        self._kernel = kernel

    def serves(self, raw_path: str) -> bool:
        """Tell whether a path is a file's."""
        return raw_path.startswith(("/static/", "/media/"))

    async def answer(self, request: web.Request, store: Store) -> web.StreamResponse:
        """Give a file.

        Raises:
            NotFound: there is none, or its plugin is off in this store.
            Failure: 405, files are only read.
        """
        if request.method not in {"GET", "HEAD"}:
            raise Failure(405, "Use GET or HEAD.", headers={"Allow": "GET, HEAD"})
        parts = [unquote(part) for part in request.rel_url.raw_path.split("/")[1:]]
        config, path = self._kernel.config, self.find(parts, store)
        if path is None:
            if parts[0] == "media" and config.media_s3_bucket and config.media_url:
                # Old orders and settings name by its path what has moved into the bucket.
                target = config.media_url + request.rel_url.raw_path.removeprefix("/media")
                return web.Response(status=302, headers={"Location": target, "Cache-Control": _SOON})
            raise NotFound("There is no such file.")
        mark = digest(path)
        given = request.query.get("v", "")
        is_this_version = len(given) >= _FEWEST_DIGITS and mark.startswith(given)
        is_lasting = parts[0] == "media" and _LASTING.fullmatch(parts[-1])
        headers = {
            "Content-Type": (TYPES | DOCUMENTS)[path.suffix],
            "Cache-Control": FOREVER if is_this_version or is_lasting else _SOON,
        }
        if path.suffix == ".svg":
            headers["Content-Security-Policy"] = _SVG_POLICY
        if path.stat().st_size > _IN_MEMORY:
            return web.FileResponse(path, headers=headers)
        return web.Response(body=path.read_bytes(), headers={**headers, "ETag": f'W/"{mark}"'})

    def find(self, parts: list[str], store: Store) -> Path | None:
        """Find the file of a path's decoded segments; None when there is none this store may show."""
        if any(part.startswith(".") or not part or not _is_plain(part) for part in parts):
            return None
        folder, rest = self._folder(parts, store)
        if folder is None or not rest:
            return None
        path = folder.joinpath(*rest)
        known = TYPES | DOCUMENTS if parts[0] == "media" else TYPES
        if path.suffix not in known or not path.is_file():
            return None
        return path if path.resolve().is_relative_to(folder.resolve()) else None

    def _folder(self, parts: list[str], store: Store) -> tuple[Path | None, list[str]]:
        if parts[0] == "media":
            return self._kernel.config.media_path, parts[1:]
        if len(parts) < 3:
            return None, []
        if parts[1] == "theme":
            return self._kernel.templates.asset_folder(parts[2]), parts[3:]
        if parts[1] == "kernel":
            return api_docs.folder_of(parts[2]), parts[2:]
        if parts[1] not in store.plugins:
            return None, []
        return static_folder(self._kernel.registry.plugins[parts[1]].package, parts[1]), parts[2:]


def static_folder(package: str, plugin: str) -> Path:
    """Give the folder of a plugin's static files, whether it exists or not."""
    module = importlib.import_module(package)
    return Path(module.__file__ or "").parent / "static" / plugin


def digest(path: Path) -> str:
    """Give a file's fingerprint, for its ETag and its address; read anew when the file changes."""
    stat = path.stat()
    return _digest(path, stat.st_mtime_ns, stat.st_size)


def _is_plain(part: str) -> bool:
    return part.isprintable() and not any(character in part for character in "/\\:")


@lru_cache(maxsize=4096)
def _digest(path: Path, changed: int, size: int) -> str:
    del changed, size
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
