# SPDX-License-Identifier: Apache-2.0
"""Running an import: a few products in each transaction, with the note how far it has come."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import ShopwrightError
from shopwright.i18n import translatable
from shopwright_catalog import api as catalog
from shopwright_importer.api import Finding, ImportOptions, ImportReport, Progress
from shopwright_importer.jobs import fetch_soon
from shopwright_importer.services import notes, outside, pictures, stock, translations
from shopwright_importer.services.outside import Wanted
from shopwright_importer.services.read_csv import groups
from shopwright_importer.services.records import Group, Parsed, Source, Texts
from shopwright_importer.services.source_file import SourceFile, look

TOGETHER = 100
"""Products in one transaction. When one of them is refused, the others are taken in halves."""
ROWS = 1000
"""When they have many variants, fewer products go together."""


async def import_file(
    ctx: Context, path: Path, options: ImportOptions, progress: Progress | None
) -> ImportReport:
    """Do what ``api.import_products`` says."""
    started = time.perf_counter()
    source = await asyncio.to_thread(look, path, options.format)
    run = await Run.begin(ctx, source, options)
    found = groups(source, after_line=run.report.resumed_at_line - 1)
    for batch in _batches(found):
        await run.take(await run.parsed(batch), batch[-1].read)
        if progress is not None:
            progress(batch[-1].read, source.size)
    await notes.end(ctx, run.id, "finished")
    if progress is not None:
        progress(source.size, source.size)
    waiting = (await outside.counts(ctx, run.id)).waiting
    return replace(run.report, seconds=time.perf_counter() - started, pictures_waiting=waiting)


def _batches(found: Iterator[Group]) -> Iterator[list[Group]]:
    batch: list[Group] = []
    rows = 0
    for group in found:
        batch.append(group)
        rows += len(group.rows)
        if len(batch) >= TOGETHER or rows >= ROWS:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


class Run:
    """One import of one file into one store."""

    def __init__(
        self, ctx: Context, source: SourceFile, options: ImportOptions, run_id: UUID, report: ImportReport
    ) -> None:
        self.ctx = ctx
        self.id = run_id
        self.report = report
        self._begun = ctx.clock.now()
        self._options = options
        self._folder = options.pictures or source.path.parent
        self._format = source.format
        others = tuple(locale for locale in ctx.store.locales if locale != ctx.store.default_locale)
        self._source = Source(
            currency=ctx.store.currency, images={}, default_locale=ctx.store.default_locale, locales=others,
            today=ctx.clock.now().date(), categories_of=options.categories_of, handles=source.index,
            texts=translations.read(source.path, others) if source.format.sidecars else Texts(),
        )  # fmt: skip

    @classmethod
    async def begin(cls, ctx: Context, source: SourceFile, options: ImportOptions) -> "Run":
        run_id, line, counts = await ctx.run(
            lambda session: notes.begin(ctx, session, source, state="running", restart=options.restart)
        )
        if line:
            return cls(ctx, source, options, run_id, await notes.resumed(ctx, run_id, line, counts))
        run = cls(ctx, source, options, run_id, ImportReport())
        if source.encoding == "cp1252":
            words = translatable("The file is not UTF-8; it was read as Windows-1252 (Latin-1).")
            run.report = replace(run.report, notices=(Finding(1, "", "encoding", words),))
            await ctx.run(lambda session: notes.tell(ctx, session, run_id, "notice", run.report.notices))
        return run

    async def parsed(self, batch: Sequence[Group]) -> list[Parsed]:
        """Make products of rows; the pictures they name are fetched first."""
        named = {id(row): self._format.pictures(row) for group in batch for row in group.rows}
        sources = [address for addresses in named.values() for address in addresses]
        images, refused = await asyncio.to_thread(pictures.take, self.ctx, sources, self._folder)
        found = []
        for group in batch:
            product = self._format.parse(group, replace(self._source, images=images))
            lost = {
                (row.line, error.words): Finding(
                    row.line, group.handle, "image_refused", error.words, error.values
                )
                for row in group.rows
                for address in named[id(row)]
                if (error := refused.get(address))
            }
            found.append(replace(product, refusals=(*product.refusals, *lost.values())))
        return found

    async def take(self, batch: Sequence[Parsed], read: int) -> None:
        """Take products, each whole or not at all; the note is moved on with them."""
        try:
            self.report = await self.ctx.run(lambda session: self._save(session, batch, read))
        except ShopwrightError as error:
            if error.status >= 500:  # the file is not to blame
                raise
            if len(batch) == 1:
                refused = replace(
                    batch[0], product=None, refusals=(*batch[0].refusals, *self._why(error, batch[0]))
                )
                self.report = await self.ctx.run(lambda session: self._save(session, [refused], read))
            else:
                middle = len(batch) // 2
                await self.take(batch[:middle], read)
                await self.take(batch[middle:], read)

    async def _save(self, session: AsyncSession, batch: Sequence[Parsed], read: int) -> ImportReport:
        batch = await self._protected(session, batch)
        whole = [parsed for parsed in batch if parsed.product is not None]
        await self._make_categories(session, whole)
        saved = await catalog.save_products(self.ctx, session, [p.product for p in whole if p.product])
        wanted = [
            Wanted(address, line, parsed.handle) for parsed in whole for address, line in parsed.outside
        ]
        if await outside.want(self.ctx, session, self.id, self._begun, wanted):
            await fetch_soon(self.ctx, session)
        counted = await stock.count(self.ctx, session, list(zip(whole, saved, strict=True)))
        outcomes = {
            parsed.handle: "updated" if result.outcome == "unchanged" and product.handle in counted else result.outcome
            for parsed, result in zip(whole, saved, strict=True)
            if (product := parsed.product)
        }  # fmt: skip
        report = self.report
        for parsed in batch:
            report = _added(report, parsed, outcomes.get(parsed.handle, "refused"))
        refusals = tuple(finding for parsed in batch for finding in parsed.refusals)
        notices = tuple(finding for parsed in batch for finding in parsed.notices)
        await notes.tell(self.ctx, session, self.id, "refusal", refusals)
        await notes.tell(self.ctx, session, self.id, "notice", notices)
        await notes.move(self.ctx, session, self.id, batch[-1].end, read, report)
        return report

    async def _protected(self, session: AsyncSession, batch: Sequence[Parsed]) -> list[Parsed]:
        """Refuse products of which a variant that is in the store would be lost to a mistake in its row."""
        doubtful = [parsed.product.handle for parsed in batch if parsed.product and parsed.left_out]
        if not doubtful:
            return list(batch)
        live = await catalog.live_options(session, doubtful)
        result = []
        for parsed in batch:
            if parsed.product and live.get(parsed.product.handle, set()) & set(parsed.left_out):
                words = translatable(
                    "This product is in the store and stays as it was: a row of it was refused. Mend that row."
                )
                finding = Finding(parsed.line, parsed.handle, "product_kept", words)
                result.append(replace(parsed, product=None, refusals=(*parsed.refusals, finding)))
            else:
                result.append(parsed)
        return result

    async def _make_categories(self, session: AsyncSession, batch: Sequence[Parsed]) -> None:
        """Make the categories that products are in and the store does not have; those it has stay as they are."""
        wanted = {category.handle: category for parsed in batch for category in parsed.categories}
        if not wanted:
            return
        known = await catalog.category_handles(session, list(wanted))
        for handle, category in wanted.items():
            if handle not in known:
                made = catalog.CategoryInput(handle, category.title, position=1000)
                await catalog.save_category(self.ctx, session, made)

    def _why(self, error: ShopwrightError, parsed: Parsed) -> list[Finding]:
        """Say why a product was refused, each reason at the line of the variant that is meant, if one is."""
        findings = []
        for found in error.errors:
            kind, _, rest = found.pointer.strip("/").partition("/")
            index = rest.partition("/")[0]
            is_variant = kind == "variants" and index.isdecimal() and int(index) < len(parsed.lines)
            line = parsed.lines[int(index)] if is_variant else parsed.line
            words, values = found.message, {}
            if found.pointer:
                column = self._format.columns.get(found.pointer.rpartition("/")[2], found.pointer)
                words, values = translatable("%(column)s: %(problem)s"), {"column": column, "problem": words}
            findings.append(Finding(line, parsed.handle, error.error_code, words, values))
        words = error.detail or error.title
        return findings or [Finding(parsed.line, parsed.handle, error.error_code, words)]


def _added(report: ImportReport, parsed: Parsed, outcome: str) -> ImportReport:
    more: dict[str, Any] = {"rows": parsed.rows, f"products_{outcome}": 1}
    if parsed.product is not None:
        more |= {"variants": len(parsed.product.variants), "images": len(parsed.product.images)}
    more |= {"refusals": parsed.refusals, "notices": parsed.notices}
    return replace(report, **{name: getattr(report, name) + value for name, value in more.items()})
