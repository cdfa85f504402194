# SPDX-License-Identifier: Apache-2.0
"""Reading our Markdown pages: their fenced blocks, headings and links."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<kind>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
_NOT_RUN = re.compile(r"<!-- not run: (?P<why>.+?) -->\s*\Z")
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_LINK = re.compile(r"(?<!\\)\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^()\s<>]+)>?(?: \"[^\"]*\")?\)")
_REFERENCE = re.compile(r"^\[[^\]]+\]: +(\S+)", re.MULTILINE)
_HTML = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=\"([^\"]+)\"")
_CODE = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; ``not_run`` says why a test leaves it out, if it does."""

    kind: str
    text: str
    not_run: str


def blocks(page: str) -> list[Block]:
    found = []
    for match in _FENCE.finditer(page):
        mark = _NOT_RUN.search(page, 0, match.start())
        found.append(Block(match["kind"], dedent(match["text"]), mark["why"] if mark else ""))
    return found


def links(page: str) -> list[str]:
    """Give where a page's links and pictures lead, those in code left out."""
    prose = _CODE.sub("", _FENCE.sub("", page))
    return [*_LINK.findall(prose), *_REFERENCE.findall(prose), *_HTML.findall(prose)]


def anchors(page: str) -> set[str]:
    """Give the names of a page's headings, as GitHub makes them."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in _HEADING.findall(_FENCE.sub("", page)):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        kept = (c for c in text.lower() if c in " -_" or unicodedata.category(c)[0] in "LN")
        name = "".join(kept).replace(" ", "-")
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found
