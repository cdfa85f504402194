# SPDX-License-Identifier: Apache-2.0
"""Pictures and files as values: checked, written as texts for forms and CSV files, and shown."""

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from multidict import MultiDictProxy

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright_catalog import api as catalog
from shopwright_custom_fields.api import CustomField
from shopwright_custom_fields.services.wrong import Wrong

KINDS = frozenset({"picture", "file"})
_FILES = (".pdf", ".txt", ".csv", ".zip")
_PICTURES = (".png", ".jpg", ".webp", ".avif", ".gif")
_SIZE = re.compile(r"([0-9]{1,5})x([0-9]{1,5})")
_LONGEST = 255
_PICTURE = translatable(
    'Give what was uploaded, like {"source": "store/oak-0123456789ab.png", "alt": "Oak"}.'
)
_FILE = translatable(
    'Give what was uploaded, like {"source": "store/files/manual-0123456789ab.pdf", "name": "Manual"}.'
)


def check_picture(_: CustomField, value: Any) -> dict[str, Any]:
    """Give a picture as it is kept."""
    if not isinstance(value, dict) or set(value) - {"source", "alt", "width", "height"}:
        raise Wrong("picture_wrong", _PICTURE)
    alt, sides = value.get("alt", ""), [value.get(x, 0) for x in ("width", "height")]
    is_sized = all(isinstance(x, int) and not isinstance(x, bool) and 0 <= x < 100_000 for x in sides)
    if not _is_source(value.get("source"), _PICTURES) or not _is_text(alt) or not is_sized:
        raise Wrong("picture_wrong", _PICTURE)
    return {"source": value["source"], "alt": alt.strip(), "width": sides[0], "height": sides[1]}


def check_file(_: CustomField, value: Any) -> dict[str, Any]:
    """Give a file as it is kept."""
    if not isinstance(value, dict) or set(value) - {"source", "name"}:
        raise Wrong("file_wrong", _FILE)
    name = value.get("name", "")
    if not _is_source(value.get("source"), _FILES) or not _is_text(name):
        raise Wrong("file_wrong", _FILE)
    return {"source": value["source"], "name": name.strip() or value["source"].rpartition("/")[2]}


def _is_source(value: Any, endings: tuple[str, ...]) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= _LONGEST
        and value.endswith(endings)
        and catalog.is_stored_picture(value)
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and len(value) <= _LONGEST


def to_text(value: Mapping[str, Any]) -> str:
    """Write a value: where it is, of a picture its size, and its words."""
    if "alt" in value:
        return f"{value['source']}|{value['width']}x{value['height']}|{value['alt']}"
    return f"{value['source']}|{value['name']}"


def from_text(kind: str, text: str) -> dict[str, Any]:
    """Read a value that is yet to be checked; size and words may be left out."""
    source, _, rest = text.partition("|")
    if kind == "file":
        return {"source": source.strip(), "name": rest.strip()}
    size, _, alt = rest.partition("|")
    found = _SIZE.fullmatch(size.strip())
    if found is None:
        return {"source": source.strip(), "alt": rest.strip()}
    return {"source": source.strip(), "alt": alt.strip(), "width": int(found[1]), "height": int(found[2])}


async def posted(ctx: Context, field: CustomField, form: MultiDictProxy[Any]) -> str:
    """Give the text of what a form says: a new upload, what is there with new words, or nothing.

    Raises:
        Invalid: the upload is not taken.
    """
    if form.get(f"r.{field.key}"):
        return ""
    text, words = str(form.get(f"f.{field.key}", "")), str(form.get(f"w.{field.key}", "")).replace("|", " ")
    there = from_text(field.kind, text) if text else None
    if field.kind == "picture":
        found = await catalog.take_pictures(ctx, form, f"u.{field.key}")
        if found:
            one = found[0]
            there = {"source": one.source, "width": one.width, "height": one.height}
        return to_text({"width": 0, "height": 0, **there, "alt": words.strip()}) if there else ""
    taken = await catalog.take_file(ctx, form, f"u.{field.key}")
    if taken:
        there = {"source": taken[0], "name": taken[1]}
    return to_text({**there, "name": words.strip() or there["name"]}) if there else ""


def shown(
    ctx: Context, field: CustomField, label: str, value: Mapping[str, Any]
) -> tuple[Any, str, str, str]:
    """Give a value as programs and as people read it: value, text, HTML and address."""
    address = catalog.media_address(ctx, value["source"])
    if field.kind == "file":
        return {"url": address, "name": value["name"]}, value["name"], "", address
    alt = value["alt"] or label
    size = {name: value[name] for name in ("width", "height") if value[name]}
    sides = Markup("").join(Markup(' {}="{}"').format(name, number) for name, number in size.items())
    html = Markup('<img src="{}" alt="{}"{} loading="lazy">').format(address, alt, sides)
    return {"url": address, "alt": alt, **size}, alt, html, address
