# SPDX-License-Identifier: Apache-2.0
"""Running an import: product by product, each in a transaction with the note how far it has come."""

import asyncio
import hashlib
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.errors import ShopwrightError, UsageError
from shopwright.ids import new_id
from shopwright.jsontext import dump
from shopwright_catalog import api as catalog
from shopwright_importer.api import ImportOptions, ImportReport, Progress, Refusal
from shopwright_importer.services import pictures, translations
from shopwright_importer.services.product_of import Parsed, Source, Stock, parse
from shopwright_importer.services.read_csv import Group, encoding_of, groups
from shopwright_inventory import api as inventory

_FIND = text("SELECT line, report, finished FROM importer_run WHERE fingerprint = :fingerprint")
_NOTE = text("""
INSERT INTO importer_run AS r (store_id, id, fingerprint, file_name, line, report, finished, updated_at)
VALUES (:store_id, :id, :fingerprint, :file_name, :line, CAST(:report AS jsonb), :finished, :now)
ON CONFLICT (store_id, fingerprint) DO UPDATE SET line = excluded.line, report = excluded.report,
    finished = excluded.finished, updated_at = excluded.updated_at
""")


async def import_file(
    ctx: Context, path: Path, options: ImportOptions, progress: Progress | None
) -> ImportReport:
    """Do what ``api.import_shopify`` says."""
    started = time.perf_counter()
    size = await asyncio.to_thread(_size, path)
    run = await Run.begin(ctx, path, options)
    read = 0
    for group in groups(path, run.encoding, after_line=run.report.resumed_at_line - 1):
        await run.take(group)
        read += sum(len(value) for row in group.rows for value in row.values.values())
        if progress is not None:
            progress(min(read, size), size)
    await run.end()
    if progress is not None:
        progress(size, size)
    return replace(run.report, seconds=time.perf_counter() - started)


class Run:
    """One import of one file into one store."""

    def __init__(
        self, ctx: Context, path: Path, options: ImportOptions, encoding: str, fingerprint: str
    ) -> None:
        self.ctx = ctx
        self.path = path
        self.options = options
        self.encoding = encoding
        self.fingerprint = fingerprint
        self.report = ImportReport()
        others = [locale for locale in ctx.store.locales if locale != ctx.store.default_locale]
        self._translations = translations.read(path, others)
        self._alts = translations.alt_texts(path, others)

    @classmethod
    async def begin(cls, ctx: Context, path: Path, options: ImportOptions) -> "Run":
        encoding = await asyncio.to_thread(encoding_of, path)
        fingerprint = await asyncio.to_thread(_fingerprint, path)
        run = cls(ctx, path, options, encoding, fingerprint)
        async with ctx.transaction(readonly=True) as session:
            found = (await session.execute(_FIND, {"fingerprint": fingerprint})).one_or_none()
        if found is not None and not found.finished and not options.restart:
            run.report = replace(_report(found.report), resumed_at_line=found.line + 1)
        if encoding == "cp1252":
            run._add(notices=("The file is not UTF-8; it was read as Windows-1252.",))
        return run

    async def take(self, group: Group) -> None:
        """Take one product with its stock, or refuse it whole; either way the note is moved on with it."""
        parsed = await self._parsed(group)
        counts: dict[str, Any] = {
            "rows": len(group.rows),
            "refusals": parsed.refusals,
            "notices": parsed.notices,
        }
        if parsed.product is None:
            self._add(**counts)
            await self.ctx.run(lambda session: self._note(session, group.end))
            return
        try:
            saved = await self.ctx.run(lambda session: self._save(session, parsed, group, counts))
        except ShopwrightError as error:
            reasons = "; ".join(f"{e.pointer} {e.message}" for e in error.errors) or error.detail
            refusal = Refusal(group.rows[0].line, group.handle, error.error_code, reasons)
            self._add(**counts | {"refusals": (*parsed.refusals, refusal)})
            await self.ctx.run(lambda session: self._note(session, group.end))
        else:
            self.report = saved

    async def end(self) -> None:
        await self.ctx.run(lambda session: self._note(session, 0, finished=True))

    async def _parsed(self, group: Group) -> Parsed:
        sources = [row[column] for row in group.rows for column in ("Image Src", "Variant Image")]
        folder = self.options.pictures or self.path.parent
        media = self.ctx.kernel.config.media_path
        images, refused = await asyncio.to_thread(pictures.take, sources, folder, media, self.ctx.store.code)
        source = Source(
            currency=self.ctx.store.currency,
            images=images,
            categories_of=self.options.categories_of,
            translations={group.handle: self._texts(group)},
        )
        parsed = parse(group, source)
        lost = tuple(
            Refusal(row.line, group.handle, "image_refused", refused[row["Image Src"]])
            for row in group.rows
            if row["Image Src"] in refused
        )
        return replace(parsed, refusals=(*parsed.refusals, *lost))

    def _texts(self, group: Group) -> dict[str, Any]:
        """Give the translations of a product; alt texts are translated by what stands in the store's language."""
        by_locale = self._translations.get(group.handle, {})
        for locale, found in by_locale.items():
            alts = self._alts.get(locale, {})
            pairs = {r["Image Alt Text"]: alts[r["Image Src"]] for r in group.rows if r["Image Src"] in alts}
            by_locale = {**by_locale, locale: {**found, "texts": {**_used(found["texts"], group), **pairs}}}
        return by_locale

    async def _save(
        self, session: AsyncSession, parsed: Parsed, group: Group, counts: dict[str, Any]
    ) -> ImportReport:
        assert parsed.product is not None
        saved = await catalog.save_product(self.ctx, session, parsed.product)
        if saved.outcome != "unchanged":
            for variant_id, stock in zip(saved.variant_ids, parsed.stock, strict=True):
                await self._count(session, variant_id, stock)
        before = self.report
        self._add(
            **counts,
            **{f"products_{saved.outcome}": 1},
            variants=len(parsed.product.variants),
            images=len(parsed.product.images),
        )
        done, self.report = self.report, before
        await self._note(session, group.end, report=done)
        return done

    async def _count(self, session: AsyncSession, variant_id: Any, stock: Stock) -> None:
        if stock.on_hand is None:
            await inventory.untrack(self.ctx, session, variant_id=variant_id)
        else:
            await inventory.count(
                self.ctx, session, variant_id=variant_id, on_hand=stock.on_hand, reason="counted"
            )

    async def _note(
        self, session: AsyncSession, line: int, *, finished: bool = False, report: ImportReport | None = None
    ) -> None:
        await session.execute(
            _NOTE,
            {
                "store_id": self.ctx.store.id, "id": new_id(), "fingerprint": self.fingerprint, "line": line,
                "file_name": self.path.name, "report": dump(asdict(report or self.report)), "finished": finished,
                "now": self.ctx.clock.now(),
            },
        )  # fmt: skip

    def _add(self, **counts: Any) -> None:
        values = {name: getattr(self.report, name) + more for name, more in counts.items()}
        self.report = replace(self.report, **values)


def _used(texts: dict[str, str], group: Group) -> dict[str, str]:
    """Give the translations of the words that occur in a product."""
    words = {value for row in group.rows for value in row.values.values()}
    return {word: translation for word, translation in texts.items() if word in words}


def _report(values: dict[str, Any]) -> ImportReport:
    refusals = tuple(Refusal(**refusal) for refusal in values.pop("refusals", ()))
    return ImportReport(**values | {"refusals": refusals, "notices": tuple(values.get("notices", ()))})


def _size(path: Path) -> int:
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    return path.stat().st_size


def _fingerprint(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
