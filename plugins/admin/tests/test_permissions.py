# SPDX-License-Identifier: Apache-2.0
"""Every page and API call of the admin, of all plugins, asked for by everybody: who gets in and who does not."""

from decimal import Decimal

import pytest
from aiohttp import FormData
from tests.shop import EVERYTHING, add_product, bearer, furnish, place, ready_cart

from shopwright.clock import FakeClock, SystemClock
from shopwright.http.routing import Scope
from shopwright.ids import new_id
from shopwright.testing.kernels import ALPHA
from shopwright_bundles.services import edit as edit_bundle
from shopwright_bundles.services.bundles import Component
from shopwright_customers.services import companies, groups, notes, segments
from shopwright_inventory.services import deliveries, locations, stock_files, stock_takes, transfers
from shopwright_inventory.services.deliveries import DeliveryInput
from shopwright_inventory.services.lines import LineInput
from shopwright_inventory.services.locations import LocationInput
from shopwright_inventory.services.stock_takes import StockTakeInput
from shopwright_inventory.services.transfers import TransferInput
from shopwright_markets.services import rates, save_market
from shopwright_markets.services.rates import RateInput
from shopwright_markets.services.save_market import MarketInput
from shopwright_tax.services import exemptions
from shopwright_tax.services.exemptions import ExemptionInput

PASSWORD = "correct horse battery 9"
EVERY = frozenset(
    """
    approvals.request.view brands.brand.edit brands.brand.view bundles.bundle.edit bundles.bundle.view catalog.category.edit catalog.category.view catalog.product.edit catalog.product.view collections.collection.edit
    collections.collection.view custom_fields.definition.edit custom_fields.definition.view custom_fields.value.edit
    custom_fields.value.view customers.customer.edit
    customers.customer.view customers.company.edit customers.company.view customers.group.edit customers.group.view customers.privacy.edit discounts.promotion.edit
    discounts.promotion.view gift_cards.card.adjust gift_cards.card.edit gift_cards.card.view importer.export.view importer.run.edit inventory.count.edit inventory.stock.edit inventory.stock.view kernel.api_keys.edit kernel.api_keys.view
    kernel.audit.view kernel.jobs.edit kernel.jobs.view kernel.plugins.edit kernel.plugins.view kernel.settings.edit
    kernel.settings.installation kernel.settings.view kernel.staff.edit kernel.staff.view markets.market.edit markets.market.view orders.order.edit
    orders.order.view pricing.list.edit pricing.list.view redirects.redirect.edit redirects.redirect.view
    related_products.relation.edit related_products.relation.view
    stock_notices.notice.edit stock_notices.notice.view tax.rate.edit tax.rate.view wishlists.list.view
    """.split()
)
LACKS = {
    "owner": frozenset(),
    "manager": frozenset({"kernel.staff.view", "kernel.staff.edit", "kernel.settings.installation"}),
    "customer_service": frozenset(
        """
        brands.brand.edit bundles.bundle.edit catalog.category.edit catalog.product.edit collections.collection.edit custom_fields.definition.edit custom_fields.value.edit discounts.promotion.edit gift_cards.card.adjust gift_cards.card.edit importer.run.edit inventory.count.edit inventory.stock.edit kernel.api_keys.edit
        kernel.jobs.edit kernel.plugins.edit kernel.settings.edit kernel.settings.installation kernel.staff.edit markets.market.edit
        pricing.list.edit redirects.redirect.edit related_products.relation.edit stock_notices.notice.edit tax.rate.edit
        """.split()
    ),
    "no_access": EVERY,
}
"""What each role may not do, written down by hand."""
ROLES = (*LACKS, "dismissed", "anonymous")
NOBODY = {"dismissed", "anonymous"}
SIGN_IN_PAGES = {
    "/admin/login": 200, "/admin/forgot": 200, "/admin/reset/{token}": 404, "/admin/invite/{token}": 404,
    "/api/admin/v1/openapi.json": 200,
}  # fmt: skip
"""Pages for those who are not signed in yet, and what they answer to an address with a bad token."""
BAD_TOKEN_PAGES = {"/admin/account/email/{token}"}
CART = "?path=checkout%2Fcart.html"
ADDRESSES = {
    "/admin/stock/locations/{code}": "/admin/stock/locations/main",
    "/api/admin/v1/stock-locations/{code}": "/api/admin/v1/stock-locations/main",
    "/admin/theme/{name}": "/admin/theme/bazaar",
    "/api/admin/v1/custom-fields/values/{entity}/{name}": "/api/admin/v1/custom-fields/values/catalog.product/lamp",
    "/admin/bulk-edit": "/admin/bulk-edit?all=1",
    "/admin/templates/edit": f"/admin/templates/edit{CART}",
    "/admin/templates/remove": f"/admin/templates/remove{CART}",
}
"""What to ask for where the path alone does not say which thing is meant."""
PAGES, API = Scope.ADMIN, Scope.ADMIN_API


