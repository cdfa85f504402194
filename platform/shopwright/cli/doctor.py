# SPDX-License-Identifier: Apache-2.0
"""``shopwright doctor``: do the invariants hold?"""

import sys

import typer
from rich.table import Table
from rich.text import Text

from shopwright.cli.common import DataDir, Json, print_json, say, show_table, with_kernel
from shopwright.doctor_run import Report, examine


def add_to(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Check the invariants of all stores: exit code 0 clean, 1 violated, 2 could not check."""
    report = with_kernel(examine, data_dir)
    if as_json:
        print_json(report.plain())
    else:
        _show(report)
    sys.exit(report.exit_code)


def _show(report: Report) -> None:
    table = Table("Invariant", "Store", "What", "Result")
    for finding in report.findings:
        result = Text("holds", "green")
        if finding.error:
            result = Text(f"not checked: {finding.error}", "yellow")
        elif finding.offenders:
            shown = "; ".join(f"{i} {d}".strip() for i, d in finding.offenders[:5])
            result = Text.assemble(
                (f"{len(finding.offenders)} offenders", "red"), f": {shown} {finding.hint}"
            )
        table.add_row(finding.invariant, finding.store, finding.title, result)
    show_table(table)
    say(f"{report.status} ({len(report.findings)} checks, {report.seconds:.1f} s)")
