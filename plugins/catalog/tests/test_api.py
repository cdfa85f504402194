# SPDX-License-Identifier: Apache-2.0
"""The catalogue in the storefront API: lists that go on, products, categories."""

import pytest
from plugins.catalog.tests.conftest import shirt

from shopwright.db import QueryLog
from shopwright_catalog.api import VariantInput

LIST = "/api/v1/products"


def priced(handle: str, price: int, **values):
    return shirt(
        handle=handle, title=handle.title(), option_names=(), variants=(VariantInput("", price),), **values
    )


async def everything(client, query: str) -> list[str]:
    """Follow a list to its end."""
    found, cursor = [], ""
    while True:
        page = await client.get_json(f"{LIST}?{query}&limit=2&cursor={cursor}")
        found += [item["handle"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            return found


async def test_products_are_listed_in_each_order_page_by_page(client, save):
    await save(
        *(
            priced(handle, price)
            for handle, price in (("b", 300), ("a", 100), ("d", 100), ("c", 200), ("e", 500))
        )
    )

    assert await everything(client, "sort=title") == ["a", "b", "c", "d", "e"]
    assert await everything(client, "sort=price") == ["a", "d", "c", "b", "e"]
    assert await everything(client, "sort=price_desc") == ["e", "b", "c", "d", "a"]
    assert await everything(client, "sort=newest") == ["e", "c", "d", "a", "b"]
    assert await everything(client, "sort=featured") == ["b", "a", "d", "c", "e"]


async def test_a_category_narrows_the_list(client, save, categorise):
    await categorise("lamps")
    await save(priced("a", 1, category_handles=("lamps",)), priced("b", 1))

    page = await client.get_json(f"{LIST}?category=lamps")

    assert ([item["handle"] for item in page["items"]], page["total"]) == (["a"], 1)


async def test_only_published_products_are_shown(client, save):
    await save(priced("a", 1, published=False), priced("b", 1))

    assert [item["handle"] for item in (await client.get_json(LIST))["items"]] == ["b"]
    assert (await client.get(f"{LIST}/a")).status == 404


async def test_fields_say_what_is_wanted(client, save):
    await save(shirt())

    page = await client.get_json(f"{LIST}?fields=handle,price")

    assert page == {
        "items": [{"handle": "shirt", "price": {"amount": 1900, "currency": "EUR"}}], "total": 1, "next_cursor": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [("limit=0", 422, "/limit"), ("limit=101", 422, "/limit"), ("limit=x", 422, "/limit"), ("sort=best", 422, "/sort"),
     ("fields=secret", 422, "/fields"), ("nonsense=1", 422, "/nonsense"), ("cursor=nonsense", 400, "/cursor")],
)  # fmt: skip
async def test_a_wrong_query_is_refused_by_name(client, query, status, pointer):
    refused = await client.get(f"{LIST}?{query}")

    assert (refused.status, [e["pointer"] for e in (await refused.json())["errors"]]) == (status, [pointer])


async def test_a_cursor_of_another_order_is_refused(client, save):
    await save(*(priced(handle, 1) for handle in "abc"))
    page = await client.get_json(f"{LIST}?limit=1&sort=title")

    refused = await client.get(f"{LIST}?limit=1&sort=price&cursor={page['next_cursor']}")

    assert refused.status == 400


async def test_a_product_has_all_its_page_needs(client, save):
    [saved] = await save(
        shirt(translations={"de": {"title": "Hemd", "texts": {"Size": "Größe", "Front": "Vorn"}}})
    )

    found = await client.get_json(f"{LIST}/shirt")
    german = await client.get_json(f"{LIST}/shirt?locale=de")

    assert (found["id"], found["title"], found["description_html"]) == (str(saved.id), "Shirt", "<p>Soft</p>")
    assert found["options"] == [{"name": "Size", "values": ["S", "M"]}]
    assert [(v["sku"], v["price"]["amount"]) for v in found["variants"]] == [
        ("SHIRT-S", 1900),
        ("SHIRT-M", 2100),
    ]
    assert found["pictures"][0] == {
        "src": "/static/catalog/picture-to-come.svg",
        "alt": "Front",
        "width": 800,
        "height": 800,
        "srcset_avif": "",
        "srcset_webp": "",
        "small": "/static/catalog/picture-to-come.svg",
        "focus_x": 50,
        "focus_y": 50,
    }
    assert (german["title"], german["options"][0]["name"], german["pictures"][0]["alt"]) == (
        "Hemd",
        "Größe",
        "Vorn",
    )


async def test_categories_are_listed_with_their_products(client, save, categorise):
    await categorise("lamps", position=2)
    await categorise("desks", position=1, translations={"de": {"title": "Tische"}})
    await categorise("attic", visible=False)
    await save(
        priced("a", 1, category_handles=("lamps",)),
        priced("b", 1, category_handles=("lamps",), published=False),
    )

    found = await client.get_json("/api/v1/categories")
    german = await client.get_json("/api/v1/categories?locale=de")

    assert [(c["handle"], c["product_count"]) for c in found] == [("desks", 0), ("lamps", 1)]
    assert german[0]["title"] == "Tische"


async def test_a_change_is_seen_at_once_in_kept_answers(client, save):
    await save(shirt())
    before = await client.get(f"{LIST}/shirt")
    kept = await client.get(f"{LIST}/shirt")
    await save(shirt(title="Better shirt"))
    after = await client.get(f"{LIST}/shirt")

    assert (before.headers["X-Cache"], kept.headers["X-Cache"], after.headers["X-Cache"]) == (
        "miss",
        "hit",
        "miss",
    )
    assert (await after.json())["title"] == "Better shirt"


async def test_an_answer_the_reader_has_is_not_sent_again(client, save):
    await save(shirt())
    first = await client.get(f"{LIST}/shirt")

    again = await client.get(f"{LIST}/shirt", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status, await again.read()) == (304, b"")


@pytest.mark.parametrize(
    "path", [LIST, f"{LIST}/shirt", "/api/v1/categories", f"{LIST}?category=lamps&sort=price"]
)
async def test_reading_costs_at_most_three_statements(client, save, categorise, path):
    await categorise("lamps")
    await save(*(shirt(handle=f"shirt-{n}", category_handles=("lamps",)) for n in range(20)), shirt())
    await client.get("/api/v1/openapi.json")
    log = QueryLog(everywhere=True)

    with log.at_most(3):
        response = await client.get(path)

    assert response.status == 200
    assert response.headers["X-Cache"] == "miss"


async def test_the_catalogue_of_another_store_is_not_there(kernel, make_client, save):
    await save(shirt())
    other = await make_client(kernel, "beta")

    assert (await other.get_json(LIST))["items"] == []
    assert (await other.get(f"{LIST}/shirt")).status == 404
