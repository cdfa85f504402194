# SPDX-License-Identifier: Apache-2.0
"""Pictures get copies that browsers choose from: in a job, bounded, and shown as soon as they are there."""

import io
import threading

import pytest
from PIL import Image, ImageCms
from plugins.catalog.tests.conftest import shirt
from sqlalchemy import text

from shopwright_catalog import api as catalog
from shopwright_catalog.api import ImageInput, store_picture
from shopwright_catalog.jobs import MakeRenditions, make_renditions
from shopwright_catalog.services import make_renditions as service
from shopwright_catalog.services import render_picture
from shopwright_catalog.services.render_picture import RenditionError, render, widths_of


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photo(size=(1000, 500), mode="RGB") -> Image.Image:
    """A picture that goes from black to white."""
    return Image.linear_gradient("L").resize(size).convert(mode)


@pytest.fixture
def stored(ctx, tmp_path):
    def put(content: bytes, name: str = "photo") -> ImageInput:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return store_picture(ctx, path, name=name)

    return put


def copies(content: bytes) -> dict[tuple[str, int], Image.Image]:
    found = {(copy.format, copy.width): Image.open(io.BytesIO(copy.data)) for copy in render(content)}
    for image in found.values():
        image.load()
    return found


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((40, 30), [40]),
        ((320, 200), [320]),
        ((1000, 500), [320, 640, 960, 1000]),
        ((1920, 1080), [320, 640, 960, 1280, 1920]),
        ((6000, 4000), [320, 640, 960, 1280, 1920]),
        ((1920, 20_000), [320, 640, 960]),
        ((300, 60_000), []),
    ],
)
def test_a_copy_is_never_larger_than_its_picture_nor_than_a_browser_bears(size, widths):
    assert widths_of(*size) == widths


def test_each_width_is_painted_in_both_formats():
    found = copies(encoded(photo((700, 350)), "JPEG"))

    assert {key: (image.format, image.size) for key, image in found.items()} == {
        ("avif", 320): ("AVIF", (320, 160)), ("webp", 320): ("WEBP", (320, 160)),
        ("avif", 640): ("AVIF", (640, 320)), ("webp", 640): ("WEBP", (640, 320)),
        ("avif", 700): ("AVIF", (700, 350)), ("webp", 700): ("WEBP", (700, 350)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("RGB", "PNG"), ("L", "PNG"), ("P", "GIF"), ("CMYK", "JPEG"), ("1", "PNG"), ("I;16", "PNG"), ("RGB", "AVIF")],
)  # fmt: skip
def test_pictures_of_every_kind_keep_their_light(mode, kind):
    image = photo((64, 64), "L")
    if mode == "I;16":
        image = Image.frombytes("I;16", image.size, b"".join(bytes((v, v)) for v in image.tobytes()))
    else:
        image = image.convert(mode)

    for copy in copies(encoded(image, kind)).values():
        top, bottom = (copy.convert("L").getpixel((32, y)) for y in (2, 61))
        assert top < 25
        assert bottom > 230


def test_what_is_transparent_stays_so():
    image = Image.new("RGBA", (60, 60), (200, 0, 0, 0))
    image.paste((200, 0, 0, 255), (0, 0, 60, 30))

    for content in (encoded(image, "PNG"), encoded(image.quantize(), "PNG")):
        for copy in copies(content).values():
            assert [copy.getpixel((30, y))[3] for y in (10, 50)] == [255, 0]


def test_copies_are_in_the_colours_every_browser_assumes():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    for profile in (srgb, b"broken"):
        for copy in copies(encoded(photo((40, 40)), "PNG", icc_profile=profile)).values():
            assert "icc_profile" not in copy.info


def test_a_picture_that_moves_is_left_as_it_is():
    frames = [Image.new("L", (60, 60), 80 * number) for number in range(3)]

    assert copies(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])) == {}