@pytest.fixture
async def kernel(make_kernel):
    clock = FakeClock(SystemClock().now())
    return await make_kernel(plugins=EVERYTHING, stores=[ALPHA], clock=clock)


@pytest.fixture
async def ctx(kernel):
    return await furnish(kernel, "alpha")


@pytest.fixture
async def people(kernel, ctx, make_client):
    """A browser for each role, signed in but for the anonymous one; the dismissed one has lost the role since."""
    await kernel.auth.roles.save(ctx, "no_access", "No access", ())
    browsers = {}
    for role in ROLES:
        browsers[role] = await make_client(kernel, "alpha")
        if role == "anonymous":
            continue
        email, held = f"{role}@example.com", "manager" if role == "dismissed" else role
        user_id = await kernel.auth.staff.create(ctx, email=email, name=role, password=PASSWORD, role=held)
        await browsers[role].sign_in_staff(email, PASSWORD)
        if role == "dismissed":
            await kernel.auth.roles.unassign(ctx, user_id)
    return browsers


async def bundle_of(ctx, variant_id):
    """Make a product that is made of another; gives its variant."""
    box_id = await add_product(ctx, "box", stock=None, kind="bundles.bundle")
    await edit_bundle.save(ctx, box_id, [Component(variant_id, 2)])
    return box_id


async def declare_field(owner, headers):
    path = "/api/admin/v1/custom-fields/definitions/catalog.product/custom.note"
    field = await owner.send("PUT", path, {"kind": "text", "label": "Note"}, headers=headers)
    assert field.status == 201


async def open_market(ctx):
    await rates.add(ctx, RateInput("CHF", Decimal("0.94")))
    await save_market.add(ctx, "spare", MarketInput("Home", "EUR"))


async def goods(ctx, variant_id):
    """Write down a transfer and a delivery, open a stock-take and send a file; gives their ids."""
    await locations.add(ctx, code="attic", new=LocationInput("Attic"))
    lines = [LineInput(variant_id, 1)]
    return {
        "transfer_id": await transfers.create(ctx, TransferInput("main", "attic", lines)),
        "delivery_id": await deliveries.create(ctx, DeliveryInput("PO-1", "main", lines)),
        "take_id": await stock_takes.create(ctx, StockTakeInput("Count")),
        "file_id": await stock_files.accept(ctx, "a.csv", b"sku,on_hand\nLAMP,10\n"),
    }


