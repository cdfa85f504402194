# SPDX-License-Identifier: Apache-2.0
"""Every link of every page leads somewhere, and every page of the documentation can be found from its index."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from tests.docs.markdown import ROOT, anchors, links

_SKIPPED = {"node_modules", "build", "dist"}
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") or part in _SKIPPED for part in path.relative_to(ROOT).parts)
)


def dead(page: Path) -> list[str]:
    """Give the links of a page that lead nowhere in the repository."""
    found = []
    for link in links(page.read_text()):
        target = urlsplit(link)
        if target.scheme or target.netloc:
            continue
        path = (page.parent / unquote(target.path)).resolve() if target.path else page
        is_there = path.exists()
        if is_there and target.fragment and path.suffix == ".md":
            is_there = unquote(target.fragment) in anchors(path.read_text())
        if not is_there:
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    assert dead(ROOT / page) == []


def reached(start: Path) -> set[Path]:
    """Give all pages that can be reached by links."""
    found, todo = set(), [start]
    while todo:
        page = todo.pop()
        if page in found:
            continue
        found.add(page)
        targets = (urlsplit(link) for link in links(page.read_text()))
        paths = [(page.parent / unquote(t.path)).resolve() for t in targets if t.path and not t.scheme]
        for path in paths:
            todo += sorted(path.glob("*.md")) if path.is_dir() else [path] if path.suffix == ".md" else []
    return found


def test_every_page_of_the_documentation_is_reached_from_its_index():
    there = {ROOT / page for page in PAGES if page.startswith("docs/") and "/changes/" not in page}

    assert there - reached(ROOT / "docs" / "README.md") == set()
    assert ROOT / "docs" / "README.md" in reached(ROOT / "README.md")


def test_each_entry_of_the_index_says_in_one_line_what_it_is():
    lines = (ROOT / "docs" / "README.md").read_text().splitlines()
    entries = [line for line in lines if line.startswith("- ")]

    assert [
        line for line in entries if not line.startswith("- [") or len(line.partition("): ")[2]) < 20
    ] == []
    assert len(entries) > 15


def test_a_dead_link_and_a_dead_anchor_are_seen(tmp_path):
    (tmp_path / "other.md").write_text("# Ways, and why\n\n## `code` in it\n\n## Ways, and why\n")
    page = tmp_path / "page.md"
    page.write_text(
        "# Here\n[a](other.md) [b](other.md#ways-and-why) [c](other.md#code-in-it) [d](#here) [e](https://x.example/)\n"
        "[f](gone.md) [g](other.md#gone) [h](#gone) ![i](gone.png) [j](other.md#ways-and-why-1)\n"
        "`[k](code.md)`\n```text\n[l](fenced.md)\n```\n"
    )

    assert dead(page) == ["gone.md", "other.md#gone", "#gone", "gone.png"]
