# SPDX-License-Identifier: Apache-2.0
"""The search's jobs: writing all documents anew."""

from dataclasses import dataclass

from shopwright.context import Context
from shopwright.jobs import Job
from shopwright_search.services.index import index_all


@dataclass(frozen=True, slots=True)
class Reindex:
    """Everything in the store."""


async def _reindex(ctx: Context, payload: Reindex) -> None:
    await index_all(ctx)


reindex = Job("search.reindex", Reindex, _reindex, timeout=3600.0)
