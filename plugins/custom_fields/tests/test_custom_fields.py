# SPDX-License-Identifier: Apache-2.0
"""Custom fields from declaring to showing, on one shop; and values of persons."""

import asyncio
import io
from uuid import UUID

import pytest
from aiohttp import FormData
from PIL import Image
from tests.shop import THEMES, add_product, as_staff, bearer, furnish, place, ready_cart

from shopwright.ids import new_id
from shopwright.testing.kernels import ALPHA
from shopwright_custom_fields import api
from shopwright_custom_fields.services import csv_file, read
from shopwright_customers.api import Subject
from shopwright_customers.hookspecs import data_erase, data_export

DEFINITIONS = "/api/admin/v1/custom-fields/definitions/catalog.product"
VALUES = "/api/admin/v1/custom-fields/values/catalog.product"
MATERIAL = {
    "kind": "choice", "label": "Material", "filterable": True, "position": 10,
    "choices": [{"code": "oak", "label": "Oak"}, {"code": "ash", "label": "Ash"}],
    "translations": {"de": {"label": "Holz", "choice.oak": "Eiche"}},
}  # fmt: skip
ALL = (
    "custom_fields.definition.view", "custom_fields.definition.edit", "custom_fields.value.view",
    "custom_fields.value.edit", "catalog.product.view", "catalog.product.edit",
)  # fmt: skip


@pytest.fixture
async def ctx(make_kernel, fake_clock):
    plugins = [
        "custom_fields", "collections", "customers", "orders", "checkout", "inventory", "flat_shipping",
        "manual_payment", "care_labels",
    ]  # fmt: skip
    kernel = await make_kernel(plugins=plugins, stores=[ALPHA], config=THEMES, clock=fake_clock)
    return await furnish(kernel, "alpha")


@pytest.fixture
async def client(ctx, make_client):
    return await make_client(ctx.kernel, "alpha")


async def declare(client, staff, name, status=201, *, base=DEFINITIONS, **body):
    answer = await client.send("PUT", f"{base}/custom.{name}", {"label": name.title(), **body}, headers=staff)
    assert answer.status == status, await answer.text()
    return await answer.json()


async def put(client, staff, name, values, status=200, **more):
    answer = await client.send("PUT", f"{VALUES}/{name}", {"values": values, **more}, headers=staff)
    assert answer.status == status, await answer.text()
    return await answer.json()


def errors_of(answer):
    return [(error["pointer"], error["code"]) for error in answer["errors"]]


