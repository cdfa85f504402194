# SPDX-License-Identifier: Apache-2.0
"""Lists as APIs give them: ``{items, next_cursor}`` by cursor, with ``fields`` and ``include``.

A list's query is a ``ListQuery``; its other fields are the filters there are, and ``sort``, where there is one,
a ``Literal`` of names, with ``-`` for descending. What is not named there is refused with what there is.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from shopwright.errors import BadRequest, FieldError, Invalid

T = TypeVar("T")
_MARK = 6
_PLACE = {"cursor", "limit", "fields", "include"}


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; ``next_cursor`` is empty on the last one."""

    items: Sequence[T]
    next_cursor: str


class ListQuery(BaseModel):
    """Where a list goes on, how many of it, and which fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    PARTS: ClassVar[tuple[str, ...]] = ()
    """Fields of an item that are left out unless ``include`` names them; such a query has that field, too."""

    cursor: str = Field(default="", max_length=2000)
    limit: int = Field(default=50, ge=1, le=200)
    fields: str = Field(default="", max_length=1000)

    def wants(self, part: str) -> bool:
        """Tell whether the caller asked for a part that costs more."""
        return part in _names(getattr(self, "include", ""))

    def after(self, *readers: Callable[[str], Any]) -> tuple[Any, ...] | None:
        """Give the keys of the last item that was seen; None on the first page.

        Raises:
            BadRequest: the cursor is not one of this list, its filters and its order.
        """
        if not self.cursor:
            return None
        try:
            raw = base64.urlsafe_b64decode(self.cursor + "=" * (-len(self.cursor) % 4))
            mark, keys = raw[:_MARK], raw[_MARK:]
            if mark != self._mark(keys):
                raise ValueError
            return tuple(read(key) for read, key in zip(readers, orjson.loads(keys), strict=True))
        except ValueError:
            words = "This cursor is not one of this list; begin again without a cursor."
            raise BadRequest(words, errors=[FieldError("/cursor", "unknown_cursor", words)]) from None

    def after_id(self) -> UUID | None:
        """Give the id of the last item that was seen."""
        found = self.after(UUID)
        return found[0] if found else None

    def page(self, rows: Sequence[T], *keys: str) -> Page[T]:
        """Give the page of rows of which one more than ``limit`` was read, where there is one more."""
        shown = rows[: self.limit]
        more = len(rows) > self.limit
        return Page(shown, self.cursor_of(*(attrgetter(key)(shown[-1]) for key in keys)) if more else "")

    def whole(self, rows: Sequence[T], key: str) -> Page[T]:
        """Give the page of a list that is short enough to be read whole; ``key`` tells its items apart."""
        sort = getattr(self, "sort", "")
        if sort:
            by = attrgetter(sort.removeprefix("-"))
            rows = sorted(
                rows, key=lambda row: (by(row) is not None, by(row) or 0), reverse=sort.startswith("-")
            )
        seen, start, of = self.after(str, int), 0, attrgetter(key)
        if seen is not None:
            # Where the last one is gone, those behind it have moved up by one.
            places = (place + 1 for place, row in enumerate(rows) if str(of(row)) == seen[0])
            start = next(places, seen[1])
        shown, end = rows[start : start + self.limit], start + self.limit
        return Page(shown, self.cursor_of(of(shown[-1]), end - 1) if len(rows) > end else "")

    def cursor_of(self, *keys: object) -> str:
        """Give the cursor behind an item with these keys."""
        raw = orjson.dumps([str(key) for key in keys])
        return base64.urlsafe_b64encode(self._mark(raw) + raw).decode().rstrip("=")

    def _mark(self, keys: bytes) -> bytes:
        of = f"{type(self).__qualname__}{self.model_dump_json(exclude=_PLACE)}".encode()
        return hashlib.blake2s(of + b"\0" + keys, digest_size=_MARK).digest()


def item_names(result: TypeAdapter[Any] | None) -> tuple[str, ...]:
    """Give the names of the fields of a list's items; none when it is no list."""
    schema = result.json_schema(mode="serialization") if result is not None else {}
    schemas = schema.get("$defs", {})

    def of(part: dict[str, Any]) -> dict[str, Any]:
        return schemas[part["$ref"].rpartition("/")[2]] if "$ref" in part else part

    properties = of(schema).get("properties", {})
    if not {"items", "next_cursor"} <= set(properties):
        return ()
    return tuple(of(properties["items"].get("items", {})).get("properties", ()))


def selection(query: ListQuery, names: Callable[[], tuple[str, ...]]) -> dict[str, Any]:
    """Give which parts of a page to send, as pydantic takes it; nothing when all.

    Raises:
        Invalid: there is no such field or part.
    """
    asked = _names(getattr(query, "include", ""))
    _check("include", asked, query.PARTS)
    chosen: dict[str, Any] = {}
    left_out = set(query.PARTS) - asked
    if query.fields:
        wanted = _names(query.fields)
        _check("fields", wanted, names())
        chosen["include"] = {"items": {"__all__": wanted | asked}, "next_cursor": True, "total": True}
        left_out -= wanted
    if left_out:
        chosen["exclude"] = {"items": {"__all__": left_out}}
    return chosen


def _check(name: str, wanted: set[str], allowed: tuple[str, ...]) -> None:
    unknown = sorted(wanted - set(allowed))
    if unknown:
        words = f"There is no field {unknown[0]!r}. There are: {', '.join(allowed)}."
        raise Invalid(words, errors=[FieldError(f"/{name}", "unknown", words)])


def _names(text: str) -> set[str]:
    return {name.strip() for name in text.split(",")} - {""}
