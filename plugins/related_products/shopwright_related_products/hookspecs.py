# SPDX-License-Identifier: Apache-2.0
"""The hooks of related products."""

from collections.abc import Sequence
from uuid import UUID

from shopwright.context import Context
from shopwright.hooks import hookspec
from shopwright_related_products.api import Candidate, RelationKind


@hookspec("register")
def relation_kinds() -> Sequence[RelationKind]:
    """Give kinds by which products can be related."""
    raise AssertionError


@hookspec("collect", on_error="open", budget=0.5)
async def related_candidates(ctx: Context, product_ids: Sequence[UUID], limit: int) -> Sequence[Candidate]:
    """Suggest products beside others, up to ``limit`` for each; asked for many at once."""
    raise AssertionError
