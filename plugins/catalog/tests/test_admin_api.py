# SPDX-License-Identifier: Apache-2.0
"""The catalogue in the admin API: saved whole, only when nobody was faster, and only by who may."""

import pytest
from plugins.catalog.tests.conftest import shirt
from tests.shop import add_product, bearer

ROOT = "/api/admin/v1"
SHIRT = f"{ROOT}/products/shirt"
BODY = {
    "title": "Shirt",
    "option_names": ["Size"],
    "variants": [{"price": 1900, "sku": "S", "options": ["S"]}, {"price": 2100, "options": ["M"]}],
    "images": [{"source": "https://img.example/s.jpg", "alt": "Front"}],
    "translations": {"de": {"title": "Hemd"}},
}


async def test_a_product_is_made_read_and_replaced(client, editor):
    made = await client.send("PUT", SHIRT, BODY, **editor)
    read = await client.get(SHIRT, **editor)
    detail = await read.json()
    again = await client.send("PUT", SHIRT, detail["product"] | {"title": "Better"}, **editor)

    assert (made.status, again.status) == (201, 200)
    assert (read.headers["ETag"], detail["version"], detail["product"]["translations"]["de"]["title"]) == (
        '"1"',
        1,
        "Hemd",
    )
    changed = await again.json()
    assert (changed["product"]["title"], changed["version"]) == ("Better", 2)
    assert [v["id"] for v in changed["product"]["variants"]] == [
        v["id"] for v in detail["product"]["variants"]
    ]


async def test_who_was_slower_is_told_which_version_there_is(client, editor):
    await client.send("PUT", SHIRT, BODY, **editor)
    await client.send("PUT", SHIRT, BODY | {"title": "Second"}, **editor)

    by_version = await client.send("PUT", SHIRT, BODY | {"title": "Third", "version": 1}, **editor)
    headers = editor["headers"]
    by_header = await client.send(
        "PUT", SHIRT, BODY | {"title": "Third"}, headers=headers | {"If-Match": '"1"'}
    )
    right = await client.send("PUT", SHIRT, BODY | {"title": "Third"}, headers=headers | {"If-Match": '"2"'})
    only_new = await client.send("PUT", SHIRT, BODY, headers=headers | {"If-None-Match": "*"})

    assert (by_version.status, (await by_version.json())["version"]) == (409, 2)
    assert (by_header.status, by_header.headers["ETag"]) == (412, '"2"')
    assert (right.status, only_new.status) == (200, 412)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"colour": "red"}, "/colour"), ({"title": ""}, "/title"), ({"title": None}, "/title"),
        ({"variants": []}, "/variants"), ({"variants": [{"price": 1.5}]}, "/variants/0/price"),
        ({"variants": [{"price": "5"}]}, "/variants/0/price"), ({"variants": [{"price": -1}]}, "/variants/0/price"),
        ({"variants": [{"price": 1, "weight": 3, "options": ["S"]}]}, "/variants/0/weight"),
        ({"category_handles": ["gone"]}, "/category_handles/0"),
        ({"translations": {"fr": {"title": "Chemise"}}}, "/translations/fr"),
        ({"images": [{"source": "javascript:alert(1)"}]}, "/images/0/source"),
        ({"images": [{"source": "../../etc/passwd"}]}, "/images/0/source"),
        ({"version": -1}, "/version"),
    ],
)  # fmt: skip
async def test_a_wrong_product_is_refused_by_field(ctx, client, editor, change, pointer):
    refused = await client.send("PUT", SHIRT, BODY | change, **editor)

    assert refused.status == 422
    assert pointer in [error["pointer"] for error in (await refused.json())["errors"]]
    assert await ctx.fetch_value("SELECT count(*) FROM catalog_product") == 0


async def test_a_header_that_is_no_version_is_refused(client, editor):
    headers = editor["headers"] | {"If-Match": "yesterday"}

    assert (await client.send("PUT", SHIRT, BODY, headers=headers)).status == 400


async def test_a_product_that_is_taken_away_is_archived_and_can_come_back(client, editor):
    await client.send("PUT", SHIRT, BODY, **editor)
    gone = await client.send("DELETE", SHIRT, **editor)
    archived = await client.get_json(SHIRT, **editor)
    in_store = await client.get("/api/v1/products/shirt")
    back = await client.send("PUT", SHIRT, BODY, **editor)

    assert (gone.status, archived["archived"], in_store.status) == (204, True, 404)
    assert (back.status, (await back.json())["archived"]) == (200, False)
    assert (await client.get("/api/v1/products/shirt")).status == 200


