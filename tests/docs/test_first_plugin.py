# SPDX-License-Identifier: Apache-2.0
"""The first plugin of the tutorial works as it is written there."""

import re
import sys
from pathlib import Path

from tests.shop import EVERYTHING, THEMES, add_product, system

from shopwright.testing.kernels import ALPHA

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "first-plugin.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def write_package(folder: Path) -> None:
    blocks = BLOCK.findall(PAGE.read_text())
    package = folder / "tutorial_delivery_time"
    templates = package / "templates" / "delivery_time"
    templates.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "plugin.py").write_text("\n".join(text for kind, text in blocks if kind == "python"))
    (templates / "note.html").write_text(next(text for kind, text in blocks if kind == "html"))


async def test_the_plugin_of_the_tutorial_shows_its_note(make_kernel, make_client, tmp_path, monkeypatch):
    write_package(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    plugin = __import__("tutorial_delivery_time.plugin", fromlist=["Plugin"]).Plugin
    kernel = await make_kernel(plugins=[*EVERYTHING, plugin], stores=[ALPHA], config=THEMES)
    assert kernel.registry.problems == []
    await add_product(system(kernel, "alpha"), "lamp")
    client = await make_client(kernel, "alpha")

    before = await (await client.get("/products/lamp")).text()
    await kernel.settings.save(system(kernel, "alpha"), "delivery_time", {"days": 5}, "store")
    after = await (await client.get("/products/lamp")).text()

    sys.modules.pop("tutorial_delivery_time.plugin")
    assert "Arrives in 3 days." in before
    assert "Arrives in 5 days." in after
