# SPDX-License-Identifier: Apache-2.0
"""Filtering listings of products by fields: the catalogue puts our condition into its own statement."""

from collections.abc import Sequence

from shopwright.context import Context
from shopwright_catalog.api import ListingFilter
from shopwright_custom_fields.api import CustomField
from shopwright_custom_fields.services import definitions, kinds, references
from shopwright_custom_fields.services.save import index_text
from shopwright_custom_fields.services.written import from_text
from shopwright_custom_fields.services.wrong import Wrong

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
    return [
        ListingFilter(key, _SQL, (ENTITY, key, await _values(ctx, fields[key], given)))
        for key, given in by_key.items()
    ]


async def _values(ctx: Context, field: CustomField, given: Sequence[str]) -> list[str]:
    """Write values as they stand in the index; what the field does not take finds nothing."""
    if field.kind == "product":
        return [str(id_) for id_ in (await references.ids_of(ctx, given)).values()]
    found = []
    for text in given:
        try:
            value = kinds.check(field, from_text(field, text, ctx.store.currency))
        except Wrong:
            continue
        found += [index_text(part) for part in (value if isinstance(value, list) else [value])]
    return found