async def test_fields_are_declared_filled_in_shown_and_filtered_by(ctx, client, query_log):
    for handle in ("desk", "lamp", "mug"):
        await add_product(ctx, handle)
    staff = await bearer(ctx, *ALL)
    page = await client.get_json("/api/v1/products/desk")
    assert page["custom_fields"] == {"care_labels.iron": {
        "key": "care_labels.iron", "label": "Ironing", "kind": "choice", "value": "cool", "text": "Cool", "html": "",
        "url": "",
    }}  # fmt: skip

    await declare(client, staff, "material", **MATERIAL)
    await declare(client, staff, "note", kind="text", translatable=True, position=20)
    await declare(client, staff, "code", kind="text", unique=True, visibility="staff", pattern="[A-Z]+")
    await declare(client, staff, "secret", kind="text", visibility="private")
    await declare(client, staff, "story", kind="rich_text")
    await declare(client, staff, "fits", kind="product", filterable=True)
    await put(
        client,
        staff,
        "desk",
        {
            "custom.material": "oak", "custom.note": "Made here", "custom.code": "A", "custom.fits": "lamp",
            "custom.story": "<p>Old</p><script>x()</script>", "care_labels.wash": 40,
        },
        translations={"de": {"custom.note": "Hier gemacht"}},
        version=0,
    )  # fmt: skip
    bulk = [{"name": "lamp", "values": {"custom.material": "ash"}}, {"name": "mug", "values": {}}]
    assert await client.post_json(VALUES, {"items": bulk}, status=200, headers=staff) == [1, 1]

    shown = (await client.get_json("/api/v1/products/desk"))["custom_fields"]
    assert {key: field["text"] for key, field in shown.items()} == {
        "custom.material": "Oak", "custom.note": "Made here", "custom.story": "Old", "care_labels.wash": "40", "care_labels.iron": "Cool",
        "custom.fits": "Lamp",
    }  # fmt: skip
    assert shown["custom.story"]["html"] == "<p>Old</p>"
    assert (shown["custom.fits"]["value"], shown["custom.fits"]["url"]) == ("lamp", "/products/lamp")
    page = await (await client.get("/de/products/desk")).text()
    assert [words in page for words in ("Holz", "Eiche", "Hier gemacht", "<p>Old</p>", "Code")] == [
        True, True, True, True, False,
    ]  # fmt: skip

    async def listed(*filters):
        query = [("filter", text) for text in filters]
        return [x["handle"] for x in (await client.get_json("/api/v1/products", params=query))["items"]]

    assert await listed("custom.material:oak") == ["desk"]
    assert set(await listed("custom.material:oak", "custom.material:ash")) == {"desk", "lamp"}
    assert await listed("custom.material:ash", "custom.fits:lamp") == []
    assert await listed("custom.fits:lamp") == ["desk"]
    assert await listed("care_labels.wash:+40") == ["desk"]
    assert await listed("care_labels.wash:hot") == []
    refused = await client.get("/api/v1/products", params={"filter": "custom.code:A"})
    assert (refused.status, errors_of(await refused.json())) == (422, [("/filter", "unknown_filter")])
    page = await (await client.get("/products?filter=custom.material:ash")).text()
    assert ("Lamp" in page, "Desk" in page) == (True, False)
    await put(client, staff, "mug", {"custom.material": "ash"})
    assert set(await listed("custom.material:ash")) == {"lamp", "mug"}

    nobody = new_id()
    with query_log.at_most(1):
        assert await api.values(ctx, "catalog.product", [nobody, ctx.store.id]) == {
            nobody: {"care_labels.iron": "cool"}, ctx.store.id: {"care_labels.iron": "cool"},
        }  # fmt: skip
    with query_log.at_most(0):
        assert await api.values(ctx, "catalog.category", [nobody]) == {nobody: {}}
    assert await api.save_values(ctx, "catalog.category", nobody, {}) == 1


async def test_what_does_not_fit_is_refused_by_field(ctx, client):
    for handle in ("desk", "lamp"):
        await add_product(ctx, handle)
    staff = await bearer(ctx, *ALL)
    await declare(client, staff, "material", **MATERIAL)
    await declare(client, staff, "code", kind="text", unique=True)
    await declare(client, staff, "size", kind="integer", minimum="1", maximum="9", required=True)
    refused = await put(
        client, staff, "desk", {"custom.material": "tin", "custom.size": 10, "custom.gone": 1}, 422
    )
    assert errors_of(refused) == [
        ("/values/custom.material", "choice_unknown"),
        ("/values/custom.size", "too_large"),
        ("/values/custom.gone", "unknown"),
    ]
    assert errors_of(await put(client, staff, "desk", {}, 422)) == [("/values/custom.size", "required")]
    done = await put(client, staff, "desk", {"custom.size": 5, "custom.code": "A"}, version=0)
    assert (done["version"], done["values"]) == (1, {"custom.size": 5, "custom.code": "A"})
    product = UUID(done["id"])
    both = await asyncio.gather(
        *(api.save_values(ctx, "catalog.variant", product, {}) for _ in range(4)), return_exceptions=True
    )
    assert sorted(both) == [1, 2, 3, 4]
    stale = await put(client, staff, "desk", {"custom.size": 6}, 409, version=0)
    assert (stale["code"], stale["version"]) == ("version_conflict", 1)
    late = await client.send("PUT", f"{VALUES}/desk", {"values": {}}, headers=staff | {"If-Match": '"7"'})
    assert late.status == 412
    items = [
        {"name": "lamp", "values": {"custom.size": 5, "custom.code": "A"}},
        {"name": "desk", "values": {"custom.size": 7}},
    ]
    both = await client.send("POST", VALUES, {"items": items}, headers=staff)
    assert errors_of(await both.json()) == [("/items/0/values/custom.code", "taken")]
    assert (await client.get_json(f"{VALUES}/desk", headers=staff))["values"]["custom.size"] == 5
    assert (await client.get(f"{VALUES}/nothing", headers=staff)).status == 404

    used = await declare(client, staff, "code", 422, kind="integer")
    assert errors_of(used) == [("/kind", "in_use")]
    wrong = {
        "a": ({"kind": "choice"}, "/choices"),
        "b": ({"kind": "text", "pattern": "(?=a)"}, "/pattern"),
        "c": ({"kind": "rich_text", "unique": True}, "/unique"),
        "d": ({"kind": "integer", "minimum": "5", "maximum": "4"}, "/maximum"),
        "e": ({"kind": "integer", "default": "x"}, "/default"),
        "f": ({"kind": "date", "translatable": True}, "/translatable"),
        "Big": ({"kind": "text"}, "/key"),
    }
    for name, (body, pointer) in wrong.items():
        answer = await declare(client, staff, name, 422, **body)
        assert [error["pointer"] for error in answer["errors"]] == [pointer]
    in_use = await client.send("DELETE", f"{DEFINITIONS}/custom.code", headers=staff)
    assert in_use.status == 409
    await declare(client, staff, "code", 200, kind="text", archived=True)
    assert "custom.code" not in (await client.get_json("/api/v1/products/desk"))["custom_fields"]
    gone = await client.send("DELETE", f"{DEFINITIONS}/custom.code", headers=staff)
    assert gone.status == 204
    await declare(client, staff, "code", kind="integer")
    poor = await bearer(ctx, "custom_fields.value.edit", "custom_fields.value.view")
    assert (await client.send("PUT", f"{VALUES}/desk", {"values": {}}, headers=poor)).status == 403


