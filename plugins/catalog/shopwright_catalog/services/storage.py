# SPDX-License-Identifier: Apache-2.0
"""Where pictures are kept: by name, whole, and each under a name of its own for ever."""

from pathlib import Path
from typing import Protocol

from shopwright.context import Context
from shopwright.ids import new_id


class StorageError(OSError):
    """The place where pictures are kept does not answer, or does not let us in."""


class Storage(Protocol):
    """A place for files. Its methods block: call them in a thread."""

    def read(self, name: str) -> bytes:
        """Give a file.

        Raises:
            FileNotFoundError: there is none of this name.
            StorageError: it cannot be told.
        """
        ...

    def write(self, name: str, data: bytes) -> None:
        """Keep a file; nobody sees half of it.

        Raises:
            StorageError: it could not be kept.
        """
        ...


class Folder:
    """Files in the media folder of this machine, or one that all machines mount."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, name: str) -> bytes:
        return self._path(name).read_bytes()

    def write(self, name: str, data: bytes) -> None:
        target = self._path(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{new_id().hex}.part")
        part.write_bytes(data)
        part.replace(target)

    def _path(self, name: str) -> Path:
        path = self._root / name
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise FileNotFoundError(name)
        return path


def storage_of(ctx: Context) -> Storage:
    """Give the place where pictures are kept: a bucket when one is configured, else the media folder."""
    config = ctx.kernel.config
    if config.media_s3_bucket is None:
        return Folder(config.media_path)
    # Loading it takes a while, and most installations have no bucket.
    from shopwright_catalog.services.bucket import bucket_of

    return bucket_of(config)
