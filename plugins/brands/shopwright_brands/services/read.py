# SPDX-License-Identifier: Apache-2.0
"""Reading brands: for customers by handle, for staff whole, and which vendors have one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright_brands.api import BrandInfo, BrandInput
from shopwright_catalog import api as catalog
from shopwright_catalog.api import ImageInput, Picture

TAG = "brands.brands"
SIZE = 50
_KEPT = 300
_DIRECTORY = """
SELECT coalesce(jsonb_object_agg(b.name, coalesce(nullif(b.translations -> $1 ->> 'handle', ''), b.handle)), '{}')::text
FROM brands_brand b WHERE b.visible
"""
_TEXT = "coalesce(nullif(b.translations -> $1 ->> '{0}', ''), b.{0}) AS {0}"
_INFO = f"""
SELECT b.id, b.handle, b.name, {", ".join(map(_TEXT.format, ("description", "seo_title", "seo_description")))},
    b.logo, coalesce(nullif(b.translations -> $1 ->> 'logo_alt', ''), b.logo_alt) AS logo_alt, b.logo_width,
    b.logo_height, (SELECT jsonb_object_agg(t.key, t.value ->> 'handle')
        FROM jsonb_each(b.translations) t WHERE t.value ->> 'handle' <> '')::text AS own
FROM brands_brand b WHERE b.visible
"""
_PAGE = f"{_INFO} AND (b.name, b.id) > ($2, $3::uuid) ORDER BY b.name, b.id LIMIT $4"
_ONE = f"{_INFO} AND b.id = (SELECT h.thing_id FROM brands_brand_handle h WHERE h.handle = $2)"
_COLUMNS = (
    "handle", "name", "description", "logo", "logo_alt", "logo_width", "logo_height", "seo_title",
    "seo_description", "visible",
)  # fmt: skip
_STAFF = f"""
SELECT b.id, b.version, b.translations::text AS translations, {", ".join(f"b.{name}" for name in _COLUMNS)}
FROM brands_brand b WHERE ($1::text IS NULL OR b.handle = $1)
    AND ($2::text = '' OR strpos(lower(b.name), lower($2)) > 0)
    AND ($4::uuid IS NULL OR (b.name, b.id) > ($3::text, $4)) ORDER BY b.name, b.id LIMIT $5
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A brand as staff see it, with the version that was read (0: a new one)."""

    id: UUID | None
    version: int
    brand: BrandInput


async def directory(ctx: Context) -> dict[str, str]:
    """Give the handles of visible brands by name, in the context's language."""

    async def load() -> bytes:
        found: str = await ctx.fetch_value(_DIRECTORY, ctx.locale)
        return found.encode()

    key = f"{ctx.store.id}:brands.directory:{ctx.locale}"
    document = await ctx.kernel.backend.cache.get_or_set(key, _KEPT, load, tags=[f"{ctx.store.id}:{TAG}"])
    found: dict[str, str] = orjson.loads(document)
    return found


async def visible(
    ctx: Context, *, after: tuple[str, UUID] | None = None, limit: int = SIZE
) -> list[BrandInfo]:
    """Give visible brands by name, from one on."""
    name, id_ = after or ("", UUID(int=0))
    return await _infos(ctx, await ctx.fetch_rows(_PAGE, ctx.locale, name, id_, limit))


async def by_handle(ctx: Context, handle: str) -> BrandInfo:
    """Give a visible brand by its handle in any language.

    Raises:
        NotFound: there is no such brand.
    """
    found = await _infos(ctx, await ctx.fetch_rows(_ONE, ctx.locale, handle))
    if not found:
        raise NotFound("There is no such brand.")
    return found[0]


async def drafts(
    ctx: Context, *, search: str = "", after: tuple[Any, ...] | None = None, limit: int = SIZE
) -> list[Draft]:
    """Give brands by name behind the name and id of one, hidden ones too."""
    name, id_ = after or (None, None)
    rows = await ctx.fetch_rows(_STAFF, None, search.strip(), name, id_, limit)
    return [_draft(row) for row in rows]


async def draft(ctx: Context, handle: str) -> Draft:
    """Give a brand as staff see it.

    Raises:
        NotFound: there is no such brand.
    """
    rows = await ctx.fetch_rows(_STAFF, handle, "", None, None, 1)
    if not rows:
        raise NotFound("There is no such brand.")
    return _draft(rows[0])


async def _infos(ctx: Context, rows: Sequence[Any]) -> list[BrandInfo]:
    logos = [
        ImageInput(row["logo"], row["logo_alt"] or row["name"], 0, row["logo_width"], row["logo_height"])
        for row in rows
        if row["logo"]
    ]
    pictures = await catalog.pictures(ctx, logos)
    return [_info(ctx, row, pictures.get(row["logo"])) for row in rows]


def _info(ctx: Context, row: Any, logo: Picture | None) -> BrandInfo:
    own = orjson.loads(row["own"]) if row["own"] else {}
    names = ("id", "name", "description", "seo_title", "seo_description")
    return BrandInfo(
        handle=own.get(ctx.locale) or row["handle"],
        logo=logo,
        handles=catalog.handles_in(ctx, row["handle"], own),
        **{name: row[name] for name in names},
    )


def _draft(row: Any) -> Draft:
    values = {name: row[name] for name in _COLUMNS}
    brand = BrandInput(translations=orjson.loads(row["translations"]), **values)
    return Draft(row["id"], row["version"], brand)