def test_a_bomb_or_a_broken_file_is_refused_before_it_is_unpacked(monkeypatch):
    content = encoded(photo((400, 300)), "PNG")

    with pytest.raises(RenditionError, match="^UnidentifiedImageError"):
        copies(b"<svg/>")
    with pytest.raises(
        RenditionError, match="^OSError: unrecognized data stream|^OSError: image file is truncated"
    ):
        copies(content[: len(content) // 2])
    monkeypatch.setattr(render_picture, "MAX_PIXELS", 119_999)
    monkeypatch.setattr(Image.Image, "load", None)
    with pytest.raises(RenditionError, match="^too many pixels$"):
        copies(content)


def test_a_large_picture_is_shrunk_strip_by_strip_without_seams(monkeypatch):
    monkeypatch.setattr(render_picture, "_STRIP", 1)
    image = Image.linear_gradient("L").resize((6001, 601)).convert("RGB")
    right = image.resize((1920, 192), Image.Resampling.LANCZOS)

    copy = copies(encoded(image, "PNG"))["webp", 1920].convert("RGB")

    assert copy.size == (1920, 192)
    found = [abs(copy.getpixel((960, y))[0] - right.getpixel((960, y))[0]) for y in range(192)]
    assert max(found) <= 4


async def test_a_saved_picture_is_shown_as_it_is_until_its_copies_are_made(
    ctx, save, categorise, client, stored
):
    image = stored(encoded(photo(), "JPEG"))
    alike = {"images": (image,), "category_handles": ("tops",)}
    await categorise("tops", image_source=image.source)
    await save(shirt(**alike))
    await client.get("/api/v1/products/shirt")
    before = await (await client.get("/api/v1/products/shirt")).json()

    await ctx.kernel.jobs.drain(strict=True)

    after = await client.get("/api/v1/products/shirt")
    stem = f"/media/{image.source.removesuffix('.jpg')}"
    shown = (await after.json())["pictures"][0]
    assert before["pictures"] == [
        {"src": f"/media/{image.source}", "alt": "Shirt", "width": 1000, "height": 500, "srcset_avif": "",
         "srcset_webp": "", "small": f"/media/{image.source}", "focus_x": 50, "focus_y": 50}
    ]  # fmt: skip
    assert after.headers["X-Cache"] == "miss"
    assert shown["src"] == f"/media/{image.source}"
    assert shown["srcset_webp"] == ", ".join(f"{stem}.{w}w.webp {w}w" for w in (320, 640, 960, 1000))
    assert shown["small"] == f"{stem}.320w.webp"
    assert shown["srcset_avif"] == shown["srcset_webp"].replace(".webp", ".avif")
    for kind in ("avif", "webp"):
        copy = await client.get(f"{stem}.320w.{kind}")
        assert (copy.status, copy.content_type) == (200, f"image/{kind}")
        assert Image.open(io.BytesIO(await copy.read())).size == (320, 160)
    card = (await catalog.cards(ctx)).cards[0].picture
    line = (await catalog.variants(ctx, (await catalog.cards(ctx)).cards[0].variant_ids)).popitem()[1].picture
    tile = (await catalog.categories(ctx))[0].picture
    assert {card.srcset_avif, line.srcset_avif, tile.srcset_avif} == {shown["srcset_avif"]}


async def test_copies_are_made_once_one_picture_after_another_and_again_only_where_they_were_refused(
    ctx, save, stored, monkeypatch, query_log
):
    painted = []

    def paint(storage, source):
        painted.append((threading.current_thread().name, source))
        return real(storage, source)

    real = service._paint
    monkeypatch.setattr(service, "_paint", paint)
    images = tuple(stored(encoded(photo((40 + n, 30)), "PNG"), f"photo-{n}") for n in range(3))
    gone = ImageInput("alpha/gone.png")

    await save(shirt(images=(*images, gone)), shirt(handle="blouse", images=images[:1]))
    await ctx.kernel.jobs.drain(strict=True)
    await save(shirt(title="Shirt 2", images=images))
    await ctx.kernel.jobs.drain(strict=True)
    with query_log.at_most(5):
        await make_renditions.handler(ctx, MakeRenditions(find=True))
    await save(shirt(title="Shirt 3", images=(*images, gone)))
    await ctx.kernel.jobs.drain(strict=True)

    sources = [image.source for image in images]
    assert sorted(source for _, source in painted) == sorted([*sources, gone.source, gone.source])
    assert {name for name, _ in painted} == {"pictures_0"}
    rows = await ctx.fetch_rows("SELECT source, state, widths, reason FROM catalog_rendition ORDER BY source")
    assert [tuple(row.values()) for row in rows] == sorted(
        [(s, "made", [40 + n], "") for n, s in enumerate(sources)] + [(gone.source, "refused", [], "there is no such file")]
    )  # fmt: skip


async def test_pictures_that_nobody_noted_are_found_by_the_hour(ctx, save, stored):
    image = stored(encoded(photo((40, 30)), "PNG"))
    await save(shirt(images=(image,)))
    await ctx.run(lambda session: session.execute(text("DELETE FROM catalog_rendition")))

    await make_renditions.handler(ctx, MakeRenditions(find=True))

    assert (await catalog.product(ctx, "shirt")).pictures[0].srcset_webp.endswith(".40w.webp 40w")


async def test_a_picture_that_stops_the_server_is_not_tried_for_ever(ctx, save, stored, monkeypatch):
    def die(storage, source):
        raise OSError("disk is full")

    monkeypatch.setattr(service, "_paint", die)
    await save(shirt(images=(stored(encoded(photo((40, 30)), "PNG")),)))
    tried = []
    for _ in range(5):
        await make_renditions.handler(ctx, MakeRenditions())
        row = (await ctx.fetch_rows("SELECT state, attempts, reason FROM catalog_rendition"))[0]
        tried.append(tuple(row.values()))
        await ctx.run(
            lambda session: session.execute(
                text("UPDATE catalog_rendition SET due_at = now() - '1 s'::interval")
            )
        )

    words = "OSError: disk is full"
    assert tried == [("waiting", 1, words), ("waiting", 2, words), *[("refused", 3, words)] * 3]