@pytest.fixture
async def things(kernel, ctx, people, make_client):
    """Something for each name in an address."""
    variant_id = await add_product(ctx)
    product_id = await ctx.fetch_value("SELECT product_id FROM catalog_variant WHERE id = $1", variant_id)
    owner = people["owner"]
    headers = await bearer(
        ctx,
        "brands.brand.edit",
        "catalog.category.edit",
        "catalog.product.edit",
        "collections.collection.edit",
        "tax.rate.edit",
        "orders.order.view",
        "pricing.list.edit",
        "discounts.promotion.edit",
        "gift_cards.card.edit",
        "custom_fields.definition.edit",
    )
    await open_market(ctx)
    category = await owner.send("PUT", "/api/admin/v1/categories/lamp", {"title": "Lamps"}, headers=headers)
    brand = await owner.send("PUT", "/api/admin/v1/brands/lamp", {"name": "Mill"}, headers=headers)
    assert brand.status == 201
    cosy = {"title": "Cosy"}
    collection = await owner.send("PUT", "/api/admin/v1/collections/lamp", cosy, headers=headers)
    await declare_field(owner, headers)
    rate = {"country": "DE", "label": "VAT", "percent": "19"}
    rate = await owner.post_json("/api/admin/v1/tax-rates", rate, headers=headers)
    price_list = {"code": "sale", "title": "Sale", "percent": "90"}
    price_list = await owner.post_json("/api/admin/v1/price-lists", price_list, headers=headers)
    promotion = {
        "code": "ten", "title": "Ten", "needs_coupon": True,
        "actions": [{"kind": "discounts.percentage", "values": {"percent": "10"}}],
    }  # fmt: skip
    promotion = await owner.post_json("/api/admin/v1/promotions", promotion, headers=headers)
    codes = f"/api/admin/v1/promotions/{promotion['id']}/coupons"
    coupon = await owner.post_json(codes, {"code": "TEN"}, headers=headers)
    batches = codes.replace("coupons", "batches")
    batch = await owner.post_json(batches, {"wanted": 1}, status=202, headers=headers)
    card = await owner.post_json("/api/admin/v1/gift-cards", {"amount": 100}, headers=headers)
    many = "/api/admin/v1/gift-card-batches"
    cards = await owner.post_json(many, {"wanted": 1, "amount": 100}, status=202, headers=headers)
    order = await (await place(owner, await ready_cart(owner, {variant_id: 1}))).json()
    shopper = await make_client(kernel, "alpha")
    account = {"email": "shopper@example.com", "password": PASSWORD}
    customer = await shopper.post_json("/api/v1/customers", account)
    group_id = await groups.create(ctx, code="vip", title="VIP", priority=0)
    note = await notes.add(ctx, customer["id"], "Likes lamps")
    company_id = await companies.create(ctx, name="Lamps Ltd", country="DE", tax_id="")
    segment_id = await segments.create(ctx, code="new", title="New", match="all")
    key, _ = await kernel.auth.api_keys.create(ctx, "Sync", ["orders.order.view"])
    await kernel.auth.roles.save(ctx, "spare", "Spare", ())
    editor = ADDRESSES["/admin/templates/edit"]
    template = await owner.submit(editor, {"source": "{{ title }}", "version": "0", "do": "save"})
    assert template.status == 303
    bulk = {"ids": [str(product_id)], "action": "add_tag", "value": "cosy"}
    bulk = await owner.post_json("/api/admin/v1/products/bulk", bulk, status=200, headers=headers)
    form = FormData(quote_fields=False)
    form.add_field("csrf_token", await owner.csrf_token("/admin/import"))
    form.add_field(
        "file", b"Handle,Title,Variant Price\nbulb,Bulb,3.50\n", filename="a.csv", content_type="text/csv"
    )
    upload = await owner.request("POST", "/admin/import", data=form)
    asked = await owner.submit("/admin/export", {}, action="/admin/export/shopify-csv")
    assert asked.status == 303
    await kernel.jobs.drain()
    assert (category.status, collection.status, upload.status) == (201, 201, 303)
    staff = {user.name: user.id for user in await kernel.auth.staff.all(ctx)}
    return {
        "entity": "catalog.product", "entity_id": product_id, "key": "custom.note",
        "product_id": product_id, "variant_id": variant_id, "handle": "lamp", "order_id": order["id"],
        "rate_id": rate["id"], "list_id": price_list["id"], "run_id": upload.headers["Location"].rpartition("/")[2], "key_id": key.id,
        "code": "spare", "name": "tax", "staff_user_id": staff["customer_service"], "letter_id": new_id(),
        "redirect_id": new_id(), "notice_id": new_id(), "token": "x" * 43, "customer_id": customer["id"],
        "group_id": group_id, "note_id": note.id, "segment_id": segment_id, "company_id": company_id, "promotion_id": promotion["id"], "coupon_id": coupon["id"],
        "edit_id": bulk["edit"]["id"], "batch_id": batch["id"], "card_id": card["id"], "card_batch_id": cards["id"], "bundle_id": await bundle_of(ctx, variant_id), "format_code": "shopify-csv",
        **await goods(ctx, variant_id),
        "currency": "CHF", "exemption_id": await exemptions.save(ctx, ExemptionInput("group:vip", "Charity")),
    }  # fmt: skip


