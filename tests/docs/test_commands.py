# SPDX-License-Identifier: Apache-2.0
"""The commands of the pages are run as they stand there, and print what stands below them."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.docs.markdown import ROOT, Block, blocks

from shopwright.db.embedded import EmbeddedServer

TUTORIAL = ROOT / "docs" / "tutorial" / "first-store.md"
BACKUP = ROOT / "docs" / "how-to" / "back-up-and-restore.md"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("commands-of-pages")]


@dataclass
class Shell:
    """A folder in which the commands of a page run, beside an installation that answers on a free port."""

    folder: Path
    port: int

    def run(self, text: str) -> str:
        """Run a block and give what it printed, each run of blanks as one.

        Asserts that it ended well.
        """
        script = text.replace(":8000/", f":{self.port}/")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("SHOPWRIGHT_", "DATABASE_"))}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder, env=environment | {"COLUMNS": "300"}, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return " ".join(done.stdout.split())

    def start(self) -> "subprocess.Popen[bytes]":
        """Do what the demo does for the commands beside it: migrate, serve, keep the database running."""
        self.run(".venv/bin/shopwright migrate")
        with (self.folder / "serve.log").open("wb") as log:
            return subprocess.Popen(
                [".venv/bin/shopwright", "serve", "--port", str(self.port)],
                cwd=self.folder, stdout=log, stderr=log,
                env=os.environ | {"SHOPWRIGHT_THEME_DIRS": str(ROOT / "themes"), "SHOPWRIGHT_PUBLIC_PORT": str(self.port)},
            )  # fmt: skip

    def wait(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + 60
        while not self._answers():
            log = (self.folder / "serve.log").read_text()
            assert process.poll() is None, log
            assert time.monotonic() < deadline, log
            time.sleep(0.2)  # noqa: TID251 - a test may wait

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp("page")
    (folder / ".venv").symlink_to(sys.prefix)
    shutil.copytree(ROOT / "tools", folder / "tools")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = Shell(folder, free.getsockname()[1])
    process = found.start()
    try:
        found.wait(process)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        for data in (".shopwright", "restored"):
            EmbeddedServer(folder / data / "postgres").remove_if_unused()


def is_printed(expected: str, printed: str) -> bool:
    """Tell whether a text was printed line by line; ``…`` stands for what differs."""
    lines = [" ".join(line.split()) for line in expected.splitlines() if line.strip()]
    pattern = ".*".join(".+?".join(map(re.escape, line.split("…"))) for line in lines)
    return re.search(pattern, printed) is not None


def with_answers(page: Path) -> list[tuple[Block, str]]:
    """Give the commands of a page that are run, each with what stands below it as its answer."""
    found = blocks(page.read_text())
    return [
        (block, after.text if after and after.kind == "text" else "")
        for block, after in zip(found, [*found[1:], None], strict=True)
        if block.kind == "sh" and not block.not_run
    ]


def test_the_first_store_is_made_as_the_tutorial_says(shell):
    products = next(block.text for block in blocks(TUTORIAL.read_text()) if block.kind == "csv")
    (shell.folder / "products.csv").write_text(products)

    for block, answer in with_answers(TUTORIAL):
        printed = shell.run(block.text)

        assert answer, f"say what this prints:\n{block.text}"
        assert is_printed(answer, printed), f"{block.text}\nshould print\n{answer}\nbut printed\n{printed}"


def test_an_installation_is_backed_up_and_restored_as_the_page_says(shell):
    page = BACKUP.read_text()
    section = page.partition("## The embedded database")[2].partition("\n## ")[0]
    (shell.folder / ".shopwright" / "media").mkdir(exist_ok=True)
    (shell.folder / ".shopwright" / "media" / "a.txt").write_text("there")
    count = "psql -Atc 'SELECT (SELECT count(*) FROM kernel_store), (SELECT count(*) FROM catalog_variant)'"

    for block in blocks(section):
        printed = shell.run(block.text)

    assert "clean (" in printed
    assert shell.run(f"tools/with-database restored {count}") == shell.run(
        f"tools/with-database .shopwright {count}"
    )
    assert (shell.folder / "restored" / "media" / "a.txt").read_text() == "there"


def test_few_commands_of_the_tutorials_are_not_run():
    pages = sorted((ROOT / "docs" / "tutorial").glob("*.md"))
    found = [block for page in pages for block in blocks(page.read_text()) if block.kind == "sh"]
    left_out = [block for block in found if block.not_run]

    assert [block.text.strip() for block in left_out] == ["make demo"]
    assert all(len(block.not_run) > 20 for block in left_out)


@pytest.mark.parametrize(
    ("expected", "printed", "is_so"),
    [
        ("one\ntwo\n", "one and two", True),
        ("two\none\n", "one and two", False),
        ("took … s", "it took 1.5 s in all", True),
        ("took … s", "it took no time", False),
        ("a.b", "acb", False),
    ],
)
def test_what_is_printed_is_compared_line_by_line(expected, printed, is_so):
    assert is_printed(expected, printed) is is_so