async def test_staff_declare_fill_in_and_exchange_files(ctx, make_client, client):
    for handle in ("desk", "lamp"):
        await add_product(ctx, handle)
    staff = await as_staff(ctx, make_client)
    new = "/admin/custom-field/new"
    form = {
        "entity": "catalog.product", "key": "wood", "label": "Wood", "kind": "choices", "visibility": "storefront",
        "choices": "oak: Oak\nash: Ash", "position": "5", "t.de.label": "Holz", "filterable": "true",
    }  # fmt: skip
    refused = await staff.submit(new, form | {"choices": "", "minimum": "x"})
    assert (refused.status, "Give a number like 12.5" in await refused.text()) == (422, True)
    done = await staff.submit(new, form)
    assert done.headers["Location"] == "/admin/custom-fields/catalog.product/custom.wood"
    price = {name: form[name] for name in ("entity", "visibility", "position")}
    done = await staff.submit(new, price | {"key": "price", "label": "P", "kind": "money"})
    assert done.status == 303
    twice = await staff.submit(new, form)
    assert (twice.status, "Another field has this key" in await twice.text()) == (422, True)
    assert "custom.wood" in await (await staff.get("/admin/custom-fields?entity=catalog.product")).text()

    product = (await client.get_json("/api/v1/products/desk"))["id"]
    values = f"/admin/custom-field-values/catalog.product/{product}"
    assert values in await (await staff.get(f"/admin/products/{product}")).text()
    answer = await staff.submit(values, {"f.custom.wood": ["oak", "ash"], "f.custom.price": "1.2.3"})
    page = await answer.text()
    assert (answer.status, "Give an amount like 12.50 EUR." in page, 'value="oak" checked' in page) == (
        422,
        True,
        True,
    )

    done = await staff.submit(
        values, {"f.custom.wood": ["oak", "ash"], "f.custom.price": "-1.50 EUR", "version": "0"}
    )
    assert (done.status, done.headers["Location"]) == (303, values)
    late = await staff.submit(values, {"f.custom.price": "2", "version": "0"})
    assert (late.status, "Somebody else changed" in await late.text()) == (409, True)

    files = "/admin/custom-field-files/catalog.product"
    text = await (await staff.get(f"{files}/values.csv")).text()
    assert (
        text
        == "name,custom.price,custom.wood,care_labels.iron,care_labels.wash\r\ndesk,-1.50 EUR,oak|ash,,\r\n"
    )
    before = (await read.stored(ctx, "catalog.product", [UUID(product)]))[UUID(product)].values
    assert await csv_file.take(ctx, "catalog.product", text) == 1
    assert (await read.stored(ctx, "catalog.product", [UUID(product)]))[UUID(product)].values == before

    async def upload(text):
        return await staff.submit(files, {"file": io.BytesIO(text.encode())})

    bad = await (await upload("name,custom.wood\r\ndesk,tin\r\nnothing,oak\r\n")).text()
    assert "3, name: There is nothing with this name" in bad
    bad = await (await upload("name,custom.wood\r\ndesk,tin\r\nlamp,oak\r\n")).text()
    assert ("2, custom.wood: Choose from the list: oak, ash." in bad, "Nothing was saved." in bad) == (
        True,
        True,
    )
    done = await upload("name,custom.wood\r\ndesk,\r\nlamp,oak\r\n")
    assert done.status == 303
    text = await (await staff.get(f"{files}/values.csv")).text()
    assert text.splitlines()[1:] == ["desk,-1.50 EUR,,,", "lamp,,oak,,"]

    one = "/admin/custom-fields/catalog.product/custom.wood"
    await staff.submit(one, {}, action=f"{one}/archive")
    assert "1 values are deleted" in await (await staff.get(f"{one}/delete")).text()
    await staff.submit(f"{one}/delete", {})
    assert (await staff.get(one)).status == 404
    assert (await staff.get("/admin/custom-fields/catalog.product/care_labels.wash")).status == 200


