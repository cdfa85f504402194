# SPDX-License-Identifier: Apache-2.0
"""Files of WooCommerce and Magento: what each row becomes, and what is refused and why."""

import csv

import pytest
from tests.shop import add_product, bearer, system

from shopwright.testing.kernels import ALPHA, BETA
from shopwright_catalog import api as catalog
from shopwright_importer.api import FileError, ImportOptions, import_products
from shopwright_importer.services.exports import WRITERS
from shopwright_importer.services.exports.write import write
from shopwright_importer.services.formats.magento import _pairs, _pairs_of_each
from shopwright_importer.services.source_file import look
from shopwright_inventory import api as inventory

WOO = (
    "ID", "Type", "SKU", "Name", "Published", "Visibility in catalog", "Short description", "Description",
    "Date sale price starts", "Date sale price ends", "Tax status", "Tax class", "In stock?", "Stock", "Weight (kg)",
    "Sale price", "Regular price", "Categories", "Tags", "Images", "Parent", "Attribute 1 name", "Attribute 1 value(s)",
    "Attribute 2 name", "Attribute 2 value(s)",
)  # fmt: skip
MAGENTO = (
    "sku", "store_view_code", "product_type", "categories", "name", "description", "weight", "product_online",
    "tax_class_name", "visibility", "price", "special_price", "special_price_from_date", "url_key", "meta_title",
    "additional_attributes", "qty", "is_in_stock", "manage_stock", "configurable_variations",
    "configurable_variation_labels",
)  # fmt: skip
SOLD = {"Published": "1", "Tax status": "taxable", "In stock?": "1"}
TEE = [
    # Variations may stand before their parent, and name it by SKU or by id.
    SOLD | {"ID": "11", "Type": "variation", "SKU": "TEE-R", "Regular price": "10", "Sale price": "8.50", "Parent": "TEE",
            "Attribute 1 name": "Colour", "Attribute 1 value(s)": "Red", "Stock": "3", "Tax class": "parent"},
    SOLD | {"ID": "10", "Type": "variable", "SKU": "TEE", "Name": "Tee, plain", "Categories": "Clothes > Tees, Sale",
            "Tags": "soft, summer", "Tax class": "reduced-rate", "Short description": "Soft.", "Description": "<p>A\\nB</p>",
            "Attribute 1 name": "Colour", "Attribute 1 value(s)": "Red, Blue", "Attribute 2 name": "Care",
            "Attribute 2 value(s)": "Cold, By hand"},
    SOLD | {"ID": "12", "Type": "variation", "SKU": "TEE-B", "Regular price": "10", "Parent": "id:10", "Weight (kg)": "0.25",
            "Attribute 1 name": "Colour", "Attribute 1 value(s)": "Blue", "In stock?": "0"},
]  # fmt: skip
OTHERS = [
    SOLD | {"ID": "20", "Type": "simple, virtual", "SKU": "EBOOK", "Name": "Book", "Regular price": "5", "Sale price": "4",
            "Date sale price ends": "2020-01-01", "Tax status": "none", "Published": "0"},
    SOLD | {"ID": "21", "Type": "grouped", "SKU": "SET", "Name": "Set"},
    SOLD | {"ID": "22", "Type": "variation", "SKU": "LOST", "Regular price": "1", "Parent": "NOBODY"},
    SOLD | {"ID": "23", "Type": "simple", "SKU": "BAD", "Name": "Bad", "Regular price": "ten"},
    SOLD | {"ID": "24", "Type": "simple", "SKU": "LATER", "Name": "Book", "Regular price": "5", "Sale price": "4",
            "Date sale price starts": "2999-01-01"},
]  # fmt: skip
KEPT = {"manage_stock": "1", "is_in_stock": "1", "product_online": "1", "tax_class_name": "Taxable Goods"}
HOODIE = [
    KEPT | {"sku": "H-S", "product_type": "simple", "name": "Hoodie S", "price": "52", "special_price": "45", "qty": "7.0000",
            "weight": "1.5", "visibility": "Not Visible Individually"},
    KEPT | {"sku": "H", "product_type": "configurable", "name": "Hoodie", "url_key": "warm-hoodie", "price": "52",
            "categories": "Default Category/Men/Tops,Default Category", "visibility": "Catalog, Search",
            "additional_attributes": "has_options=1,material=Wool|Fleece,tags=new|warm",
            "configurable_variations": "sku=H-S,size=S|sku=H-M,size=M", "configurable_variation_labels": "size=Size"},
    {"sku": "H", "store_view_code": "de_DE", "product_type": "configurable", "name": "Kapuzenpulli",
     "url_key": "kapuzenpulli"},
    {"sku": "H", "store_view_code": "french", "product_type": "configurable", "name": "Pull"},
    KEPT | {"sku": "BAG", "product_type": "bundle", "name": "Bag", "price": "1"},
]  # fmt: skip