def routes_of(kernel, ctx, scopes, methods):
    return [r for r in kernel.routes.all(ctx.store) if r.scope in scopes and r.method in methods]


def may(role: str, permission: str) -> bool:
    if role in NOBODY:
        return permission == "public"
    return permission in {"public", "staff"} or (permission in EVERY and permission not in LACKS[role])


def expected(role: str, route) -> int:
    """The status of a GET, by the table above."""
    if route.permission == "public":
        is_away = route.path == "/admin/login" and role not in NOBODY
        return 303 if is_away else SIGN_IN_PAGES[route.path]
    if may(role, route.permission):
        return 404 if route.path in BAD_TOKEN_PAGES else 200
    if role in NOBODY:
        return 303 if route.scope is PAGES else 401
    return 403


def test_the_table_knows_every_permission(kernel):
    assert set(kernel.auth.roles.known) == EVERY


async def test_each_role_reads_what_its_permissions_allow_and_nothing_else(kernel, ctx, people, things):
    routes = routes_of(kernel, ctx, {PAGES, API}, {"GET"})
    wrong, seen = [], {}
    for route in routes:
        path = ADDRESSES.get(route.path, route.path).format_map(things)
        for role, browser in people.items():
            answer = await browser.get(path)
            seen[answer.status] = seen.get(answer.status, 0) + 1
            if answer.status != expected(role, route):
                wrong.append((role, path, answer.status, expected(role, route)))
            if answer.status == 303 and role in NOBODY:
                assert answer.headers["Location"].startswith("/admin/login?next=%2Fadmin%2F")

    assert wrong == []
    assert len(routes) > 40
    assert set(seen) == {200, 303, 401, 403, 404}


async def test_who_may_not_change_something_is_refused_before_the_form_is_looked_at(
    kernel, ctx, people, things
):
    """Sent without the token of a form, so that nothing happens to those who may either."""
    routes = routes_of(kernel, ctx, {PAGES}, {"POST"})
    before = await ctx.fetch_value("SELECT count(*) FROM kernel_audit")
    wrong = []
    for route in routes:
        path = route.path.format_map(things)
        for role, browser in people.items():
            answer = await browser.request("POST", path, data={"role": "owner"})
            page = await answer.text()
            refused = f"You need the permission {route.permission}." in page
            away = answer.status == 303 and answer.headers["Location"] == "/admin/login"
            unsent = answer.status == 403 and "This form is out of date." in page
            if may(role, route.permission):
                is_right = unsent
            else:
                is_right = away if role in NOBODY else answer.status == 403 and refused
            if not is_right:
                wrong.append((role, path, answer.status))

    assert wrong == []
    assert len(routes) > 30
    assert await ctx.fetch_value("SELECT count(*) FROM kernel_audit") == before


async def test_the_menu_offers_only_what_may_be_opened(people):
    guarded = {
        "/admin/staff": "kernel.staff.view",
        "/admin/roles": "kernel.staff.view",
        "/admin/api-keys": "kernel.api_keys.view",
        "/admin/import": "importer.run.edit",
        "/admin/orders": "orders.order.view",
    }
    for role, lacking in LACKS.items():
        page = await (await people[role].get("/admin/")).text()
        menu = page.partition('<nav class="nav"')[2].partition("</nav>")[0]
        paths = [part.partition('"')[0] for part in menu.split('href="')[1:]]

        assert [path for path in paths if (await people[role].get(path)).status != 200] == []
        assert {path for path in paths if path in guarded} == {
            path for path, permission in guarded.items() if permission not in lacking
        }
