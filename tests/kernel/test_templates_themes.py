# SPDX-License-Identifier: Apache-2.0
"""The themes that come with the platform: their pages, their weight, their colours, and that they bear the sandbox."""

import gzip
import logging
import re
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from markupsafe import Markup
from tests.shop import EVERYTHING, add_product, furnish, system

from shopwright.activation import NewStore
from shopwright.actor import SYSTEM
from shopwright.money import Money
from shopwright.templating import pages
from shopwright.templating.loader import ChainLoader, template_folder
from shopwright.templating.overrides import save_override
from shopwright.templating.themes import Themes
from shopwright_catalog.api import Picture
from shopwright_storefront.api import (
    CategoryTile,
    Crumb,
    HomePage,
    ListingPage,
    OptionView,
    ProductCard,
    ProductPage,
    SortChoice,
    VariantView,
)

THEMES = Themes([])
NAMES = ("atelier", "bazaar")
FOLDER = Path(__file__).resolve().parents[2] / "themes"
LUMEN = NewStore("lumen", "Lumen", "EUR", "en", ("en", "de"), theme="atelier", hosts=("lumen.localhost",))
HARBOR = NewStore("harbor", "Harbor", "USD", "en", ("en", "es"), theme="bazaar", hosts=("harbor.localhost",))
PICTURE = Picture("/media/lamp.webp", "A lamp <lit>", 800, 1000)
EUR = "EUR"


def card(handle="lamp", **values):
    defaults = {
        "handle": handle, "title": "Lamp & shade", "url": f"/products/{handle}", "image": PICTURE,
        "price": Money(4900, EUR), "price_from": True, "compare_at": Money(5900, EUR), "badges": ("Sale",),
        "available": True,
    }  # fmt: skip
    return ProductCard(**{**defaults, **values})


def variant(number, title, **values):
    defaults = {
        "id": UUID(int=number), "title": title, "sku": f"L-{number}", "options": (title,), "price": Money(4900, EUR),
        "compare_at": None, "available": True, "left": None, "image": PICTURE,
    }  # fmt: skip
    return VariantView(**{**defaults, **values})


def product(**values):
    variants = (
        variant(1, "Oak", left=2),
        variant(2, "Ash", price=Money(5100, EUR)),
        variant(3, "Elm", available=False),
    )
    defaults = {
        "id": UUID(int=9), "handle": "lamp", "title": "Lamp & shade", "description_html": Markup("<p>Warm.</p>"),
        "vendor": "Glimma", "images": (PICTURE,), "options": (OptionView("Wood", ("Oak", "Ash", "Elm")),),
        "variants": variants, "selected": variants[0], "breadcrumbs": (Crumb("Lumen", "/"), Crumb("Lamp")),
        "url": "/products/lamp", "add_url": "/cart/add",
    }  # fmt: skip
    return ProductPage(**{**defaults, **values})


def listing(**values):
    defaults = {
        "title": "Lamps", "description": "All of them.", "picture": None, "total": 2, "is_counted": True, "previous_url": "",
        "cards": (card(), card("plain", compare_at=None, price_from=False, badges=(), image=None)),
        "next_url": "/products?after=x", "breadcrumbs": (Crumb("Lumen", "/"), Crumb("Lamps")),
        "sorts": (SortChoice("new", "Newest", "?sort=new", True),),
    }  # fmt: skip
    return ListingPage(**{**defaults, **values})


HOME = HomePage(
    hero_title="Light", hero_text="After sunset", hero_picture=PICTURE, hero_url="/products",
    featured=tuple(card(f"lamp-{n}") for n in range(10)),
    categories=(CategoryTile("Floor", "/categories/floor", PICTURE, 3), CategoryTile("Wall", "/categories/wall", None, 1)),
)  # fmt: skip
MODELS = {"storefront/home": HOME, "storefront/product": product(), "storefront/listing": listing()}


@pytest.fixture
async def kernel(make_kernel):
    return await make_kernel([], [LUMEN, HARBOR])


def of(kernel, code, **options):
    return kernel.context(kernel.directory.by_code(code), actor=SYSTEM, **options)


def loader(theme):
    return ChainLoader("s", {}, THEMES.chain(theme), [template_folder("shopwright_storefront")])


async def shown(kernel, code, name, model=None, **options):
    ctx = of(kernel, code, **options)
    return await kernel.templates.page(ctx, name, model or MODELS[name], {"title": "T", "description": "D"})


