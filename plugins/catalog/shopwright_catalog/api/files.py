# SPDX-License-Identifier: Apache-2.0
"""Files that customers may download, beside the pictures: manuals, data sheets."""

from typing import Any

from multidict import MultiDictProxy

from shopwright.context import Context

ENDINGS = (".pdf", ".txt", ".csv", ".zip")
"""Kinds of files that are taken."""


async def take_file(ctx: Context, posted: MultiDictProxy[Any], name: str) -> tuple[str, str] | None:
    """Store the file of a form's field for everybody to download; gives its source and its name, None without one.

    Raises:
        Invalid: it is too large, or no PDF, TXT, CSV or ZIP by its content.
    """
    from shopwright_catalog.services import store_file

    return await store_file.take(ctx, posted, name)


def media_address(ctx: Context, source: str) -> str:
    """Give the address of a stored picture or file."""
    return f"{ctx.kernel.config.media_base}{source}"
