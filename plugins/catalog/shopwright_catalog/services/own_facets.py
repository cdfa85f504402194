# SPDX-License-Identifier: Apache-2.0
"""The facets that the catalogue counts itself: vendor, price, options and tags."""

from decimal import Decimal

from shopwright.context import Context
from shopwright.money import exponent
from shopwright_catalog.api.facets import FacetDefinition, FacetSource
from shopwright_catalog.services import currencies
from shopwright_catalog.services.filtering import OPTION

# OFFSET 0 has each hit looked up by an index: with few hits the planner would rather read the whole tables.
_PRODUCTS = """
SELECT CASE grouping(p.vendor) WHEN 0 THEN 'vendor' ELSE 'price' END, NULL, CASE grouping(p.vendor) WHEN 0 THEN p.vendor
    ELSE round(min(p.price_min) * RATE, DIGITS) || '..' || round(max(p.price_min) * RATE, DIGITS) END, NULL, count(*)
FROM {hits} h CROSS JOIN LATERAL (SELECT x.vendor, x.price_min FROM catalog_product x WHERE x.id = h.id OFFSET 0) AS p
GROUP BY GROUPING SETS ((p.vendor), ()) HAVING p.vendor <> '' OR (grouping(p.vendor) = 1 AND count(*) > 0)
"""
_VALUES = """
SELECT f.key, NULL, f.value, NULL, count(*)
FROM {hits} h CROSS JOIN LATERAL (SELECT x.key, x.value FROM catalog_facet_value x WHERE x.product_id = h.id OFFSET 0) AS f
GROUP BY f.key, f.value
"""
# What options and their values are called in a language stands in each product: one that tells it tells for all.
_TRANSLATED = """
SELECT f.key, min(p.translations -> $1::text -> 'texts' ->> substr(f.key, OPTION)), f.value,
    min(p.translations -> $1::text -> 'texts' ->> f.value), count(*)
FROM {hits} h CROSS JOIN LATERAL (SELECT x.key, x.value FROM catalog_facet_value x WHERE x.product_id = h.id OFFSET 0) AS f
CROSS JOIN LATERAL (SELECT x.translations FROM catalog_product x WHERE x.id = h.id OFFSET 0) AS p
GROUP BY f.key, f.value
""".replace("OPTION", str(len(OPTION) + 1))


async def own_facets(ctx: Context) -> FacetSource:
    """Name the catalogue's facets, and give the SQL that counts them; prices in the context's currency."""
    currency, exchange = ctx.currency, await currencies.rate_to(ctx, ctx.currency)
    rate = (Decimal(1) if exchange is None else exchange.rate).scaleb(-exponent(ctx.store.currency))
    products = _PRODUCTS.replace("RATE", f"{rate:f}").replace("DIGITS", str(exponent(currency)))
    is_own = ctx.locale == ctx.store.default_locale
    return FacetSource(
        facets=(
            FacetDefinition("price", ctx.gettext("Price (%(currency)s)", currency=currency), "range", 10),
            FacetDefinition("vendor", ctx.gettext("Vendor"), "choice", 20),
            FacetDefinition("tag", ctx.gettext("Tags"), "choice", 200),
        ),
        sql=f"{products} UNION ALL {_VALUES if is_own else _TRANSLATED}",
        args=() if is_own else (ctx.locale,),
        prefix=OPTION,
    )