def test_themes_of_the_checkout_are_found_without_any_configuration():
    assert {theme.name for theme in THEMES} == {"foundation", "atelier", "bazaar"}
    assert [theme.name for theme in THEMES.chain("bazaar")] == ["bazaar", "foundation"]


@pytest.mark.parametrize("theme", NAMES)
@pytest.mark.parametrize("page", MODELS)
def test_pages_of_the_themes_name_what_exists(theme, page):
    assert pages.read_page(loader(theme), page).sections


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*/sections/*.html")), ids=lambda file: file.stem)
def test_sections_and_snippets_say_what_they_need(file):
    assert file.read_text().startswith("{# ")
    assert len(file.read_text().splitlines()) < 300


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.html")), ids=str)
def test_templates_of_themes_have_no_inline_styles_scripts_or_foreign_addresses(file):
    text = file.read_text()

    assert re.findall(r"\sstyle=|\son\w+=|<style|https?://", text) == []
    assert re.findall(r"<script(?![^>]*src=)", text) == []


@pytest.mark.parametrize("theme", NAMES)
def test_style_sheets_and_scripts_of_a_page_are_light(theme):
    sheets = [FOLDER / "foundation/assets/foundation.css", FOLDER / theme / "assets/theme.css"]
    text = "".join(sheet.read_text() for sheet in sheets)

    assert len(gzip.compress(text.encode())) < 14_000
    assert len(text) < 28_000
    assert (FOLDER / "foundation/assets/enhance.js").stat().st_size < 4_000
    assert re.findall(r"@import|url\(", text) == []


def _palettes(theme):
    """Give the variables of a theme's palettes by name."""
    base = _variables((FOLDER / "foundation/assets/foundation.css").read_text(), ":root")
    own = (FOLDER / theme / "assets/theme.css").read_text()
    plain = base | _variables(own, ":root")
    others = re.findall(r"^\[data-palette=(\w+)\] \{", own, re.MULTILINE)
    return {"": plain} | {name: plain | _variables(own, f"[data-palette={name}]") for name in others}


def _variables(css, selector):
    block = re.search(rf"^{re.escape(selector)} \{{(.*?)\}}", css, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"--([\w-]+): ([^;]+);", block[1]))


def _luminance(color, variables):
    if color.startswith("var("):
        color = variables[color[6:-1]]
    digits = color[1:] if len(color) == 7 else "".join(c * 2 for c in color[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one, other, variables):
    light, dark = sorted((_luminance(variables[name], variables) for name in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", NAMES)
def test_every_palette_can_be_read_by_everybody(theme):
    palettes = _palettes(theme)
    schema = THEMES.settings_of(theme)["palette"]
    assert set(palettes) - {""} == set(schema["choices"]) - {schema["default"]}

    for name, variables in palettes.items():
        for text, ground in (
            ("ink", "paper"), ("ink", "surface"), ("ink", "field"), ("ink-soft", "paper"), ("ink-soft", "surface"),
            ("ink-soft", "field"), ("accent-ink", "accent"), ("good", "paper"), ("warn", "paper"), ("bad", "paper"),
        ):  # fmt: skip
            assert _contrast(text, ground, variables) >= 4.5, (theme, name, text, ground)
        for edge, ground in (("edge", "paper"), ("edge", "field"), ("focus", "paper"), ("focus", "surface")):
            assert _contrast(edge, ground, variables) >= 3, (theme, name, edge, ground)


@pytest.mark.parametrize("code", ["lumen", "harbor"])
async def test_a_home_page_shows_its_hero_categories_and_as_many_products_as_it_is_set_to(kernel, code):
    text = await shown(kernel, code, "storefront/home")

    assert text.startswith("<!doctype html>")
    assert text.count('<article class="product-card">') == 8
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", text) == ["Light"]
    assert 'alt="A lamp &lt;lit&gt;" width="800" height="1000" fetchpriority="high"' in text
    assert text.count('loading="lazy"') == 9


async def test_a_listing_leads_on_to_its_next_page(kernel):
    text = await shown(kernel, "lumen", "storefront/listing")

    assert 'rel="next" href="/products?after=x"' in text
    assert 'rel="prev"' not in text
    assert "2 products" in text
    assert "€49.00" in text


async def test_a_product_with_one_option_shows_its_variants_at_a_glance(kernel):
    text = await shown(kernel, "lumen", "storefront/product")

    assert re.findall(r'type="radio" name="variant_id" value="[0-9a-f-]+(\d)"', text) == ["1", "2", "3"]
    assert re.findall(r' (checked|disabled)><span class="option__label">(\w+)', text) == [
        ("checked", "Oak"), ("disabled", "Elm"),
    ]  # fmt: skip
    assert '<p class="product__left" data-left>Only 2 left.</p>' in text
    assert "<p>Warm.</p>" in text


async def test_a_product_with_several_options_has_a_list_to_choose_from(kernel):
    options = (OptionView("Wood", ("Oak", "Ash")), OptionView("Size", ("S", "L")))
    text = await shown(kernel, "lumen", "storefront/product", product(options=options))

    assert '<select class="input" id="variant" name="variant_id">' in text
    assert "Wood / Size" in text
    assert "Elm (Sold out)</option>" in text


async def test_a_product_without_a_checkout_cannot_be_put_into_a_cart(kernel):
    assert "<form" not in await shown(kernel, "lumen", "storefront/product", product(add_url=""))


async def test_the_frame_of_a_page_speaks_the_reader_s_language(kernel):
    text = await shown(kernel, "lumen", "storefront/product", locale="de")

    assert '<html lang="de" data-palette="linen">' in text
    assert "Zum Inhalt springen" in text
    assert "In den Warenkorb" in text


@pytest.mark.parametrize("page", MODELS)
async def test_pages_look_the_same_in_the_sandbox(kernel, page, caplog):
    before = await shown(kernel, "lumen", page)
    await save_override(
        of(kernel, "lumen"),
        "snippets/picture.html",
        (FOLDER / "foundation/snippets/picture.html").read_text(),
    )
    caplog.set_level(logging.WARNING)

    assert await shown(kernel, "lumen", page) == before
    assert caplog.records == []


async def test_every_page_of_buying_bears_the_sandbox(make_kernel, make_client, caplog):
    kernel = await make_kernel(EVERYTHING, [LUMEN])
    await furnish(kernel, "lumen")
    lamp = await add_product(system(kernel, "lumen"), "lamp", price=4900, stock=3)
    await kernel.jobs.drain()
    await save_override(of(kernel, "lumen"), "snippets/price.html", "<b>own</b>")
    client = await make_client(kernel, "lumen")
    caplog.set_level(logging.WARNING, logger="shopwright.templating")

    async def page(path):
        response = await client.get(path)
        assert response.status == 200, path
        return await response.text()

    await client.submit("/products/lamp", {"variant_id": str(lamp), "quantity": "2"}, action="/cart/add")
    address = {
        "email": "ada@example.com", "name": "Ada", "line1": "Pier 7", "city": "Lübeck", "country": "DE",
        "postal_code": "23552",
    }  # fmt: skip
    for path in ("/", "/cart", "/checkout", "/account/sign-in", "/de/"):
        await page(path)
    assert "<b>own</b>" in await page("/products")
    assert "<b>own</b>" in await page("/search?q=lamp")
    await client.submit("/checkout", address)
    await page("/checkout/delivery")
    await client.submit("/checkout/delivery", {"shipping_code": "flat_shipping.standard"})
    await page("/checkout/payment")
    fields = {"payment_method": "manual_payment.test", "manual_payment.test:outcome": "succeed"}
    done = await client.submit("/checkout/payment", fields)
    assert done.status == 303
    await page(done.headers["Location"])
    assert (await client.get("/nowhere")).status == 404

    assert [record.getMessage() for record in caplog.records] == []


async def test_a_picture_is_offered_in_the_formats_and_widths_it_has_and_keeps_its_middle_in_sight(kernel):
    light = replace(
        PICTURE, srcset_avif="/media/lamp.320w.avif 320w", srcset_webp="/media/lamp.320w.webp 320w", focus_x=34, focus_y=96
    )  # fmt: skip
    bare = await shown(kernel, "lumen", "storefront/product", product(images=(PICTURE,)))
    text = await shown(kernel, "lumen", "storefront/product", product(images=(light,)))

    assert "<picture" not in bare
    assert "fx-" not in bare
    sizes = 'sizes="(max-width: 56rem) 92vw, 42rem"'
    assert (
        f'<picture><source type="image/avif" srcset="/media/lamp.320w.avif 320w" {sizes}>'
        f'<source type="image/webp" srcset="/media/lamp.320w.webp 320w" {sizes}>'
        '<img src="/media/lamp.webp" alt="A lamp &lt;lit&gt;" width="800" height="1000" class="fx-30 fy-100" '
        'fetchpriority="high" decoding="async"></picture>'
    ) in text
