# SPDX-License-Identifier: Apache-2.0
"""What listings can be narrowed by: counts behind the other filters, ranges, and errors that say the way out."""

from urllib.parse import quote

from plugins.catalog.tests.conftest import shirt

from shopwright_catalog.api import VariantInput

FACETS = "/api/v1/products/facets"
LIST = "/api/v1/products"


def product(handle, vendor, price, colours=(), tags=(), **values):
    variants = tuple(VariantInput(f"{handle}-{c}", price + n, options=(c,)) for n, c in enumerate(colours))
    return shirt(
        handle=handle, title=handle.title(), vendor=vendor, tags=tags, option_names=("Colour",) if colours else (),
        variants=variants or (VariantInput(handle, price),), **values,
    )  # fmt: skip


async def asked(client, *filters, category=""):
    query = "&".join([f"filter={quote(x)}" for x in filters] + ([f"category={category}"] if category else []))
    return await client.get_json(f"{FACETS}?{query}")


def counts(found):
    return {
        facet["key"]: {value["value"]: value["count"] for value in facet["values"]}
        for facet in found["items"]
    }


def errors_of(answer):
    return [(error["pointer"], error["code"]) for error in answer["errors"]]


async def test_a_listing_tells_by_what_it_can_be_narrowed_and_narrows_itself(
    client, ctx, save, categorise, query_log
):
    await categorise("lamps")
    german = {"de": {"title": "B", "texts": {"Colour": "Farbe", "black": "Schwarz"}}}
    await save(
        product("a", "Mill", 1000, ("black", "sand"), ("oak",), category_handles=("lamps",)),
        product("b", "Mill", 2000, ("black",), category_handles=("lamps",), translations=german),
        product("c", "Dock", 3050, ("moss",), ("oak", "new")),
        product("d", "Dock", 9900, published=False),
    )

    with query_log.at_most(1):
        found = await asked(client)
    with query_log.at_most(0):
        assert await asked(client) == found

    assert (found["total"], found["is_counted"], found["without"]) == (3, True, {})
    assert [(x["key"], x["label"], x["kind"]) for x in found["items"]] == [
        ("price", "Price (EUR)", "range"), ("vendor", "Vendor", "choice"), ("option.Colour", "Colour", "choice"),
        ("tag", "Tags", "choice"),
    ]  # fmt: skip
    assert counts(found) == {
        "price": {}, "vendor": {"Mill": 2, "Dock": 1}, "option.Colour": {"black": 2, "moss": 1, "sand": 1},
        "tag": {"oak": 2, "new": 1},
    }  # fmt: skip
    assert (found["items"][0]["least"], found["items"][0]["most"]) == ("10.00", "30.50")
    assert counts(await asked(client, category="lamps")) == {
        "price": {}, "option.Colour": {"black": 2, "sand": 1},
    }  # fmt: skip

    # What is chosen of a facet narrows the others, not itself.
    chosen = await asked(client, "vendor:Mill", "option.Colour:sand")
    assert (chosen["total"], chosen["without"]) == (1, {"vendor": 1, "option.Colour": 2})
    assert counts(chosen)["option.Colour"] == {"black": 2, "sand": 1}
    assert counts(chosen)["vendor"] == {"Mill": 1}
    nothing = await asked(client, "vendor:Dock", "tag:new", "price:..12")
    assert (nothing["total"], nothing["without"]) == (0, {"vendor": 0, "tag": 0, "price": 1})
    german_words = (await client.get_json(f"{FACETS}?locale=de"))["items"][2]
    assert (german_words["label"], german_words["values"][0]["label"]) == ("Farbe", "Schwarz")

    # The list has the same filters.
    for query, handles in {
        "filter=price:10..20": ["a", "b"], "filter=price:20.01..": ["c"], "filter=price:..10": ["a"],
        "filter=price:10&filter=price:30..": ["a", "c"], "filter=option.Colour:black&filter=tag:oak": ["a"],
        "filter=vendor:Mill&filter=vendor:Dock": ["a", "b", "c"],
    }.items():  # fmt: skip
        page = await client.get_json(f"{LIST}?sort=title&{query}")
        assert [x["handle"] for x in page["items"]] == handles, query
    for query, error in {
        "price:cheap": "range_wrong", "price:20..10": "range_reversed", "price:..": "range_wrong",
        "colour:red": "unknown_filter",
    }.items():  # fmt: skip
        answer = await client.get(f"{LIST}?filter={query}")
        assert (answer.status, errors_of(await answer.json())) == (422, [("/filter", error)]), query
    assert "price:10..20" in (await (await client.get(f"{FACETS}?filter=price:x")).json())["detail"]

    # Values follow what is saved.
    await save(product("a", "Mill", 1000, ("sand",), ("ash",)), product("c", "Dock", 3050))
    assert counts(await asked(client)) == {
        "price": {}, "vendor": {"Mill": 2, "Dock": 1}, "option.Colour": {"black": 1, "sand": 1},
    }  # fmt: skip


async def test_pages_behind_filters_are_not_kept(client, save):
    await save(product("a", "Mill", 1000))

    for query, kept in (("", ["miss", "hit"]), ("?filter=vendor:Mill", [None, None])):
        answers = [await client.get(f"{LIST}{query}") for _ in range(2)]
        assert [answer.headers.get("X-Cache") for answer in answers] == kept
