# SPDX-License-Identifier: Apache-2.0
"""Taking in products: whole or not at all, again without change, and on from where it stopped."""

import pytest
from plugins.importer.tests.conftest import lamp, sized
from sqlalchemy import text

from shopwright.errors import UsageError
from shopwright_importer.api import Finding, ImportOptions, import_products


def _told(finding: Finding) -> tuple[int, str, str, str]:
    return finding.line, finding.handle, finding.code, finding.message


async def test_products_variants_and_prices_arrive(ctx, write, stored):
    path = write(lamp(), *sized("shirt", "S", "M"))

    report = await import_products(ctx, path)

    assert await stored() == {"lamp": [("", 4900)], "shirt": [("S", 1000), ("M", 1000)]}
    assert (report.products_created, report.variants, report.rows, report.refusals) == (2, 3, 3, ())


async def test_a_second_run_leaves_everything_as_it_is(ctx, write):
    path = write(lamp(), *sized("shirt", "S", "M", **{"Variant Inventory Tracker": "shopify"}))
    await import_products(ctx, path)
    before = await ctx.fetch_rows("SELECT id, version, updated_at FROM catalog_product ORDER BY id")
    moves = await ctx.fetch_value("SELECT count(*) FROM inventory_move")

    again = await import_products(ctx, path)

    assert (again.products_unchanged, again.products) == (2, 2)
    assert await ctx.fetch_rows("SELECT id, version, updated_at FROM catalog_product ORDER BY id") == before
    assert await ctx.fetch_value("SELECT count(*) FROM inventory_move") == moves


