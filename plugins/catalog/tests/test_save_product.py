# SPDX-License-Identifier: Apache-2.0
"""Saving products: whole, with stable ids, and again without change."""

from dataclasses import replace

import pytest
from plugins.catalog.tests.conftest import shirt

from shopwright.errors import Invalid
from shopwright_catalog.api import ImageInput, ProductInput, VariantInput, save_products
from shopwright_catalog.services.staff_view import draft


async def test_a_saved_product_is_read_back_as_it_was(ctx, save, categorise):
    await categorise("clothes")
    texts = {"de": {"title": "Hemd", "texts": {"Size": "Größe"}}}
    product = shirt(category_handles=("clothes",), translations=texts, kind="catalog.physical")

    [saved] = await save(product)
    found = (await draft(ctx, saved.id)).product

    assert saved.outcome == "created"
    assert replace(found, variants=tuple(replace(v, id=None) for v in found.variants)) == product


async def test_saving_the_same_again_changes_nothing(ctx, save):
    [first] = await save(shirt())
    version = (await draft(ctx, first.id)).version

    [again] = await save(shirt())

    assert (again.outcome, again.id, again.variant_ids) == ("unchanged", first.id, first.variant_ids)
    assert (await draft(ctx, first.id)).version == version


async def test_variants_keep_their_ids_by_options_by_sku_and_by_id(save):
    [first] = await save(shirt())
    small, medium = first.variant_ids
    turned = tuple(reversed(shirt().variants))
    [by_options] = await save(shirt(variants=turned))
    [by_sku] = await save(shirt(variants=(VariantInput(sku="SHIRT-M", price=1, options=("Medium",)),)))
    [by_id] = await save(shirt(variants=(VariantInput(sku="", price=1, options=("X",), id=small),)))

    assert by_options.variant_ids == (medium, small)
    assert by_sku.variant_ids == (medium,)
    assert by_id.variant_ids == (small,)


async def test_what_is_absent_leaves_the_product(ctx, save, categorise):
    await categorise("clothes")
    [saved] = await save(shirt(category_handles=("clothes",)))

    await save(shirt(variants=shirt().variants[:1], images=(), category_handles=()))

    found = (await draft(ctx, saved.id)).product
    assert ([v.sku for v in found.variants], found.images, found.category_handles) == (["SHIRT-S"], (), ())


async def test_several_products_cost_no_more_statements_than_one_each_way(ctx, query_log):
    products = [shirt(handle=f"shirt-{number}") for number in range(10)]

    async def work(session):
        return await save_products(ctx, session, products)

    with query_log.at_most(5 + 10):
        saved = await ctx.run(work)

    assert [entry.outcome for entry in saved] == ["created"] * 10
    assert await ctx.fetch_value("SELECT count(*) FROM catalog_variant") == 20


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"title": " "}, "/title"), ({"title": "x" * 501}, "/title"), ({"handle": "a b"}, "/handle"),
        ({"handle": ""}, "/handle"), ({"variants": ()}, "/variants"),
        ({"option_names": ("a", "b", "c", "d")}, "/option_names"),
        ({"variants": (VariantInput("", -1, ("S",)),)}, "/variants/0/price"),
        ({"variants": (VariantInput("", 1, ("S",), compare_at=-1),)}, "/variants/0/compare_at"),
        ({"variants": (VariantInput("", 1, ("S",), weight_grams=2**31),)}, "/variants/0/weight_grams"),
        ({"variants": (VariantInput("", 1, ("S",), image_source="x"),)}, "/variants/0/image_source"),
        ({"variants": (VariantInput("", 1, ("S",), tax_category="Food!"),)}, "/variants/0/tax_category"),
        ({"images": (ImageInput("javascript:alert(1)"),)}, "/images/0/source"),
        ({"images": (ImageInput("alpha/../../secret.png"),)}, "/images/0/source"),
        ({"variants": (VariantInput("", 1, ()),)}, "/variants/0/options"),
        ({"variants": (VariantInput("", 1, ("S",)), VariantInput("", 2, ("S",)))}, "/variants/1/options"),
    ],
)  # fmt: skip
async def test_what_cannot_be_saved_is_named_by_its_place(ctx, save, changes, pointer):
    with pytest.raises(Invalid) as told:
        await save(shirt(**changes))

    assert pointer in [error.pointer for error in told.value.errors]
    assert await ctx.fetch_value("SELECT count(*) FROM catalog_product") == 0


async def test_descriptions_are_cleaned_in_every_language(ctx, save):
    bad = '<p onclick="x()">Hi<script>1</script></p>'

    [saved] = await save(shirt(description_html=bad, translations={"de": {"description_html": bad}}))

    found = (await draft(ctx, saved.id)).product
    assert (found.description_html, found.translations["de"]["description_html"]) == (
        "<p>Hi</p>",
        "<p>Hi</p>",
    )


async def test_another_store_has_products_of_its_own(kernel, save):
    from tests.shop import system

    await save(shirt())
    beta = system(kernel, "beta")

    assert await beta.fetch_value("SELECT count(*) FROM catalog_product") == 0


async def test_saving_tells_others_once_for_each_change(ctx, save):
    await save(shirt())
    await save(shirt())
    await save(shirt(title="Better shirt"))

    rows = await ctx.fetch_rows(
        "SELECT payload ->> 'created' AS made FROM kernel_outbox WHERE name = 'catalog.product_saved' ORDER BY seq"
    )
    assert [row["made"] for row in rows] == ["true", "false"]


async def test_prices_range_over_live_variants(ctx, save):
    await save(shirt())
    await save(shirt(variants=shirt().variants[1:]))

    row = (await ctx.fetch_rows("SELECT price_min, price_max FROM catalog_product"))[0]
    assert tuple(row) == (2100, 2100)


async def test_a_product_needs_no_options(save):
    [saved] = await save(ProductInput(handle="mug", title="Mug", variants=(VariantInput("MUG", 900),)))

    assert len(saved.variant_ids) == 1
