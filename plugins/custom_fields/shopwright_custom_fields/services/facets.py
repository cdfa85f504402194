# SPDX-License-Identifier: Apache-2.0
"""Counting listings by fields that customers may filter by: all fields in one part of the catalogue's statement."""

from shopwright.context import Context
from shopwright.i18n import translatable
from shopwright_catalog.api import FacetDefinition, FacetSource
from shopwright_custom_fields.api import CustomField
from shopwright_custom_fields.services import definitions
from shopwright_custom_fields.services.filters import ENTITY, RANGES, fields

LISTED = frozenset({"text", "boolean", "choice", "choices", "colour"})
"""Kinds whose values are chosen one by one."""
# OFFSET 0 has each hit looked up by an index: with few hits the planner would rather read the whole table.
_SQL = """
SELECT i.key, NULL, i.value, NULL, count(*) FROM {hits} h CROSS JOIN LATERAL (
    SELECT x.key, x.value FROM custom_fields_index x WHERE x.entity_id = h.id AND x.entity = $1 OFFSET 0) AS i
WHERE i.key = ANY($2::text[]) GROUP BY i.key, i.value
UNION ALL
SELECT i.key, NULL, (array_agg(i.value ORDER BY i.number))[1] || '..'
    || (array_agg(i.value ORDER BY i.number DESC))[1], NULL, count(*)
FROM {hits} h CROSS JOIN LATERAL (
    SELECT x.key, x.value, x.number FROM custom_fields_index x WHERE x.entity_id = h.id AND x.entity = $1 OFFSET 0) AS i
WHERE i.key = ANY($3::text[]) AND i.number IS NOT NULL GROUP BY i.key
"""


async def listing_facets(ctx: Context) -> list[FacetSource]:
    """Give the fields that products are filtered by; nothing where there are none."""
    found = [x for x in (await fields(ctx)).values() if x.kind in LISTED or x.kind in RANGES]
    if not found:
        return []
    listed = [x.key for x in found if x.kind in LISTED]
    ranged = [x.key for x in found if x.kind in RANGES]
    tags = (definitions.TAG, f"custom_fields.{ENTITY}")
    shown = tuple(_definition(ctx, x) for x in found)
    return [FacetSource(shown, _SQL, (ENTITY, listed, ranged), tags=tags)]


def _definition(ctx: Context, field: CustomField) -> FacetDefinition:
    labels = {x.code: definitions.choice_label(ctx, field, x.code) for x in field.choices}
    if field.kind == "boolean":
        labels = {"true": ctx.gettext(translatable("Yes")), "false": ctx.gettext(translatable("No"))}
    return FacetDefinition(
        key=field.key,
        label=definitions.label(ctx, field),
        kind="range" if field.kind in RANGES else "choice",
        position=100 + min(max(field.position, 0), 90),
        labels=labels,
        input="date" if field.kind in {"date", "datetime"} else "number",
    )