async def test_values_of_a_person_are_in_their_copy_and_go_with_them(ctx, client):
    variant = await add_product(ctx, "desk")
    staff = await bearer(ctx, *ALL, "customers.privacy.edit", "orders.order.edit", "orders.order.view")
    base = "/api/admin/v1/custom-fields/definitions/orders.order"
    await declare(client, staff, "gift", base=base, kind="text", unique=True)
    order = await (await place(client, await ready_cart(client, {variant: 1}))).json()
    path = "/api/admin/v1/custom-fields/values/orders.order"
    saved = await client.send(
        "PUT", f"{path}/{order['id']}", {"values": {"custom.gift": "=For Ada"}}, headers=staff
    )
    assert (saved.status, (await saved.json())["name"]) == (200, order["number"])
    text = await csv_file.export(ctx, "orders.order")
    assert text.splitlines()[1] == f"{order['number']},'=For Ada"
    assert await csv_file.take(ctx, "orders.order", text) == 1

    ada = Subject(None, "ada@example.com")
    sections = {x.code: x.rows for x in await ctx.hooks.collect(data_export, subject=ada)}
    assert [row["values"] for row in sections["custom_fields.orders.order"]] == [{"custom.gift": "=For Ada"}]
    async with ctx.transaction() as session:
        outcomes = await ctx.hooks.collect(data_erase, session=session, subject=ada)
    assert [(x.action, x.number) for x in outcomes if x.code == "custom_fields.orders.order"] == [
        ("erased", 1)
    ]
    again = await client.get_json(f"{path}/{order['id']}", headers=staff)
    assert (again["version"], again["values"]) == (0, {})
    assert (await client.get_json(path, headers=staff))["items"] == []


async def test_customers_and_staff_filter_by_fields(ctx, client, make_client):
    for handle in ("desk", "lamp", "mug"):
        await add_product(ctx, handle, stock=0 if handle == "mug" else 3)
    staff = await bearer(ctx, *ALL)
    listed = {"filterable": True}
    await declare(client, staff, "material", **MATERIAL)
    await declare(client, staff, "weight", kind="decimal", **listed)
    await declare(client, staff, "since", kind="date", **listed)
    await put(client, staff, "desk", {
        "custom.material": "oak", "custom.weight": "12.5", "custom.since": "2026-01-31",
    })  # fmt: skip
    await put(client, staff, "lamp", {
        "custom.material": "ash", "custom.weight": "-0.5", "custom.since": "2026-02-01",
    })  # fmt: skip

    async def facets(query=""):
        found = await client.get_json(f"/api/v1/products/facets?{query}")
        return {x["key"]: x for x in found["items"]}

    found = await facets()
    assert [(x["value"], x["label"], x["count"]) for x in found["custom.material"]["values"]] == [
        ("ash", "Ash", 1), ("oak", "Oak", 1),
    ]  # fmt: skip
    ranges = {key: (found[key]["least"], found[key]["most"]) for key in ("custom.weight", "custom.since")}
    assert ranges == {"custom.weight": ("-0.5", "12.5"), "custom.since": ("2026-01-31", "2026-02-01")}
    assert [(x["label"], x["count"]) for x in found["in_stock"]["values"]] == [("In stock only", 2)]
    for text, handles in {
        "custom.weight:1..": {"desk"}, "custom.weight:..0": {"lamp"}, "custom.since:2026-02-01..": {"lamp"},
        "custom.since:..2026-01-31": {"desk"}, "custom.weight:-1..0&filter=custom.weight:12..13": {"desk", "lamp"},
        "in_stock:true": {"desk", "lamp"}, "custom.weight:12.5": {"desk"},
    }.items():  # fmt: skip
        page = await client.get_json(f"/api/v1/products?filter={text}")
        assert {x["handle"] for x in page["items"]} == handles, text
    for text, code in {
        "custom.weight:a..b": "range_wrong", "custom.since:2026-02-31..": "range_wrong",
        "custom.weight:5..1": "range_reversed", "in_stock:maybe": "value_wrong",
    }.items():  # fmt: skip
        answer = await client.get(f"/api/v1/products?filter={text}")
        assert errors_of(await answer.json()) == [("/filter", code)], text

    # The form of a page sends its ranges apart; their address is one that can be shared.
    sent = "/filter?to=/products&sort=title&filter=in_stock:true&least.price=&most.price=&least.custom.weight=1&most.custom.weight="
    moved = await client.get(sent, allow_redirects=False)
    assert moved.headers["Location"] == (
        "/products?sort=title&filter=in_stock%3Atrue&filter=custom.weight%3A1.."
    )
    assert (await client.get("/filter?to=//elsewhere.example")).status == 404
    page = await (await client.get(moved.headers["Location"])).text()
    assert [
        x in page for x in ("Weight: 1 – ", "In stock only", "Clear all", 'href="/products?sort=title"')
    ] == [True] * 4
    nothing = await (await client.get("/products?filter=custom.weight:..0&filter=custom.material:oak")).text()
    assert "Remove “Material: Oak”" in nothing

    browser = await as_staff(ctx, make_client)
    page = await (await browser.get("/admin/products?filter=custom.material:oak")).text()
    assert [x in page for x in ("Desk", "Lamp", 'aria-current="true">Material: Oak')] == [
        True, False, True,
    ]  # fmt: skip
    assert "All that match" not in page


