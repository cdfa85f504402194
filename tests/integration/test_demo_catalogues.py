# SPDX-License-Identifier: Apache-2.0
"""The demo catalogues are whole: every row, every translation and every picture they promise is there."""

import csv
import importlib
import re
import sys
import tomllib
from collections import Counter
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PIL import Image

CATALOGUES = Path(__file__).resolve().parents[2] / "examples" / "catalogues"
STORES = {"lumen": "de", "harbor": "es"}
COUNTS = {"lumen": (24, 64, 86), "harbor": (25, 95, 111)}  # products, variants, rows

Rows = list[dict[str, str]]
each_store = pytest.mark.parametrize("store", STORES)


def rows(name: str) -> Rows:
    with (CATALOGUES / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def products(store: str) -> Rows:
    return [row for row in rows(f"{store}.csv") if row["Title"]]


def variants(store: str) -> Rows:
    return [row for row in rows(f"{store}.csv") if row["Variant SKU"]]


def settings(store: str) -> dict[str, Any]:
    return tomllib.loads((CATALOGUES / f"{store}.toml").read_text("utf-8"))


def ean_is_valid(code: str) -> bool:
    digits = [int(digit) for digit in code]
    return len(digits) == 13 and sum(d * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10 == 0


@pytest.fixture(scope="module")
def draw() -> ModuleType:
    sys.path.insert(0, str(CATALOGUES))
    try:
        return importlib.import_module("draw")
    finally:
        sys.path.remove(str(CATALOGUES))


@each_store
def test_the_catalogue_has_the_expected_products_variants_and_rows(store: str) -> None:
    assert (len(products(store)), len(variants(store)), len(rows(f"{store}.csv"))) == COUNTS[store]


@each_store
def test_the_rows_of_a_product_stand_together_and_its_handle_is_used_once(store: str) -> None:
    seen = [row["Handle"] for row in rows(f"{store}.csv")]
    starts = [handle for i, handle in enumerate(seen) if i == 0 or seen[i - 1] != handle]

    assert starts == [row["Handle"] for row in products(store)]
    assert Counter(starts).most_common(1)[0][1] == 1


def test_every_variant_of_both_stores_has_its_own_sku_and_a_valid_ean_13() -> None:
    both = [row for store in STORES for row in variants(store)]

    for column in ("Variant SKU", "Variant Barcode"):
        assert len({row[column] for row in both}) == len(both) == 159
    assert [row["Variant Barcode"] for row in both if not ean_is_valid(row["Variant Barcode"])] == []


@each_store
def test_prices_costs_stock_and_weights_parse_and_make_sense(store: str) -> None:
    for row in variants(store):
        price, cost = Decimal(row["Variant Price"]), Decimal(row["Cost per item"])
        assert re.fullmatch(r"\d+\.\d\d", row["Variant Price"]), row
        assert 0 < cost < price, row
        assert not row["Variant Compare At Price"] or Decimal(row["Variant Compare At Price"]) > price, row
        assert int(row["Variant Inventory Qty"]) >= 0, row
        assert int(row["Variant Grams"]) > 0, row


@each_store
def test_the_option_values_of_a_product_are_distinct(store: str) -> None:
    combos = Counter(
        (row["Handle"], *(row[f"Option{i} Value"] for i in (1, 2, 3))) for row in variants(store)
    )

    assert [combo for combo, count in combos.items() if count > 1] == []


@each_store
def test_one_variant_is_sold_out_some_run_low_and_one_product_is_a_draft(store: str) -> None:
    stock = Counter(int(row["Variant Inventory Qty"]) for row in variants(store))
    drafts = [row["Handle"] for row in products(store) if row["Status"] == "draft"]

    assert stock[0] == 1
    assert stock[1] + stock[2] + stock[3] >= 3
    assert drafts == [{"lumen": "keeper-storm-lantern", "harbor": "eddy-buoyancy-vest"}[store]]
    assert [row["Handle"] for row in products(store) if row["Published"] == "false"] == drafts
    assert sum(bool(row["Variant Compare At Price"]) for row in products(store)) >= 4


@each_store
def test_bodies_are_clean_html_of_two_paragraphs_and_a_list(store: str) -> None:
    for row in products(store) + rows(f"{store}.{STORES[store]}.csv"):
        body = row["Body (HTML)"]
        tags = Counter(re.findall(r"<(/?\w+)>", body))
        assert set(tags) == {"p", "/p", "ul", "/ul", "li", "/li"}, row["Handle"]
        assert (tags["p"], tags["/p"], tags["ul"], tags["li"]) == (2, 2, 1, tags["/li"]), row["Handle"]
        assert "<" not in re.sub(r"</?\w+>", "", body), row["Handle"]
        assert 300 < len(body) < 1100, row["Handle"]


@each_store
def test_every_product_is_translated_and_nothing_is_left_in_english(store: str) -> None:
    originals = {row["Handle"]: row for row in products(store)}
    translations = rows(f"{store}.{STORES[store]}.csv")

    assert [row["Handle"] for row in translations] == list(originals)
    for row in translations:
        assert row["Locale"] == STORES[store]
        for column in ("Title", "Body (HTML)", "SEO Title", "SEO Description"):
            assert row[column], row["Handle"]
            assert row[column] != originals[row["Handle"]][column], (row["Handle"], column)
        assert len(row["SEO Description"]) <= 160


@each_store
def test_every_option_type_and_tag_has_exactly_one_translation(store: str) -> None:
    used: set[tuple[str, str]] = set()
    for row in products(store):
        used.add(("type", row["Type"]))
        used |= {("tag", tag.strip()) for tag in row["Tags"].split(",")}
        used |= {("name", row[f"Option{i} Name"]) for i in (1, 2, 3)}
    used |= {("value", row[f"Option{i} Value"]) for row in variants(store) for i in (1, 2, 3)}
    used -= {("name", ""), ("value", ""), ("name", "Title"), ("value", "Default Title")}
    translated = [(row["Kind"], row["Text"]) for row in rows(f"{store}.options.{STORES[store]}.csv")]

    assert sorted(translated) == sorted(used)
    assert all(row["Translation"] for row in rows(f"{store}.options.{STORES[store]}.csv"))


@each_store
def test_every_picture_has_an_alt_text_in_both_languages(store: str) -> None:
    pictured = [row for row in rows(f"{store}.csv") if row["Image Src"]]
    translated = {row["Image Src"]: row for row in rows(f"{store}.images.{STORES[store]}.csv")}

    assert list(translated) == [row["Image Src"] for row in pictured]
    for row in pictured:
        assert len(row["Image Alt Text"]) > 15, row["Image Src"]
        assert translated[row["Image Src"]]["Alt Text"] not in {"", row["Image Alt Text"]}
    per_product = Counter(row["Handle"] for row in pictured)
    assert set(per_product) == {row["Handle"] for row in products(store)}
    assert set(per_product.values()) <= {3, 4}


@each_store
def test_the_drawing_code_makes_exactly_the_pictures_that_are_used(store: str, draw: ModuleType) -> None:
    config = settings(store)
    used = {row["Image Src"] for row in rows(f"{store}.csv")} - {""}
    variant_pictures = {row["Variant Image"] for row in rows(f"{store}.csv")} - {""}
    used |= {config["store"]["hero"], *(category["picture"] for category in config["categories"])}

    assert sorted(draw.picture_names(store)) == sorted(used)
    assert variant_pictures < used


@each_store
def test_the_store_file_names_only_what_exists(store: str) -> None:
    config = settings(store)
    languages = {"en", STORES[store]}
    handles = {row["Handle"] for row in products(store) if row["Status"] == "active"}
    types = [kind for category in config["categories"] for kind in category["types"]]

    assert config["store"]["code"] == store
    assert set(config["store"]["locales"]) == languages
    assert set(config["store"]["featured"]) <= handles
    assert Counter(types) == Counter(dict.fromkeys((row["Type"] for row in products(store)), 1))
    for key in ("logo", "favicon"):
        assert (CATALOGUES / config["store"][key]).read_text("utf-8").startswith("<svg ")
    texts = [config["store"]["tagline"], config["store"]["hero_alt"]]
    texts += [method["title"] for method in config["shipping_methods"]]
    texts += [category[key] for category in config["categories"] for key in ("title", "description", "alt")]
    assert all(set(text) == languages and all(text.values()) for text in texts)
    assert all(type(method["price"]) is int for method in config["shipping_methods"])
    assert ("tax" in config["store"]["plugins"]) is (store == "lumen")


def test_pictures_are_rendered_at_full_size_and_only_when_their_drawing_changed(
    draw: ModuleType, tmp_path: Path
) -> None:
    from_store = {picture.name: picture for picture in draw.CATALOGUES["lumen"]()}
    two = [from_store["morel-table-lamp-1"], from_store["hero"]]
    steps: list[tuple[int, int, str]] = []

    def note(*step: Any) -> None:
        steps.append(step)

    paths = draw.render(two, tmp_path, note)
    draw.render(two, tmp_path, note)
    paths[0].unlink()
    draw.render(two, tmp_path, note)

    names = ["morel-table-lamp-1.webp", "hero.webp"]
    assert [path.name for path in paths] == names
    # The two are drawn at once: either may be ready first.
    assert [step[:2] for step in steps] == [(1, 2), (2, 2), (1, 1)]
    assert ({steps[0][2], steps[1][2]}, steps[2][2]) == (set(names), names[0])
    for path, size in zip(paths, ((1200, 1200), (2000, 1000)), strict=True):
        with Image.open(path) as image:
            assert (image.format, image.size) == ("WEBP", size)
            colours = image.convert("RGB").resize((60, 60)).getcolors(3600)
        assert colours is not None
        assert len(colours) > 400, "a drawing has many shades, an empty canvas has one"


def test_an_unknown_catalogue_is_refused_by_name(draw: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No catalogue 'attic': choose one of lumen, harbor"):
        draw.render_images("attic", tmp_path)
