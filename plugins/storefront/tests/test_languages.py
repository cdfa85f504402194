# SPDX-License-Identifier: Apache-2.0
"""Addresses of each language: pages, links, redirects, alternates, and the sitemap with all of them."""

import asyncio
import re
from uuid import UUID

import pytest
from tests.shop import EVERYTHING, THEMES, add_product, as_staff, bearer, furnish

from shopwright.testing.kernels import ALPHA
from shopwright_catalog import api as catalog
from shopwright_catalog.services import staff_view
from shopwright_storefront.api import SitemapPage, SitemapSource
from shopwright_storefront.services import sitemap

HOST = "http://alpha.localhost"
RIGHTS = [
    f"{x}.edit" for x in ("catalog.product", "catalog.category", "collections.collection", "brands.brand")
]
GERMAN = {"title": "Lampe", "handle": "tischlampe"}


@pytest.fixture
async def ctx(make_kernel):
    kernel = await make_kernel(plugins=EVERYTHING, stores=[ALPHA], config=THEMES)
    return await furnish(kernel, "alpha")


@pytest.fixture
async def api(ctx, make_client):
    """Puts things through the admin API; gives status and answer."""
    client, headers = await make_client(ctx.kernel, "alpha"), await bearer(ctx, *RIGHTS)

    async def put(path, **body):
        answer = await client.send("PUT", f"/api/admin/v1/{path}", body, headers=headers)
        return answer.status, await answer.json()

    return put


async def leads(client, path):
    answer = await client.get(path)
    return answer.status, answer.headers.get("Location")


def mistakes(answer):
    return answer[0], {error["pointer"]: error["message"] for error in answer[1]["errors"]}


async def test_every_page_and_link_has_the_handle_of_its_language(ctx, api, make_client):
    client = await make_client(ctx.kernel, "alpha")
    await api("categories/light", title="Light", translations={"de": {"title": "Licht", "handle": "licht"}})
    variant = await add_product(ctx, vendor="Mill", category_handles=("light",), translations={"de": GERMAN})
    lamp = (await catalog.variants(ctx, [variant]))[variant].product_id
    german = {"de": {"handle": "beste", "title": "Das Beste"}}
    await api("collections/best", title="Best", picked=[str(lamp)], translations=german)
    await api("brands/mill", name="Mill", translations={"de": {"handle": "muehle", "logo_alt": "Rad"}})
    await ctx.kernel.jobs.drain(strict=True)

    pages = {
        "products": ("lamp", "tischlampe"), "categories": ("light", "licht"), "collections": ("best", "beste"),
        "brands": ("mill", "muehle"),
    }  # fmt: skip
    for folder, (main, own) in pages.items():
        assert await leads(client, f"/{folder}/{main}") == (200, None)
        assert await leads(client, f"/de/{folder}/{own}") == (200, None)
        query = "?variant=x" if folder == "products" else "?sort=title"
        assert await leads(client, f"/{folder}/{own}{query}") == (301, f"/{folder}/{main}{query}")
        assert await leads(client, f"/de/{folder}/{main}") == (301, f"/de/{folder}/{own}")
        text = await (await client.get(f"/de/{folder}/{own}")).text()
        assert f'<link rel="canonical" href="{HOST}/de/{folder}/{own}">' in text
        found = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', text))
        english, german = f"{HOST}/{folder}/{main}", f"{HOST}/de/{folder}/{own}"
        assert found == {"en": english, "de": german, "x-default": english}
        assert '"/de/categories/licht"' in text
        assert '"/de/categories/light"' not in text

    page = await (await client.get("/de/products/tischlampe")).text()
    assert 'href="/de/brands/muehle"' in page
    for path in ("/de", "/de/products", "/de/categories/licht", "/de/search?q=lampe"):
        text = await (await client.get(path)).text()
        assert 'href="/de/products/tischlampe"' in text, path
        assert "/de/products/lamp" not in text, path
    await client.get("/de/cart")
    await client.submit("/de/products/tischlampe", {"variant_id": str(variant)}, action="/de/cart/add")
    assert 'href="/de/products/tischlampe"' in await (await client.get("/de/cart")).text()

    named = {"en": "lamp", "de": "tischlampe"}
    for path in ("lamp?locale=de", "tischlampe?locale=de"):
        found = await client.get_json(f"/api/v1/products/{path}")
        assert (found["handle"], found["handles"], found["title"]) == ("tischlampe", named, "Lampe")
    assert (await client.get_json("/api/v1/products?category=licht"))["items"][0]["handle"] == "lamp"
    assert await catalog.ids_of(ctx, ["lamp", "tischlampe", "x"]) == {"lamp": lamp, "tischlampe": lamp}


