# SPDX-License-Identifier: Apache-2.0
"""Mistakes at the start are told in one line, by the command as people run it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.shop import EVERYTHING

ROOT = Path(__file__).resolve().parents[3]
COMMAND = Path(sys.executable).with_name("shopwright")


@pytest.fixture
def shell(surroundings):
    """Run a program in a folder of its own; gives exit code, output and errors."""

    def shell(*command: object, **environ: str) -> tuple[int, str, str]:
        known = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        done = subprocess.run(
            [str(part) for part in command],
            env=known | environ, cwd=surroundings, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    return shell


def test_help_lists_every_command(shell):
    code, out, err = shell(COMMAND, "--help", COLUMNS="100")

    names = "serve worker migrate demo doctor hooks check plugin store user config audit import".split()
    assert (code, err) == (0, "")
    assert [name for name in names if f" {name} " not in out] == []


def test_an_unknown_key_is_named_with_the_known_ones(shell, surroundings):
    (surroundings / "shopwright.toml").write_text("prot = 8000\n")
    code, out, err = shell(COMMAND, "serve")

    assert (code, out) == (2, "")
    assert err.startswith(
        "Error: Unknown configuration key 'prot' in shopwright.toml. Remove it or use one of: "
    )
    assert "port, " in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "doctor"])
def test_a_database_that_does_not_answer_is_told(shell, command):
    url = "postgresql://nobody@127.0.0.1:1/none"
    code, out, err = shell(COMMAND, command, DATABASE_URL=url)

    assert (code, out) == (2, "")
    assert err.startswith("Error: The database c")
    assert "DATABASE_URL" in err
    assert err.count("\n") == 1


def test_a_database_that_is_not_there_is_named(shell, pg_server):
    code, out, err = shell(COMMAND, "migrate", DATABASE_URL=pg_server.url_of("no_such_database"))

    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert '"no_such_database" does not exist' in err
    assert "DATABASE_URL" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_told_before_anything_is_made(shell, surroundings, database_of_all, command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = shell(COMMAND, command, "--port", port, DATABASE_URL=database_of_all)

    assert (code, out) == (2, "")
    assert err == (
        f"Error: Port {port} is in use. Stop what runs there, or choose another port: "
        "--port, or PORT= with make.\n"
    )
    assert not (surroundings / "data").exists()


def test_make_refuses_a_python_that_is_too_old(shell, surroundings):
    old = surroundings / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit 0\nexit 1\n')
    old.chmod(0o755)
    code, out, err = shell("make", "-s", "-C", ROOT, "demo", f"PYTHON={old}", f"VENV={surroundings}/venv")

    assert (code, out) == (2, "")
    assert err.splitlines()[0] == (
        "Shopwright needs Python 3.11 or newer; Python 3.9.2 is too old. Try: make PYTHON=python3.12"
    )
    assert not (surroundings / "venv").exists()


def test_a_plugin_that_ends_the_process_when_imported_is_left_out(
    shell, install, surroundings, database_of_all
):
    install("leaving", "import sys\nsys.exit(3)\n")
    site = str(surroundings / "site")
    code, out, err = shell(COMMAND, "plugin", "list", DATABASE_URL=database_of_all, PYTHONPATH=site)

    assert code == 0
    assert err == "ERROR: Plugin 'leaving' is left out: SystemExit: 3\n"
    assert out.count("│ 0.1.0") == len(EVERYTHING)
