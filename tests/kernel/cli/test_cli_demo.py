# SPDX-License-Identifier: Apache-2.0
"""``shopwright demo`` says in a few lines what it does, and gives every address and password in full."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("shopwright")
STORE = """
[store]
code = "pier"
name = "Pier [12]"
currency = "EUR"
default_locale = "en"
locales = ["en"]
theme = "atelier"
hosts = ["a-rather-long-name-of-a-host-that-is-wider-than-most-terminals.pier.localhost"]
plugins = ["admin", "catalog"]
"""
HOST = "a-rather-long-name-of-a-host-that-is-wider-than-most-terminals.pier.localhost"
PROGRESS = (
    r"Database: PostgreSQL in .+/data/postgres",
    r"Migrations: \d+ applied",
    r"Pictures: drawing those that are missing",
    r"Pier \[12\]: loading",
)


@pytest.fixture
def demo(surroundings):
    """Start the demo of one small store, ask for its admin, and stop it: gives output, errors and exit code."""
    folder = surroundings / "stores"
    folder.mkdir()
    (folder / "pier.toml").write_text(STORE)

    def start() -> tuple[list[str], str, int]:
        process = subprocess.Popen(
            [COMMAND, "demo", "--port", "0", "--catalogues", folder, "--data-dir", surroundings / "data"],
            env={k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"COLUMNS": "40"},
            cwd=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        lines: list[str] = []
        try:
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                if line.startswith("Ctrl-C"):
                    break
            port = int(re.search(rf"{HOST}:(\d+)/admin/", "\n".join(lines))[1])
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/admin/login", headers={"Host": f"{HOST}:{port}"}
            )
            with urllib.request.urlopen(request, timeout=20) as answer:
                assert answer.status == 200
        finally:
            process.send_signal(signal.SIGINT)
            rest, err = process.communicate(timeout=30)
        return [*lines, *rest.splitlines()], err, process.returncode

    return start


@pytest.mark.slow
def test_the_demo_tells_what_it_does_and_every_login_in_full(demo, surroundings):
    first, errors, code = demo()
    second, more_errors, _ = demo()

    logins = json.loads((surroundings / "data" / "demo-credentials.json").read_text())
    begin = first.index("Shopwright is ready.")
    assert (errors, more_errors, code) == ("", "", 0)
    for shape, line in zip(PROGRESS, first[: begin - 1], strict=True):
        assert re.fullmatch(shape, line)
    assert second[: second.index("Shopwright is ready.") - 1] == [
        f"Database: PostgreSQL in {surroundings / 'data' / 'postgres'}",
        "Migrations: up to date",
        "Stores: loaded already",
    ]
    assert len(logins) == 3
    for lines in (first, second):
        assert [line for line in lines if line.startswith("  Storefront  http://" + HOST)]
        assert [line for line in lines if line.endswith("/api/docs")]
        for login in logins:
            assert [login["role"], login["email"], login["password"]] in [line.split() for line in lines]
        assert f"{surroundings / 'data' / 'demo-credentials.json'}" in lines[-3]
    assert [oct(p.stat().st_mode)[-3:] for p in surroundings.glob("data/demo-credentials.json")] == ["600"]


SEND = """
import asyncio
from shopwright.cli.logs import log_as_server
from shopwright.config import Config
from shopwright.mail import LogMailer, Message

log_as_server(Config(), quiet=True)
asyncio.run(LogMailer().send(Message("ada@example.com", "Hello", "http://a.example/the-link")))
"""


def test_mails_of_the_demo_are_written_where_it_runs():
    done = subprocess.run([sys.executable, "-c", SEND], capture_output=True, text=True, check=True)

    assert "mail to ada@example.com: Hello" in done.stderr
    assert "http://a.example/the-link" in done.stderr
