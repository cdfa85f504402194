# SPDX-License-Identifier: Apache-2.0
"""Prices, promotions and taxes go by the same answer to who a customer is, which is asked for once a request."""

from decimal import Decimal

from tests.shop import add_product, furnish

from shopwright.testing.kernels import ALPHA
from shopwright_catalog import api as catalog
from shopwright_customers.api import Condition
from shopwright_customers.services import companies, groups, segments
from shopwright_discounts.services import save_promotion
from shopwright_discounts.services.save_promotion import PartInput, PromotionInput
from shopwright_pricing.services import save_list
from shopwright_pricing.services.lists import ListInput
from shopwright_tax.services import exemptions
from shopwright_tax.services.exemptions import ExemptionInput

PLUGINS = [
    "customers",
    "discounts",
    "flat_shipping",
    "inventory",
    "manual_payment",
    "pricing",
    "storefront",
    "tax",
]
ADA = {"email": "ada@example.com", "name": "Ada", "password": "seven lamps on the pier"}


async def rules_for_some(ctx):
    """Sell at a tenth less to resellers, at half of that to a segment of them, and without tax to a company."""
    await groups.create(ctx, code="resellers", title="Resellers", priority=1)
    await segments.create(
        ctx, code="big", title="Big", match="all",
        conditions=[Condition("customers.in_group", {"group": "resellers"})],
    )  # fmt: skip
    await save_list.create(
        ctx,
        ListInput(
            code="less", title="Less", currency="EUR", audience="groups", audience_codes=("resellers",),
            percent=Decimal(90),
        ),
    )  # fmt: skip
    await save_promotion.create(
        ctx,
        PromotionInput(
            "half", "Half", (PartInput("discounts.percentage", {"percent": 50}),),
            conditions=[PartInput("discounts.audience", {"any_of": ["segment:big", "segment:gone"]})],
        ),
    )  # fmt: skip
    company_id = await companies.create(ctx, name="Lamps Ltd", country="DE", tax_id="DE136695976")
    await companies.put_buyer(ctx, company_id, email=ADA["email"], role="buyer", approval_limit=None)
    await exemptions.save(ctx, ExemptionInput(f"company:{company_id}", "Embassy"))


async def test_prices_promotions_and_taxes_know_a_customer_with_one_question(
    make_kernel, make_client, query_log
):
    kernel = await make_kernel(plugins=PLUGINS, stores=[ALPHA])
    ctx = await furnish(kernel, "alpha")
    lamp = await add_product(ctx, price=10_000)
    client, guest = await make_client(kernel, "alpha"), await make_client(kernel, "alpha")
    await client.submit("/account/sign-up", ADA)
    await rules_for_some(ctx)
    ada = await ctx.fetch_value("SELECT id FROM customers_customer")
    cart = (await client.post_json("/api/v1/carts"))["id"]
    path = f"/api/v1/carts/{cart}"
    await client.post_json(f"{path}/lines", {"variant_id": str(lamp), "quantity": 1})

    before = (await client.get_json("/api/v1/products/lamp"))["variants"][0]["price"]["amount"]
    await groups.put_into(ctx, ada, ["resellers"])
    with query_log.recording():
        after = await client.get_json(path)
    asked = [x for x in query_log.statements if "customers_buyer" in x or "array_agg(g.code)" in x]
    page = (await client.get_json("/api/v1/products/lamp"))["variants"][0]["price"]["amount"]
    with query_log.recording():
        public = (await guest.get_json("/api/v1/products/lamp"))["variants"][0]["price"]["amount"]

    assert (before, page, public) == (10_000, 4500, 10_000)
    assert (after["total"]["amount"], after["tax_lines"][0]["label"]) == (4500, "Exempt from tax")
    assert len(asked) == 1
    assert [x for x in query_log.statements if "customers_" in x] == []
    assert (await catalog.audience(ctx.as_actor(ctx.actor), segments=["big"])).tags == {"guest"}
