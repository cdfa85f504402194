# SPDX-License-Identifier: Apache-2.0
"""What lies beside a file: pictures, and texts in other languages."""

import pytest
from PIL import Image
from plugins.importer.tests.conftest import lamp

from shopwright_importer.api import ImportOptions, import_products


@pytest.fixture
def images(ctx):
    async def read():
        rows = await ctx.fetch_rows("SELECT source, alt, width, height FROM catalog_image ORDER BY position")
        return [tuple(row) for row in rows]

    return read


async def test_a_picture_beside_the_file_is_copied_under_a_name_of_its_content(ctx, write, images, tmp_path):
    Image.new("RGB", (40, 30)).save(tmp_path / "Lamp é.webp")
    path = write(
        lamp(**{"Image Src": "Lamp é.webp", "Image Alt Text": "A lamp", "Variant Image": "Lamp é.webp"})
    )

    report = await import_products(ctx, path)

    [(source, alt, width, height)] = await images()
    assert (report.refusals, alt, width, height) == ((), "A lamp", 40, 30)
    assert source.startswith("alpha/Lamp-")
    assert source.endswith(".webp")
    assert (ctx.kernel.config.media_path / source).read_bytes() == (tmp_path / "Lamp é.webp").read_bytes()
    assert await ctx.fetch_value("SELECT image_source FROM catalog_variant") == source


async def test_an_outside_picture_keeps_its_address(ctx, write, images):
    await import_products(ctx, write(lamp(**{"Image Src": "https://img.example/a b.jpg?v=1"})))

    assert await images() == [("https://img.example/a b.jpg?v=1", "", 0, 0)]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("lamp.svg", b"<svg/>", "lamp.svg is not an image we take; use PNG, JPEG, WebP, AVIF or GIF."),
        ("lamp.png", b"text", "lamp.png is not an image we take; use PNG, JPEG, WebP, AVIF or GIF."),
        (
            "gone.png",
            None,
            "There is no file gone.png beside the CSV. Put it there, or give an https address.",
        ),
        (
            "../secret.png",
            None,
            "There is no file ../secret.png beside the CSV. Put it there, or give an https address.",
        ),
    ],
)
async def test_a_picture_that_cannot_be_taken_is_told_and_the_product_goes_in(
    ctx, write, images, tmp_path, name, content, words
):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    report = await import_products(ctx, write(lamp(**{"Image Src": name})))

    assert [(r.line, r.code, r.message) for r in report.refusals] == [(2, "image_refused", words)]
    assert (report.products_created, await images()) == (1, [])


async def test_pictures_may_lie_in_another_folder(ctx, write, images, tmp_path):
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (4, 3)).save(tmp_path / "pictures" / "lamp.png")
    path = write(lamp(**{"Image Src": "lamp.png"}))

    await import_products(ctx, path, options=ImportOptions(pictures=tmp_path / "pictures"))

    assert len(await images()) == 1


async def test_texts_in_other_languages_go_in_with_the_product(ctx, write, tmp_path):
    (tmp_path / "products.de.csv").write_text("Handle,Locale,Title,Body (HTML)\nlamp,de,Lampe,<p>Hell</p>\n")
    (tmp_path / "products.options.de.csv").write_text(
        "Kind,Text,Translation\nname,Size,Größe\nvalue,Unused,Nichts\n"
    )
    (tmp_path / "products.images.de.csv").write_text(
        "Image Src,Locale,Alt Text\nhttps://x.example/l.jpg,de,Eine Lampe\n"
    )
    row = lamp(
        **{
            "Option1 Name": "Size",
            "Option1 Value": "S",
            "Image Src": "https://x.example/l.jpg",
            "Image Alt Text": "A lamp",
        }
    )

    await import_products(ctx, write(row))

    from shopwright_catalog.api import product

    german = await product(_in_german(ctx), "lamp")
    assert (german.title, german.description_html) == ("Lampe", "<p>Hell</p>")
    assert (german.options[0].name, german.pictures[0].alt) == ("Größe", "Eine Lampe")


def _in_german(ctx):
    from dataclasses import replace

    return replace(ctx, locale="de")