def put(path, columns, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
async def ctx(make_kernel):
    kernel = await make_kernel(plugins=["importer"], stores=[ALPHA, BETA])
    return system(kernel, "alpha")


def test_the_format_is_told_by_the_columns_and_a_file_that_fits_none_by_what_it_lacks(tmp_path):
    woo, magento = put(tmp_path / "w.csv", WOO, TEE), put(tmp_path / "m.csv", MAGENTO, HOODIE)
    assert [look(path).format.code for path in (woo, magento)] == ["woocommerce-csv", "magento-csv"]
    with pytest.raises(FileError) as told:
        look(put(tmp_path / "x.csv", ("sku", "name", "price"), []))
    assert str(told.value) == "x.csv lacks the columns product_type."
    with pytest.raises(FileError, match="lacks the columns Handle, Title, Variant Price"):
        look(woo, "shopify-csv")
    with pytest.raises(FileError, match="There are: shopify-csv, woocommerce-csv, magento-csv"):
        look(woo, "ods")


def test_lists_of_magento_keep_commas_and_bars_that_are_escaped():
    assert _pairs("a=1, 2,b=x\\,y=z,c=") == {"a": "1, 2", "b": "x,y=z", "c": ""}
    assert _pairs_of_each("sku=a,size=S\\|M|sku=b,size=L") == [
        {"sku": "a", "size": "S|M"},
        {"sku": "b", "size": "L"},
    ]


async def test_woocommerce(ctx, tmp_path):
    path = put(tmp_path / "w.csv", WOO, [*TEE, *OTHERS])

    report = await import_products(ctx, path)
    again = await import_products(ctx, path, options=ImportOptions(restart=True))

    tee = next(x for x in await catalog.export_page(ctx) if x.product.handle == "tee-plain")
    product = tee.product
    assert (product.title, product.option_names, product.tags) == (
        "Tee, plain", ("Colour",), ("soft", "summer", "Care: Cold", "Care: By hand"),
    )  # fmt: skip
    assert product.description_html == "<p>Soft.</p>\n<p>A\nB</p>"
    assert product.category_handles == ("clothes", "clothes-tees", "sale")
    assert await catalog.category_titles(ctx) == {
        "clothes": "Clothes",
        "clothes-tees": "Tees",
        "sale": "Sale",
    }
    found = [
        (v.sku, v.price, v.compare_at, v.options, v.weight_grams, v.tax_category) for v in product.variants
    ]
    assert found == [
        ("TEE-R", 850, 1000, ("Red",), 0, "reduced-rate"), ("TEE-B", 1000, None, ("Blue",), 250, "standard"),
    ]  # fmt: skip
    stock = await inventory.availability(ctx, tee.variant_ids)
    assert [stock[id_].left for id_ in tee.variant_ids] == [3, 0]
    others = {x.product.variants[0].sku: x.product for x in await catalog.export_page(ctx) if x.id != tee.id}
    assert {sku: (x.handle, x.published, x.variants[0].price) for sku, x in others.items()} == {
        "EBOOK": ("book", False, 500), "LATER": ("book-later", True, 500),
    }  # fmt: skip
    assert (others["EBOOK"].variants[0].requires_shipping, others["EBOOK"].variants[0].taxable) == (
        False,
        False,
    )
    assert [(x.line, x.code) for x in report.refusals] == [
        (6, "kind_unknown"),
        (7, "no_parent"),
        (8, "price_wrong"),
    ]
    assert [(x.line, x.code) for x in report.notices] == [(9, "sale_later")]
    assert (report.products_created, again.products_unchanged) == (3, 3)


async def test_magento(ctx, tmp_path):
    report = await import_products(ctx, put(tmp_path / "m.csv", MAGENTO, HOODIE))

    [hoodie] = await catalog.export_page(ctx)
    product = hoodie.product
    assert (product.handle, product.option_names) == ("warm-hoodie", ("Size",))
    assert product.tags == ("new", "warm", "material: Wool", "material: Fleece")
    assert product.category_handles == ("men", "men-tops")
    assert product.translations == {"de": {"title": "Kapuzenpulli", "handle": "kapuzenpulli"}}
    [small] = product.variants
    assert (small.sku, small.price, small.compare_at, small.weight_grams) == ("H-S", 4500, 5200, 1500)
    assert (await inventory.availability(ctx, hoodie.variant_ids))[hoodie.variant_ids[0]].left == 7
    assert [(x.line, x.code) for x in report.refusals] == [(3, "no_variation"), (6, "kind_unknown")]
    assert [(x.line, x.code) for x in report.notices] == [(5, "no_language")]


async def test_what_is_exported_goes_in_again_and_out_as_the_same_file(ctx, tmp_path, make_client):
    image = catalog.ImageInput("https://pictures.example/a,b.png", "A, lamp", 0, 0, 0, 20, 30)
    variants = tuple(
        catalog.VariantInput(sku, price, (size, "a|b, c=d"), compare, "400", grams, tax_category=tax)
        for sku, price, size, compare, grams, tax in (
            ("S", 1000, "S > M", 1500, 1234, "reduced"), ("S", 990, "Large", 500, 0, "standard"),
        )
    )  # fmt: skip

    async def work(session):
        await catalog.save_category(ctx, session, catalog.CategoryInput("light", "Light > all, day"))
        odd = catalog.ProductInput(
            "odd", "Odd | one, “two”", "<p>a</p>\n<p>b</p>", "Vendor, Inc.", "Type", ("x, y", "z: 1"), seo_title="T",
            option_names=("Size", "Cut"), variants=variants, images=(image,), category_handles=("light",),
            translations={"de": {"title": "Seltsam", "handle": "seltsam", "texts": {"Large": "Groß"}}},
        )  # fmt: skip
        await catalog.save_product(ctx, session, odd)

    await ctx.run(work)
    await add_product(ctx, "lamp", stock=4)
    await add_product(ctx, "gone", stock=None, published=False)
    for code in WRITERS:
        there = system(ctx.kernel, "beta")
        first, second = tmp_path / f"{code}.csv", tmp_path / f"{code}-again.csv"
        assert await write(ctx, code, first) == 3
        report = await import_products(there, first, options=ImportOptions(format=code))
        assert (report.refusals, report.products) == ((), 3), code
        await write(there, code, second)
        assert first.read_text() == second.read_text(), code
        [odd] = [x.product for x in await catalog.export_page(there) if x.product.handle == "odd"]
        mine = next(x.product for x in await catalog.export_page(ctx) if x.product.handle == "odd")
        plain = (odd.title, odd.tags, odd.vendor, odd.product_type, odd.seo_title, odd.category_handles)
        assert plain == (
            mine.title,
            mine.tags,
            mine.vendor,
            mine.product_type,
            mine.seo_title,
            mine.category_handles,
        )
        assert (odd.images[0].alt, odd.images[0].focus_x, odd.translations) == (
            "A, lamp",
            20,
            mine.translations,
        )
        assert [(v.sku, v.options, v.tax_category) for v in odd.variants] == [
            (v.sku, v.options, v.tax_category) for v in mine.variants
        ]
    client, reader = await make_client(ctx.kernel, "alpha"), await bearer(ctx, "importer.export.view")
    base = "/api/admin/v1/product-exports"
    missing = await client.get(f"{base}/magento-csv/file", headers=reader)
    unknown = await client.send("POST", f"{base}/ods", headers=reader)
    asked = await client.send("POST", f"{base}/magento-csv", headers=reader)
    assert (missing.status, unknown.status, asked.status) == (404, 404, 202)
    await ctx.kernel.jobs.drain(strict=True)
    sent = await client.get(f"{base}/magento-csv/file", headers=reader)
    assert await sent.read() == (tmp_path / "magento-csv.csv").read_bytes()
    states = await client.get_json(base, headers=reader)
    assert [(x["code"], x["made_at"] is not None, x["is_being_written"]) for x in states["items"]] == [
        ("shopify-csv", False, False), ("woocommerce-csv", False, False), ("magento-csv", True, False),
    ]  # fmt: skip
    await client.sign_in_staff("owner@alpha.example", "seven-lamps-on-the-pier")
    await client.submit("/admin/export", {}, action="/admin/export/shopify-csv")
    page = await (await client.get("/admin/export")).text()
    assert "is being written" in page
    assert "/admin/export/magento-csv/products.csv" in page
