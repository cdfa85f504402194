# SPDX-License-Identifier: Apache-2.0
"""``shopwright import``."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from shopwright.actor import SYSTEM
from shopwright.cli.common import (
    DataDir,
    Json,
    StoreCode,
    err,
    print_json,
    say,
    show_table,
    store_of,
    with_kernel,
)
from shopwright.errors import UsageError
from shopwright.kernel import Kernel
from shopwright_importer.api import ImportOptions, ImportReport, import_shopify

app = typer.Typer(no_args_is_help=True, help="Take in files of other platforms.")


@app.callback()
def group() -> None:
    """Take in files of other platforms."""


@app.command("shopify-csv")
def shopify_csv(
    file: Path,
    store: StoreCode,
    images: Annotated[
        Path | None, typer.Option(help="Folder of local images; the file's own by default.")
    ] = None,
    restart: Annotated[
        bool,
        typer.Option("--restart/--resume", help="Begin anew after an interrupted import, or go on with it."),
    ] = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Import a Shopify product CSV. An interrupted import goes on where it stopped; a repetition changes nothing."""

    async def work(kernel: Kernel) -> ImportReport:
        found = store_of(kernel, store)
        if "importer" not in found.plugins:
            raise UsageError(
                f"The importer is off in {store}: shopwright plugin enable importer --store {store}"
            )
        ctx = kernel.context(found, actor=SYSTEM)
        options = ImportOptions(pictures=images, restart=restart)
        with _bar(quiet=as_json) as bar:
            task = bar.add_task(file.name, total=None)
            return await import_shopify(
                ctx,
                file,
                options=options,
                progress=lambda done, size: bar.update(task, completed=done, total=size),
            )

    report = with_kernel(work, data_dir)
    if as_json:
        print_json(_document(report))
    else:
        _show(report)
    if report.refusals:
        sys.exit(1)


def _document(report: ImportReport) -> dict[str, Any]:
    lists = {
        name: [asdict(finding) | {"message": finding.message} for finding in getattr(report, name)]
        for name in ("refusals", "notices")
    }
    return asdict(report) | lists | {"products": report.products}


def _bar(*, quiet: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, disable=quiet)


def _show(report: ImportReport) -> None:
    say(
        f"{report.products} products ({report.products_created} new, {report.products_updated} changed, "
        f"{report.products_unchanged} as before), {report.variants} variants, {report.images} images "
        f"from {report.rows} rows in {report.seconds:.1f} s."
    )
    if report.pictures_waiting:
        say(
            f"{report.pictures_waiting} pictures of other servers wait for shopwright worker; "
            "Import in the admin tells how far it is."
        )
    for notice in report.notices[:20]:
        say(f"Line {notice.line}: {notice.message}", style="yellow")
    if report.refusals:
        table = Table("Line", "Product", "Why", title=f"{len(report.refusals)} refused", title_justify="left")
        for refusal in report.refusals[:200]:
            table.add_row(str(refusal.line), refusal.handle, refusal.message)
        show_table(table)
