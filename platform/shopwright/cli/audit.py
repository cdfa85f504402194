# SPDX-License-Identifier: Apache-2.0
"""``shopwright audit``: whether the log of each store is whole."""

import sys

import typer

from shopwright.cli.common import DataDir, Json, print_json, say, with_kernel
from shopwright.kernel import Kernel

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """Check the audit log."""


@app.command("verify")
def verify(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Check the hash chain of every store; exit code 1 when one is broken."""

    async def work(kernel: Kernel) -> dict[str, list[str]]:
        return {
            store.code: await kernel.audit.verify(kernel.db, store.id) for store in kernel.directory.all()
        }

    found = with_kernel(work, data_dir)
    if as_json:
        print_json({"stores": found})
    else:
        for code, wrong in found.items():
            say(f"{code}: {'; '.join(wrong) if wrong else 'whole'}")
    if any(found.values()):
        sys.exit(1)
