# SPDX-License-Identifier: Apache-2.0
"""What all commands share: configuration, database, output for people or programs, errors in one line."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shopwright.config import Config, load_config
from shopwright.db.embedded import EmbeddedServer
from shopwright.errors import UsageError
from shopwright.kernel import Kernel
from shopwright.stores import Store

T = TypeVar("T")
out = Console()
err = Console(stderr=True)
_ENDLESS = 10_000

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Folder of the embedded server and media files.")
]
StoreCode = Annotated[str, typer.Option("--store", help="Code of the store.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


@contextmanager
def database(config: Config) -> Iterator[Config]:
    """Give a configuration with a database: the one it names, or the embedded server of its data folder."""
    if config.database_url:
        yield config
        return
    with EmbeddedServer(config.data_dir / "postgres") as server:
        yield config.model_copy(update={"database_url": server.url})


@asynccontextmanager
async def open_kernel(config: Config) -> AsyncIterator[Kernel]:
    async with await Kernel.open(config) as kernel:
        yield kernel


def with_kernel(work: Callable[[Kernel], Coroutine[Any, Any, T]], data_dir: Path | None = None) -> T:
    """Open the installation, do something with it, and close it."""

    async def run(config: Config) -> T:
        async with open_kernel(config) as kernel:
            return await work(kernel)

    with database(load_config(data_dir=data_dir)) as config:
        return asyncio.run(run(config))


def store_of(kernel: Kernel, code: str) -> Store:
    """Find a store by code.

    Raises:
        UsageError: there is none; names those there are.
    """
    store = kernel.directory.by_code(code)
    if store is None:
        known = ", ".join(s.code for s in kernel.directory.all()) or "none yet"
        raise UsageError(f"There is no store {code!r}. There are: {known}.")
    return store


def say(line: str, *, style: str = "") -> None:
    """Print a line as it is: never cut or wrapped, and brackets in it stay."""
    out.print(Text(line, style=style), soft_wrap=True)


def show_table(table: Table) -> None:
    """Print a table; long words are folded on a terminal, and nothing is cut or folded where there is none."""
    for column in table.columns:
        column.overflow = "fold"
    width = None if out.is_terminal else _ENDLESS
    Console(width=width, markup=False, highlight=False).print(table)


def print_json(value: Any) -> None:
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode() + "\n")


def loaded_json(text: str) -> Any:
    """Read a value given on the command line: JSON, or else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