@pytest.mark.parametrize(
    ("cells", "code", "words"),
    [
        ({"Variant Price": "12,50"}, "price_wrong", "write it like 1299.50"),
        ({"Variant Price": "1_000"}, "price_wrong", "write it like 1299.50"),
        ({"Variant Price": "NaN"}, "price_wrong", "write it like 1299.50"),
        ({"Variant Price": "1.005"}, "price_wrong", "has more decimals than EUR; round it"),
        ({"Variant Price": "-1"}, "price_negative", "is below zero"),
        ({"Variant Price": "99999999999999"}, "price_too_high", "is too high"),
        ({"Variant Price": ""}, "price_missing", "give a price like 12.50"),
        ({"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "1.5"}, "number_wrong", "not a whole number"),
        ({"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "many"}, "number_wrong", "is not a number"),
    ],
)  # fmt: skip
async def test_a_wrong_row_is_told_with_its_line_and_the_rest_goes_in(ctx, write, stored, cells, code, words):
    path = write(lamp("first"), lamp("second", **cells), lamp("third"))

    report = await import_products(ctx, path)

    assert [(r.line, r.handle, r.code) for r in report.refusals] == [(3, "second", code)]
    assert words in report.refusals[0].message
    assert list(await stored()) == ["first", "third"]
    assert (report.products_created, report.products_refused, report.rows) == (2, 1, 3)


async def test_a_wrong_variant_is_left_out_of_a_new_product_only(ctx, write, stored):
    good = sized("shirt", "S", "M")
    bad = [good[0], good[1] | {"Variant Price": "cheap"}]

    first = await import_products(ctx, write(*bad))
    after_first = await stored()
    await import_products(ctx, write(*good))
    cheaper = [row | {"Variant Price": "9.00"} for row in good]
    second = await import_products(ctx, write(cheaper[0], bad[1]))

    assert [(r.line, r.code) for r in first.refusals] == [(3, "price_wrong")]
    assert after_first == {"shirt": [("S", 1000)]}
    assert [(r.line, r.code) for r in second.refusals] == [(3, "price_wrong"), (2, "product_kept")]
    assert await stored() == {"shirt": [("S", 1000), ("M", 1000)]}


async def test_two_rows_with_the_same_options_are_told_apart_by_line(ctx, write, stored):
    report = await import_products(ctx, write(*sized("shirt", "S", "M", "S")))

    words = "S is on line 2 already. Remove one of them."
    assert [_told(finding) for finding in report.refusals] == [(4, "shirt", "repeated_options", words)]
    assert await stored() == {"shirt": [("S", 1000), ("M", 1000)]}


async def test_a_handle_that_comes_again_later_brings_its_variants_too(ctx, write, stored):
    shirt = sized("shirt", "S", "M")

    report = await import_products(ctx, write(shirt[0], lamp(), shirt[1]))

    assert await stored() == {"lamp": [("", 4900)], "shirt": [("S", 1000), ("M", 1000)]}
    assert (report.products_created, report.refusals) == (2, ())


async def test_option_values_without_a_name_are_kept_under_a_number(ctx, write, stored):
    rows = sized("shirt", "S", "M")
    del rows[0]["Option1 Name"]

    await import_products(ctx, write(*rows))

    assert await stored() == {"shirt": [("S", 1000), ("M", 1000)]}
    assert await ctx.fetch_value("SELECT option_names FROM catalog_product") == ["Option 1"]


async def test_a_product_with_one_placeholder_variant_has_no_options(ctx, write):
    await import_products(ctx, write(lamp(**{"Option1 Name": "Title", "Option1 Value": "Default Title"})))

    assert await ctx.fetch_value("SELECT option_names FROM catalog_product") == []


@pytest.mark.parametrize(
    ("row", "code"),
    [(lamp(Title=""), "title_missing"), (lamp(Handle=""), "handle_missing"), (lamp("über dem tisch"), "invalid"),
     (lamp(Title="A\0B"), "nul_character"), (lamp(Title="x" * 501), "invalid")],
)  # fmt: skip
async def test_a_product_that_cannot_be_is_refused_whole(ctx, write, stored, row, code):
    report = await import_products(ctx, write(row, lamp("desk")))

    assert [(r.line, r.code) for r in report.refusals] == [(2, code)]
    assert list(await stored()) == ["desk"]


async def test_a_row_with_more_cells_than_columns_is_refused(ctx, write, stored):
    path = write(lamp(), lamp("desk"))
    path.write_text(path.read_text().replace("lamp,Lamp", "lamp,Lamp, small"), newline="")

    report = await import_products(ctx, path)

    assert [(r.line, r.code) for r in report.refusals] == [(2, "too_many_cells")]
    assert list(await stored()) == ["desk"]


async def test_stock_is_counted_where_it_is_kept(ctx, write, on_hand):
    kept = {"Variant Inventory Tracker": "shopify"}
    path = write(
        lamp("a", **kept, **{"Variant Inventory Qty": "7"}), lamp("b", **{"Variant Inventory Qty": "7"}),
        lamp("c", **kept, **{"Variant Inventory Qty": "-2"}),
    )  # fmt: skip

    report = await import_products(ctx, path)

    assert await on_hand() == {"A": 7, "B": None, "C": 0}
    words = "Variant Inventory Qty -2 was taken as 0."
    assert [_told(finding) for finding in report.notices] == [(4, "c", "stock_negative", words)]


async def test_a_file_counts_stock_again_only_when_it_says_something_new(ctx, write, on_hand):
    kept = {"Variant Inventory Tracker": "shopify"}
    path = write(lamp("a", **kept, **{"Variant Inventory Qty": "7"}))
    await import_products(ctx, path)
    async with ctx.transaction() as session:
        await session.execute(text("UPDATE inventory_level SET on_hand = 4"))

    same = await import_products(ctx, path)
    after_same = await on_hand()
    other = await import_products(ctx, write(lamp("a", **kept, **{"Variant Inventory Qty": "9"})))

    assert (after_same, same.products_unchanged) == ({"A": 4}, 1)
    assert (await on_hand(), other.products_updated) == ({"A": 9}, 1)


async def test_an_import_that_was_stopped_goes_on_and_loses_nothing(ctx, write, stored):
    path = write(*(lamp(f"lamp-{number:03}") for number in range(160)), lamp("wrong", price="x"))

    def stop(done: int, size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await import_products(ctx, path, progress=stop)
    partly = len(await stored())
    report = await import_products(ctx, path)
    again = await import_products(ctx, path)

    assert 0 < partly < 160
    assert report.resumed_at_line == partly + 2
    assert (report.rows, report.products_created, len(report.refusals)) == (161, 160, 1)
    assert len(await stored()) == 160
    assert (again.resumed_at_line, again.products_unchanged) == (1, 160)


async def test_restart_begins_anew(ctx, write):
    path = write(*(lamp(f"lamp-{number:03}") for number in range(160)))

    def stop(done: int, size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await import_products(ctx, path, progress=stop)
    report = await import_products(ctx, path, options=ImportOptions(restart=True))

    assert (report.resumed_at_line, report.rows, report.products) == (1, 160, 160)


async def test_latin_1_is_read_and_told(ctx, write):
    path = write(lamp(Title="Bänk"))
    path.write_bytes(path.read_text().encode("latin-1"))

    report = await import_products(ctx, path)

    assert [notice.code for notice in report.notices] == ["encoding"]
    assert await ctx.fetch_value("SELECT title FROM catalog_product") == "Bänk"


async def test_what_no_store_sees_of_another_stays_so(ctx, kernel, write):
    from tests.shop import system

    await import_products(ctx, write(lamp()))

    assert await system(kernel, "beta").fetch_value("SELECT count(*) FROM catalog_product") == 0


async def test_scripts_in_descriptions_do_not_arrive(ctx, write):
    body = '<p onclick="x()">Good<script>alert(1)</script></p>'
    await import_products(ctx, write(lamp(**{"Body (HTML)": body}), columns=(*lamp(), "Body (HTML)")))

    assert await ctx.fetch_value("SELECT description_html FROM catalog_product") == "<p>Good</p>"


async def test_a_broken_translation_file_is_named(ctx, write, tmp_path):
    (tmp_path / "products.de.csv").write_text("Handle\nlamp\n")

    with pytest.raises(UsageError, match="products.de.csv lacks the columns Title"):
        await import_products(ctx, write(lamp()))


async def test_refused_products_among_many_leave_the_others_in_their_order(ctx, write, stored):
    rows = [lamp(f"lamp-{number:03}") for number in range(130)]
    for wrong in (0, 7, 64, 129):
        rows[wrong]["Title"] = "x" * 501

    report = await import_products(ctx, write(*rows))

    assert [(r.line, r.message) for r in report.refusals] == [
        (number + 2, "Title: Use at most 500 characters.") for number in (0, 7, 64, 129)
    ]
    assert (report.products_created, report.products_refused, report.rows) == (126, 4, 130)
    assert len(await stored()) == 126


async def test_a_product_with_many_variants_goes_in_with_fewer_others(ctx, write, stored):
    rows = [row for n in range(12) for row in sized(f"shirt-{n}", *(str(size) for size in range(150)))]
    steps = []

    report = await import_products(ctx, write(*rows), progress=lambda done, size: steps.append(done))

    assert (report.products_created, report.variants, len(steps)) == (12, 1800, 3)
    assert {len(variants) for variants in (await stored()).values()} == {150}