async def test_products_are_found_by_title_handle_and_sku(client, editor, save):
    await save(shirt(), shirt(handle="mug", title="100% mug", published=False))

    async def found(query: str) -> list[str]:
        return [
            item["handle"] for item in (await client.get_json(f"{ROOT}/products?{query}", **editor))["items"]
        ]

    assert await found("search=SHIRT-M") == ["mug", "shirt"]
    assert await found("search=100%25") == ["mug"]
    assert await found("search=shir") == ["shirt"]
    assert await found("status=draft") == ["mug"]
    assert await found("status=archived") == []
    first = await client.get_json(f"{ROOT}/products?limit=1", **editor)
    assert await found(f"limit=1&cursor={first['next_cursor']}") == ["shirt"]


async def test_a_category_is_made_changed_and_deleted(client, editor, save):
    path = f"{ROOT}/categories/lamps"
    made = await client.send(
        "PUT", path, {"title": "Lamps", "translations": {"de": {"title": "Lampen"}}}, **editor
    )
    await save(shirt(category_handles=("lamps",)))
    changed = await client.send("PUT", path, {"title": "Lights", "version": 1}, **editor)
    late = await client.send("PUT", path, {"title": "Late", "version": 1}, **editor)
    late_by_header = await client.send(
        "PUT", path, {"title": "Late"}, headers=editor["headers"] | {"If-Match": '"1"'}
    )
    listed = await client.get_json(f"{ROOT}/categories", **editor)
    gone = await client.send("DELETE", path, **editor)

    assert (made.status, changed.status, changed.headers["ETag"]) == (201, 200, '"2"')
    assert (late.status, late_by_header.status) == (409, 412)
    assert [(c["handle"], c["category"]["title"]) for c in listed["items"]] == [("lamps", "Lights")]
    assert (gone.status, (await client.get(path, **editor)).status) == (204, 404)
    assert (await client.get_json("/api/v1/products/shirt"))["category"] is None


@pytest.mark.parametrize("path", ["products/gone", "categories/gone"])
async def test_what_is_not_there_is_not_found(client, editor, path):
    assert (await client.get(f"{ROOT}/{path}", **editor)).status == 404
    assert (await client.send("DELETE", f"{ROOT}/{path}", **editor)).status == 404


CALLS = [
    ("GET", "products", None, "product.view"), ("GET", "products/shirt", None, "product.view"),
    ("PUT", "products/shirt", BODY, "product.edit"), ("DELETE", "products/shirt", None, "product.edit"),
    ("GET", "categories", None, "category.view"), ("GET", "categories/lamps", None, "category.view"),
    ("PUT", "categories/lamps", {"title": "Lamps"}, "category.edit"), ("DELETE", "categories/lamps", None, "category.edit"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "permission"), CALLS)
async def test_each_call_needs_its_permission(ctx, client, save, categorise, method, path, body, permission):
    await categorise("lamps")
    await save(shirt())
    every = {"product.view", "product.edit", "category.view", "category.edit"}

    async def call(*permissions: str) -> int:
        headers = await bearer(ctx, *(f"catalog.{name}" for name in permissions))
        return (await client.send(method, f"{ROOT}/{path}", body, headers=headers)).status

    assert (await client.send(method, f"{ROOT}/{path}", body)).status == 401
    assert await call(*(every - {permission})) == 403
    assert await call(permission) in {200, 204}


async def test_a_list_gives_whole_products_to_who_asks_for_them(ctx, client):
    for handle in ("lamp", "shade"):
        await add_product(ctx, handle, stock=None)
    headers = await bearer(ctx, "catalog.product.view")
    path = "/api/admin/v1/products"
    plain = await client.get_json(path, headers=headers)
    assert "product" not in plain["items"][0]
    whole = await client.get_json(f"{path}?include=product&fields=handle", headers=headers)
    assert {x["handle"]: x["product"]["variants"][0]["sku"] for x in whole["items"]} == {
        "lamp": "LAMP",
        "shade": "SHADE",
    }
    one = await client.get_json(f"{path}/lamp", headers=headers)
    assert next(x["product"] for x in whole["items"] if x["handle"] == "lamp") == one["product"]
    wrong = await client.get(f"{path}?include=orders", headers=headers)
    assert (wrong.status, (await wrong.json())["errors"][0]["pointer"]) == (422, "/include")
