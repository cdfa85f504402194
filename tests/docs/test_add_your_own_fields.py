# SPDX-License-Identifier: Apache-2.0
"""The plugin of the how-to is the example, whose tests run it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_plugin_of_the_page_is_the_example():
    page = (ROOT / "docs" / "how-to" / "add-your-own-fields.md").read_text("utf-8")
    example = ROOT / "examples" / "care_labels" / "shopwright_care_labels" / "plugin.py"

    assert BLOCK.findall(page) == [example.read_text("utf-8")]
