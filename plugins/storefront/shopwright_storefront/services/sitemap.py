# SPDX-License-Identifier: Apache-2.0
"""The sitemap of a store: an index, and parts that are made one at a time, so that a big store costs no memory."""

import asyncio
import gzip
import logging
from collections.abc import Sequence
from xml.sax.saxutils import escape

import orjson

from shopwright.context import Context
from shopwright.errors import NotFound
from shopwright.http.responses import localized
from shopwright_storefront.api import SitemapEntry, SitemapSource
from shopwright_storefront.hookspecs import sitemap_entries

log = logging.getLogger(__name__)
MOST = 20_000
"""Addresses of a part: 50,000 are allowed, and 50 MB, which many languages would reach before."""
KEPT = 3600
_READ = 1000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


async def index(ctx: Context) -> bytes:
    """Give the index: the address of every part."""
    parts = [
        ctx.kernel.routes.path_of("storefront.sitemap_part", {"part": f"{code}-{number}"})
        for code, starts in (await _plan(ctx)).items()
        for number in range(1, len(starts) + 1)
    ]
    lines = [f"<sitemap><loc>{_absolute(ctx, path)}</loc></sitemap>\n" for path in parts]
    return f"{_HEAD}<sitemapindex {_SPACES}>\n{''.join(lines)}</sitemapindex>\n".encode()


async def part(ctx: Context, name: str) -> bytes:
    """Give a part, packed by gzip.

    Raises:
        NotFound: there is no such part.
    """
    code, _, number = name.rpartition("-")
    starts = (await _plan(ctx)).get(code, ())
    if not (number.isascii() and number.isdecimal() and 1 <= int(number[:6]) <= len(starts)):
        raise NotFound("There is no such part of the sitemap.")
    source = ctx.hooks.registered(sitemap_entries)[code]

    async def load() -> bytes:
        lines = await _lines(ctx, source, starts[int(number) - 1])
        return await asyncio.to_thread(_packed, lines)

    key = f"{ctx.store.id}:storefront.sitemap:{_kind(ctx)}:{name}"
    return await ctx.kernel.backend.cache.get_or_set(key, KEPT, load)


def size(ctx: Context) -> int:
    """Tell how many things a part has: each has an address in every language."""
    return max(MOST // len(ctx.store.locales), 1)


async def _plan(ctx: Context) -> dict[str, list[str]]:
    """Give by source the cursors its parts begin after."""
    sources = ctx.hooks.registered(sitemap_entries)

    async def load() -> bytes:
        return orjson.dumps(
            {code: await starts_of(ctx, source, size(ctx)) for code, source in sources.items()}
        )

    key = f"{ctx.store.id}:storefront.sitemap:{_kind(ctx)}:{','.join(sorted(sources))}"
    plan: dict[str, list[str]] = orjson.loads(await ctx.kernel.backend.cache.get_or_set(key, KEPT, load))
    return plan


async def starts_of(ctx: Context, source: SitemapSource, most: int) -> list[str]:
    """Give where the parts of a source begin; one that is empty or fails has none, and the others are there."""
    try:
        if not (await source.page(ctx, "", 1)).entries:
            return []
        if source.starts is not None:
            return list(await source.starts(ctx, most))
        found, after = [""], ""
        while after := (await source.page(ctx, after, most)).next:
            found.append(after)
    except Exception:
        log.exception("the addresses %s are left out of the sitemap", source.code)
        return []
    return found


async def _lines(ctx: Context, source: SitemapSource, after: str) -> list[str]:
    lines: list[str] = []
    rest = size(ctx)
    while rest:
        page = await source.page(ctx, after, min(rest, _READ))
        lines += [line for entry in page.entries for line in _entry(ctx, entry)]
        rest -= min(rest, _READ)
        after = page.next
        if not after:
            break
    return lines


def _entry(ctx: Context, entry: SitemapEntry) -> list[str]:
    """Write a page: once for each language, each time with all of them."""
    found = {
        locale: _absolute(ctx, localized(ctx, entry.paths.get(locale) or entry.path, locale))
        for locale in ctx.store.locales
    }
    changed = (
        f"<lastmod>{entry.changed_at.isoformat(timespec='seconds')}</lastmod>" if entry.changed_at else ""
    )
    others = ""
    if len(found) > 1:
        named = [*found.items(), ("x-default", found[ctx.store.default_locale])]
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{code}" href="{address}"/>' for code, address in named
        )
    return [f"<url><loc>{address}</loc>{changed}{others}</url>\n" for address in found.values()]


def _packed(lines: Sequence[str]) -> bytes:
    head = f'{_HEAD}<urlset {_SPACES} xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    return gzip.compress(f"{head}{''.join(lines)}</urlset>\n".encode(), 6)


def _absolute(ctx: Context, path: str) -> str:
    return escape(ctx.kernel.config.url_of(ctx.store.hosts[0], path), {'"': "&quot;"})


def _kind(ctx: Context) -> str:
    """Say what a kept part depends on beside its name; search engines are in the market of who chose none."""
    return ",".join((ctx.store.hosts[0], ctx.market, *ctx.store.locales))
