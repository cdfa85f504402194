# SPDX-License-Identifier: Apache-2.0
"""The form of a transfer or delivery: words and lines as they are typed, and variants that were looked for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from aiohttp import web

from shopwright.context import Context
from shopwright.errors import ShopwrightError
from shopwright.i18n import translatable
from shopwright_inventory.services import find_variants
from shopwright_inventory.services.find_variants import Name
from shopwright_inventory.services.lines import MAX_LINES, LineInput

_NUMBER = re.compile(r"[0-9]{1,7}")
_MOST_ROWS = 2 * MAX_LINES


@dataclass(frozen=True, slots=True)
class LineForm:
    """What is typed: ``numbers`` by variant as texts; ``found`` is offered below, ``looked`` tells that it was asked."""

    words: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[UUID, str] = field(default_factory=dict)
    found: Sequence[UUID] = ()
    looked: bool = False

    @property
    def version(self) -> int | None:
        typed = self.words.get("version", "")
        return int(typed) if _NUMBER.fullmatch(typed) else None

    def lines(self) -> tuple[list[LineInput], dict[str, str]]:
        """Give the lines that have a number, and the errors of those that have something else."""
        lines, errors = [], dict[str, str]()
        for variant_id, typed in self.numbers.items():
            if _NUMBER.fullmatch(typed):
                lines.append(LineInput(variant_id, int(typed)))
            else:
                errors[f"quantity.{variant_id}"] = translatable("Please give a whole number.")
        return lines, errors


async def read(request: web.Request, names: Sequence[str], *, prefix: str = "quantity") -> LineForm:
    """Read what was typed into the named fields, and into the fields of numbers by variant."""
    posted = await request.post()

    def word(name: str) -> str:
        value = posted.get(name, "")
        return value.strip().replace("\0", "") if isinstance(value, str) else ""

    numbers = {}
    for name in [name for name in posted if name.startswith(f"{prefix}.")][:_MOST_ROWS]:
        variant_id = _uuid(name.partition(".")[2])
        if variant_id is not None and word(name):
            numbers[variant_id] = word(name)
    return LineForm({name: word(name) for name in (*names, "version", "find", "do")}, numbers)


async def looked_up(ctx: Context, form: LineForm) -> LineForm:
    """Add one of the variant whose SKU or barcode was typed (or read by a scanner); else offer what was found."""
    found, exact = await find_variants.find(ctx, form.words.get("find", ""))
    if exact is None:
        return replace(form, found=[id_ for id_ in found if id_ not in form.numbers], looked=True)
    before = form.numbers.get(exact, "")
    number = int(before) + 1 if _NUMBER.fullmatch(before) else 1
    words = {**form.words, "find": ""}
    return replace(form, words=words, numbers={**form.numbers, exact: str(number)})


async def rows(ctx: Context, form: LineForm) -> tuple[list[tuple[Name, str]], list[Name]]:
    """Give the chosen variants with what is typed for each, and those that were found."""
    known = await find_variants.names(ctx, [*form.numbers, *form.found])
    chosen = [(known[id_], typed) for id_, typed in form.numbers.items() if id_ in known]
    return chosen, [known[id_] for id_ in form.found if id_ in known]


def told(ctx: Context, error: ShopwrightError, lines: Sequence[LineInput]) -> dict[str, str]:
    """Give the words of an error by the names of the form's fields."""
    errors: dict[str, str] = {}
    for problem in error.errors:
        parts = problem.pointer.strip("/").split("/")
        is_line = len(parts) == 3 and parts[0] == "lines" and int(parts[1]) < len(lines)
        name = f"quantity.{lines[int(parts[1])].variant_id}" if is_line else parts[0]
        errors.setdefault(name, ctx.gettext(problem.message))
    return errors or {"": ctx.gettext(error.detail)}


def filters(ctx: Context, base: str, states: Mapping[str, str], current: str) -> list[dict[str, Any]]:
    """Give the buttons above a list that show one state or all."""
    choices = {"": translatable("all"), **states}
    return [
        {
            "label": (word := ctx.gettext(name))[:1].upper() + word[1:],
            "url": f"{base}?state={state}" if state else base,
            "current": state == current,
        }
        for state, name in choices.items()
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
