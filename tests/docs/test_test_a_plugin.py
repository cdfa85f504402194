# SPDX-License-Identifier: Apache-2.0
"""The plugin and the tests of the how-to work as they are written there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shopwright.checkup import CHECKS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "test-a-plugin.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PLACES = (
    "tests/conftest.py",
    "pytest.ini",
    "tests/test_conformance.py",
    "shopwright_gift_wrap/hookspecs.py",
    "shopwright_gift_wrap/plugin.py",
    "tests/test_gift_wrap.py",
)
"""Where each block of the page goes, in its order."""


@pytest.mark.slow
def test_the_tests_of_the_page_pass(tmp_path):
    blocks = [text for _, text in BLOCK.findall(PAGE.read_text("utf-8"))]
    for place, text in zip(PLACES, blocks, strict=True):
        path = tmp_path / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "shopwright_gift_wrap" / "__init__.py").touch()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}, check=False, capture_output=True, text=True,
    )  # fmt: skip

    # The conformance tests that need tables are skipped: this plugin has none.
    told = re.search(r"^(\d+) passed, 4 skipped in ", done.stdout, re.MULTILINE)
    assert (done.returncode, told is None) == (0, False), done.stdout
    assert int(told[1]) > len(CHECKS) + 5
