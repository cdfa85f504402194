# SPDX-License-Identifier: Apache-2.0
"""What is left of what is in a cart."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from shopwright.context import Context
from shopwright_catalog.api import Availability, VariantInfo
from shopwright_inventory import api as inventory


async def of(
    ctx: Context, variants: Mapping[UUID, VariantInfo], ids: Sequence[UUID]
) -> dict[UUID, Availability]:
    """Give what is left of variants; what is not stocked, or gone, is not asked about."""
    asked = [id_ for id_ in ids if id_ in variants and variants[id_].stocked]
    found = await inventory.availability(ctx, asked)
    return {id_: found.get(id_, Availability()) for id_ in ids}
