# SPDX-License-Identifier: Apache-2.0
"""Filtering listings of products by fields: the catalogue puts our condition into its own statement."""

from collections.abc import Sequence

from shopwright.context import Context
from shopwright_catalog.api import ListingFilter
from shopwright_custom_fields.services import definitions, references

ENTITY = "catalog.product"
_SQL = "SELECT i.entity_id FROM custom_fields_index i WHERE i.entity = $1 AND i.key = $2 AND i.value = ANY($3::text[])"


async def listing_filters(ctx: Context, wanted: Sequence[tuple[str, str]]) -> list[ListingFilter]:
    """Give conditions for the keys that are fields; several values of one key: any of them."""
    if ctx.visit is not None:
        ctx.visit.tag(definitions.TAG, f"custom_fields.{ENTITY}")
    fields = await definitions.fields_of(ctx, ENTITY, ("storefront",))
    by_key: dict[str, list[str]] = {}
    for key, value in wanted:
        if key in fields and fields[key].filterable:
            by_key.setdefault(key, []).append(value)
    found = []
    for key, given in by_key.items():
        values = given
        if fields[key].kind == "product":
            ids = await references.ids_of(ctx, given)
            values = [str(id_) for id_ in ids.values()]
        found.append(ListingFilter(key, _SQL, (ENTITY, key, values)))
    return found
