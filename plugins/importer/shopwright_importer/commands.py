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
from shopwright.stores import Store
from shopwright_importer.api import ImportOptions, ImportReport, import_products
from shopwright_importer.services.exports import WRITERS
from shopwright_importer.services.exports.write import write
from shopwright_importer.services.formats import ALL

app = typer.Typer(no_args_is_help=True, help="Take in files of other platforms.")


export_app = typer.Typer(no_args_is_help=True, help="Write files for other platforms.")


@export_app.callback()
def export_group() -> None:
    """Write files for other platforms."""


@app.callback()
def group() -> None:
    """Take in files of other platforms."""


Images = Annotated[Path | None, typer.Option(help="Folder of local images; the file's own by default.")]
Restart = Annotated[
    bool, typer.Option("--restart/--resume", help="Begin anew after an interrupted import, or go on with it.")
]


def _command(code: str, title: str) -> None:
    def command(
        file: Path,
        store: StoreCode,
        images: Images = None,
        restart: Restart = False,
        as_json: Json = False,
        data_dir: DataDir = None,
    ) -> None:
        options = ImportOptions(pictures=images, restart=restart, format=code)
        report = with_kernel(lambda kernel: _import(kernel, store, file, options, quiet=as_json), data_dir)
        if as_json:
            print_json(_document(report))
        else:
            _show(report)
        if report.refusals:
            sys.exit(1)

    words = f"Import a {title} product CSV. An interrupted import goes on where it stopped; a repetition changes nothing."
    app.command(code, help=words)(command)


for _format in ALL:
    _command(_format.code, _format.title)


async def _import(
    kernel: Kernel, store: str, file: Path, options: ImportOptions, *, quiet: bool
) -> ImportReport:
    with _bar(quiet=quiet) as bar:
        task = bar.add_task(file.name, total=None)
        return await import_products(
            kernel.context(_ready(kernel, store), actor=SYSTEM),
            file,
            options=options,
            progress=lambda done, size: bar.update(task, completed=done, total=size),
        )


def _export_command(code: str, title: str) -> None:
    def command(output: Path, store: StoreCode, data_dir: DataDir = None) -> None:
        async def work(kernel: Kernel) -> int:
            with _bar(quiet=False) as bar:
                task = bar.add_task(output.name, total=None)
                ctx = kernel.context(_ready(kernel, store), actor=SYSTEM)
                return await write(ctx, code, output, lambda done: bar.update(task, completed=done))

        say(f"{with_kernel(work, data_dir)} products are in {output}.")

    export_app.command(code, help=f"Write all products of a store as a {title} product CSV.")(command)


for _code, _writer in WRITERS.items():
    _export_command(_code, _writer.title)


def _ready(kernel: Kernel, store: str) -> Store:
    found = store_of(kernel, store)
    if "importer" not in found.plugins:
        raise UsageError(f"The importer is off in {store}: shopwright plugin enable importer --store {store}")
    return found


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