async def test_a_handle_names_one_thing_in_all_languages_and_old_ones_lead_to_new_ones(ctx, api, make_client):
    client, staff = await make_client(ctx.kernel, "alpha"), await as_staff(ctx, make_client)
    await add_product(ctx, translations={"de": GERMAN})
    await add_product(ctx, "mug")
    one = {"title": "Mug", "variants": [{"price": 900}]}

    taken = "Lamp has this handle already; choose another one."
    assert mistakes(await api("products/tischlampe", **one)) == (422, {"/handle": taken})
    both = {"de": {"handle": "lamp"}}
    assert mistakes(await api("products/mug", **one, translations=both)) == (
        422,
        {"/translations/de/handle": taken},
    )
    assert mistakes(await api("products/mug", **one, translations={"de": {"handle": "a b"}}))[1].keys() == {
        "/translations/de/handle"
    }
    ids = await catalog.ids_of(ctx, ["lamp", "mug"])

    async def edit(which, **typed):
        found = await staff_view.draft(ctx, ids[which])
        form = {"version": found.version, "title": found.product.title, "handle": found.product.handle}
        german = typed.pop("german", "")
        form |= {"price.0": "9", "published": "true", "t.de.handle": german, **typed}
        return await staff.submit(f"/admin/products/{ids[which]}", form)

    refused = await edit("mug", german="tischlampe")
    text = await refused.text()
    assert (refused.status, taken in text, 'value="tischlampe"' in text) == (422, True, True)
    assert (await edit("mug", handle="tischlampe")).status == 422
    assert (await edit("mug", german="becher")).status == 303
    assert await leads(client, "/de/products/mug") == (301, "/de/products/becher")
    for kind, name in (("categories", "title"), ("collections", "title"), ("brands", "name")):
        body, other, german = {name: "Light"}, {name: "Other"}, {"de": {"handle": "licht"}}
        assert (await api(f"{kind}/light", **body, translations=german))[0] == 201
        status, pointers = mistakes(await api(f"{kind}/other", **other, translations=german))
        assert (status, pointers.keys()) == (422, {"/translations/de/handle"})
        assert mistakes(await api(f"{kind}/licht", **other))[1].keys() == {"/handle"}
        assert (await api(f"{kind}/light", **body, translations={"de": {"handle": "leuchten"}}))[0] == 200
        await ctx.kernel.jobs.drain(strict=True)
        assert await leads(client, f"/de/{kind}/licht") == (301, f"/de/{kind}/leuchten")
        assert (await api(f"{kind}/licht", **other))[0] == 201

    # Two at once: the key of the database lets one of them through, and the other one is told.
    wanted = {"de": {"handle": "candil"}}
    both = await asyncio.gather(*(api(f"products/{x}", **one, translations=wanted) for x in ("a", "b", "c")))
    assert sorted(status for status, _ in both) == [201, 422, 422]

    copy = await staff.submit(
        f"/admin/products/{ids['lamp']}", {}, action=f"/admin/products/{ids['lamp']}/duplicate"
    )
    copied = (await staff_view.draft(ctx, UUID(copy.headers["Location"].rpartition("/")[2]))).product
    assert (copied.handle, copied.translations["de"]["handle"]) == ("lamp-copy", "tischlampe-copy")

    for after, target in (("leuchte", "leuchte"), ("", "lamp")):
        assert (await edit("lamp", german=after)).status == 303
        await ctx.kernel.jobs.drain(strict=True)
        assert await leads(client, "/de/products/tischlampe") == (301, f"/de/products/{target}")
    assert await leads(client, "/de/products/leuchte") == (301, "/de/products/lamp")
    assert (await edit("lamp", handle="lantern", german="lamp")).status == 303
    await ctx.kernel.jobs.drain(strict=True)
    assert await leads(client, "/de/products/lamp") == (200, None)
    assert await leads(client, "/products/lamp") == (301, "/products/lantern")


async def test_the_sitemap_lists_what_is_published_in_every_language(ctx, api, make_client, monkeypatch):
    client = await make_client(ctx.kernel, "alpha")
    monkeypatch.setattr(sitemap, "MOST", 4)  # two things a part
    for number in range(5):
        await add_product(ctx, f"lamp-{number}", translations={"de": {"handle": f"lampe-{number}"}})
    await add_product(ctx, "draft", published=False)
    await api("categories/light", title="Light")
    await api("categories/hidden", title="Hidden", visible=False)
    await api("collections/best", title="Best")
    for name in ("a", "b", "c"):
        await api(f"brands/{name}", name=name)

    robots = await (await client.get("/robots.txt")).text()
    index = await client.get("/sitemap.xml")
    parts = re.findall(f"<sitemap><loc>{HOST}([^<]+)</loc></sitemap>", await index.text())
    texts = {path: await (await client.get(path)).text() for path in parts}
    found = [x for text in texts.values() for x in re.findall(f"<url><loc>{HOST}([^<]+)</loc>", text)]

    assert f"Sitemap: {HOST}/sitemap.xml\n" in robots
    assert index.headers["Content-Type"] == "application/xml; charset=utf-8"
    last = {"storefront.pages": 1, "storefront.products": 3, "collections.collections": 1, "brands.brands": 2}
    assert set(parts) == {f"/sitemap-{x}-{n}.xml" for x, most in last.items() for n in range(1, most + 1)}
    things = [
        "/products",
        "/categories/light",
        "/collections/best",
        "/brands",
        *(f"/brands/{x}" for x in "abc"),
    ]
    expected = ["/", "/de/", *things, *(f"/de{x}" for x in things)]
    expected += [x for n in range(5) for x in (f"/products/lamp-{n}", f"/de/products/lampe-{n}")]
    assert sorted(found) == sorted(expected)
    english, german = f"{HOST}/products/lamp-4", f"{HOST}/de/products/lampe-4"
    assert re.search(
        rf"<url><loc>{german}</loc><lastmod>\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00</lastmod>"
        rf'<xhtml:link rel="alternate" hreflang="en" href="{english}"/>'
        rf'<xhtml:link rel="alternate" hreflang="de" href="{german}"/>'
        rf'<xhtml:link rel="alternate" hreflang="x-default" href="{english}"/></url>',
        texts["/sitemap-storefront.products-3.xml"],
    )
    for name in ("storefront.products-4", "storefront.products-0", "storefront.products", "nobody.things-1"):
        assert (await client.get(f"/sitemap-{name}.xml")).status == 404


async def test_kinds_of_pages_that_are_empty_or_fail_have_no_part_of_the_sitemap():
    async def empty(ctx, after, limit):
        return SitemapPage([])

    async def failing(ctx, after, limit):
        raise RuntimeError("broken")

    found = [await sitemap.starts_of(None, SitemapSource("x.y", page), 2) for page in (empty, failing)]

    assert found == [[], []]
