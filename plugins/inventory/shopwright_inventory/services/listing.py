# SPDX-License-Identifier: Apache-2.0
"""Narrowing listings to what can be bought: the rules of ``selling``, asked of each product in the listing's statement."""

from collections.abc import Sequence

from shopwright.context import Context
from shopwright.errors import FieldError
from shopwright_catalog.api import FacetDefinition, FacetSource, ListingFilter
from shopwright_inventory.services.selling import UNLIMITED, today_of

KEY = "in_stock"
_LEFT = f"""
i.tracked IS NOT TRUE OR (
    SELECT greatest(coalesce(sum(l.on_hand), 0) - i.safety_stock, 0) - coalesce(sum(l.reserved + l.allocated), 0)
        + CASE WHEN count(*) = 0 THEN 0 WHEN i.policy = 'backorder'
            OR (i.policy = 'preorder' AND (i.available_on IS NULL OR i.available_on > $1::date))
            THEN coalesce(i.backorder_limit, {UNLIMITED}) ELSE 0 END
    FROM inventory_level l JOIN inventory_location p ON p.store_id = l.store_id AND p.id = l.location_id AND p.active
    WHERE l.store_id = i.store_id AND l.variant_id = i.id) > 0
"""
# OFFSET 0 has it asked product by product as a listing is walked through: most are in stock, so that ends soon.
_SELLABLE = f"""
EXISTS (SELECT 1 FROM catalog_variant v LEFT JOIN inventory_item i ON i.store_id = v.store_id AND i.id = v.id
WHERE v.product_id = {{product}} AND NOT v.archived AND ({_LEFT}) OFFSET 0)
"""
_COUNT = f"""
SELECT '{KEY}', NULL, 'true', NULL, count(*) FROM {{hits}} h WHERE {_SELLABLE.replace("{product}", "h.id")}
HAVING count(*) > 0
"""


def filters(ctx: Context, wanted: Sequence[tuple[str, str]]) -> list[ListingFilter]:
    """Give the condition of ``in_stock:true``, or what is wrong with another value."""
    values = {value for key, value in wanted if key == KEY}
    if not values:
        return []
    if values != {"true"}:
        words = ctx.gettext("The filter in_stock takes only true: write in_stock:true, or leave it out.")
        return [ListingFilter(KEY, "", wrong=FieldError("/filter", "value_wrong", words))]
    return [ListingFilter(KEY, _SELLABLE, (today_of(ctx),))]


def facets(ctx: Context) -> list[FacetSource]:
    """Count what is in stock."""
    label = ctx.gettext("In stock only")
    definition = FacetDefinition(KEY, ctx.gettext("Availability"), "switch", 15, {"true": label})
    return [FacetSource((definition,), _COUNT, (today_of(ctx),))]
