# SPDX-License-Identifier: Apache-2.0
"""Taking a file into the media folder: only kinds that a browser does not run, under a name made of its content."""

import asyncio
import hashlib
import logging
import re
from pathlib import Path

from aiohttp import web

from shopwright.context import Context
from shopwright.errors import FieldError, Invalid
from shopwright_catalog.admin.product_form import Posted
from shopwright_catalog.api.files import ENDINGS
from shopwright_catalog.services.storage import StorageError, storage_of

log = logging.getLogger(__name__)
MAX_BYTES = 20 * 1024 * 1024
_PLAIN = re.compile(r"[^A-Za-z0-9_-]+")
_BEGINS = {".pdf": b"%PDF-", ".zip": b"PK\x03\x04"}


async def take(ctx: Context, posted: Posted, field: str) -> tuple[str, str] | None:
    """Do what ``api.take_file`` says."""
    given = posted.get(field)
    if not isinstance(given, web.FileField) or not given.filename:
        return None
    name = given.filename.replace("\\", "/").rpartition("/")[2][:200]
    data = await asyncio.to_thread(given.file.read, MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        words = ctx.gettext(
            "%(name)s is larger than %(most)s MB. Make it smaller.", name=name, most=MAX_BYTES // 1024 // 1024
        )
        raise Invalid(words, errors=[FieldError(f"/{field}", "too_large", words)])
    ending = Path(name).suffix.lower()
    if not _is(ending, data):
        words = ctx.gettext(
            "%(name)s is no PDF, TXT, CSV or ZIP file by its content; save it as one of these.", name=name
        )
        raise Invalid(words, errors=[FieldError(f"/{field}", "file_refused", words)])
    digest = hashlib.sha256(data).hexdigest()[:12]
    stem = _PLAIN.sub("-", Path(name).stem).strip("-")[:80] or "file"
    source = f"{ctx.store.code}/files/{stem}-{digest}{ending}"
    try:
        await asyncio.to_thread(storage_of(ctx).write, source, data)
    except StorageError as error:
        log.error("Store %s cannot keep a file: %s", ctx.store.code, error)
        words = ctx.gettext("Files cannot be kept at the moment. Try again in a minute.")
        raise Invalid(words, errors=[FieldError(f"/{field}", "storage_failed", words)]) from None
    return source, name


def _is(ending: str, data: bytes) -> bool:
    if ending not in ENDINGS or not data:
        return False
    if ending in _BEGINS:
        return data.startswith(_BEGINS[ending])
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False
