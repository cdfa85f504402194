# SPDX-License-Identifier: Apache-2.0
"""The facets that the catalogue counts itself: vendor, price, options and tags."""

from decimal import Decimal

from shopwright.context import Context
from shopwright.money import exponent
from shopwright_catalog.api.facets import FacetDefinition, FacetSource
from shopwright_catalog.services import currencies
from shopwright_catalog.services.filtering import OPTION

# What options and their values are called in a language stands in each product: one that tells it tells for all.
_SQL = """
SELECT 'vendor', NULL, p.vendor, NULL, count(*)
FROM {hits} h JOIN catalog_product p ON p.id = h.id WHERE p.vendor <> '' GROUP BY p.vendor
UNION ALL
SELECT f.key, min(p.translations -> $1::text -> 'texts' ->> substr(f.key, OPTION)), f.value,
    min(p.translations -> $1::text -> 'texts' ->> f.value), count(*)
FROM {hits} h JOIN catalog_facet_value f ON f.product_id = h.id JOIN catalog_product p ON p.id = h.id
GROUP BY f.key, f.value
UNION ALL
SELECT 'price', NULL, round(min(p.price_min) * RATE, DIGITS) || '..' || round(max(p.price_min) * RATE, DIGITS),
    NULL, count(*)
FROM {hits} h JOIN catalog_product p ON p.id = h.id HAVING count(*) > 0
""".replace("OPTION", str(len(OPTION) + 1))


async def own_facets(ctx: Context) -> FacetSource:
    """Name the catalogue's facets, and give the SQL that counts them; prices in the context's currency."""
    currency, exchange = ctx.currency, await currencies.rate_to(ctx, ctx.currency)
    rate = (Decimal(1) if exchange is None else exchange.rate).scaleb(-exponent(ctx.store.currency))
    sql = _SQL.replace("RATE", f"{rate:f}").replace("DIGITS", str(exponent(currency)))
    return FacetSource(
        facets=(
            FacetDefinition("price", ctx.gettext("Price (%(currency)s)", currency=currency), "range", 10),
            FacetDefinition("vendor", ctx.gettext("Vendor"), "choice", 20),
            FacetDefinition("tag", ctx.gettext("Tags"), "choice", 200),
        ),
        sql=sql,
        args=(ctx.locale,),
        prefix=OPTION,
    )