async def test_pictures_and_files_are_uploaded_shown_and_written_down(ctx, client, make_client):
    await add_product(ctx, "desk")
    staff = await bearer(ctx, *ALL)
    await declare(client, staff, "photo", kind="picture")
    await declare(client, staff, "manual", kind="file")
    browser = await as_staff(ctx, make_client)
    desk = (await client.get_json("/api/v1/products/desk"))["id"]
    path = f"/admin/custom-field-values/catalog.product/{desk}"
    picture = io.BytesIO()
    Image.new("RGB", (30, 20)).save(picture, "PNG")
    form = FormData(quote_fields=False)
    for name, value in (("version", "0"), ("f.custom.photo", "")):
        form.add_field(name, value)
    form.add_field("csrf_token", await browser.csrf_token(path))
    form.add_field("u.custom.photo", picture.getvalue(), filename="Oak.png")
    form.add_field("w.custom.photo", "An oak & a bird")
    form.add_field("u.custom.manual", b"%PDF-1.7 words", filename="How to.pdf")
    saved = await browser.request("POST", path, data=form, allow_redirects=False)
    assert saved.status == 303, await saved.text()
    fields = (await client.get_json("/api/v1/products/desk"))["custom_fields"]
    photo, manual = fields["custom.photo"], fields["custom.manual"]
    assert (photo["value"]["alt"], photo["value"]["width"], photo["url"]) == (
        "An oak & a bird", 30, photo["value"]["url"],
    )  # fmt: skip
    assert (manual["text"], manual["value"]["name"]) == ("How to.pdf", "How to.pdf")
    for one, kind in ((photo, "image/png"), (manual, "application/pdf")):
        assert (await client.get(one["url"])).headers["Content-Type"] == kind
    page = await (await client.get("/products/desk")).text()
    assert 'alt="An oak &amp; a bird" width="30" height="20"' in page
    text = await csv_file.export(ctx, "catalog.product")
    assert await csv_file.take(ctx, "catalog.product", text) == 1
    assert (await client.get_json("/api/v1/products/desk"))["custom_fields"] == fields

    form = FormData(quote_fields=False)
    form.add_field("version", "2")
    form.add_field("csrf_token", await browser.csrf_token(path))
    form.add_field("u.custom.manual", b"<script>", filename="trick.pdf")
    refused = await browser.request("POST", path, data=form)
    assert (refused.status, "no PDF, TXT, CSV or ZIP file" in await refused.text()) == (422, True)
    wrong = await put(
        client, staff, "desk", {"custom.photo": {"source": "https://a.example/x.png"}}, status=422
    )
    assert errors_of(wrong) == [("/values/custom.photo", "picture_wrong")]
