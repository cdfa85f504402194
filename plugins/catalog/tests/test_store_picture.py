# SPDX-License-Identifier: Apache-2.0
"""Pictures are stored upright and without what they tell about people; what could harm the server is refused."""

import io
import struct
import time
import zlib

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from shopwright_catalog.api import PictureError, store_picture
from shopwright_catalog.services import clean_picture

SECRET = b"Hafenstrasse 7"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def photo(size=(60, 40)) -> Image.Image:
    """A picture that is red on the left and blue on the right."""
    image = Image.new("RGB", size, (20, 20, 220))
    image.paste((220, 20, 20), (0, 0, size[0] // 2, size[1]))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: which way it was held, its maker, and where it was."""
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010F] = SECRET.decode()
    found.get_ifd(0x8825).update(
        {1: "N", 2: (53.0, 52.0, 10.0), 3: "E", 4: (10.0, 41.0, 5.0), 29: SECRET.decode()}
    )
    return found


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def bare_png(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A PNG of nothing but head, data and end."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", pixels),
        (b"IEND", b""),
    )
    parts = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.fixture
def stored(ctx, tmp_path):
    def put(content: bytes, name: str = "photo") -> tuple[bytes, Image.Image]:
        """Store a file; gives the bytes that customers get, and the picture they show."""
        path = tmp_path / "upload"
        path.write_bytes(content)
        source = store_picture(ctx, path, name=name).source
        kept = (ctx.kernel.config.media_path / source).read_bytes()
        return kept, Image.open(io.BytesIO(kept))

    return put


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_photo_held_upright_is_stored_turned_and_without_its_place(stored, kind):
    content = encoded(photo(), kind, exif=exif(6), icc_profile=SRGB, quality=90)
    assert SECRET in content

    kept, image = stored(content)

    assert (image.format, image.size) == (kind, (40, 60))
    top, bottom = image.convert("RGB").getpixel((20, 10)), image.convert("RGB").getpixel((20, 50))
    assert [round(value, -2) for value in (top[0], top[2], bottom[0], bottom[2])] == [200, 0, 0, 200]
    assert SECRET not in kept
    assert dict(image.getexif()) == {}
    assert image.info["icc_profile"] == SRGB


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_need_not_be_turned_keeps_every_pixel_and_its_colours(stored, kind):
    content = encoded(photo(), kind, exif=exif(), icc_profile=SRGB, quality=90)

    kept, image = stored(content)

    assert image.tobytes() == Image.open(io.BytesIO(content)).tobytes()
    assert SECRET not in kept
    assert dict(image.getexif()) == {}
    assert image.info["icc_profile"] == SRGB


def test_a_picture_without_metadata_is_stored_byte_for_byte(stored):
    for kind in ("PNG", "WEBP", "GIF", "AVIF"):
        content = encoded(photo(), kind)

        assert stored(content)[0] == content


def test_texts_in_a_png_are_left_out(stored):
    texts = PngInfo()
    texts.add_text("Author", SECRET.decode())
    texts.add_itxt("XML:com.adobe.xmp", SECRET.decode(), zip=False)
    content = encoded(photo(), "PNG", pnginfo=texts)
    assert content.count(SECRET) == 2

    kept, image = stored(content)

    assert SECRET not in kept
    assert image.text == {}
    assert image.tobytes() == photo().tobytes()


def test_comments_previews_and_what_hangs_behind_a_jpeg_are_left_out(stored):
    head = encoded(photo(), "JPEG", comment=SECRET, xmp=SECRET, progressive=True)
    preview = b"\xff\xed" + struct.pack(">H", 2 + len(SECRET)) + SECRET
    content = head[:2] + preview + head[2:] + SECRET
    assert content.count(SECRET) == 4

    kept, image = stored(content)

    assert SECRET not in kept
    assert image.tobytes() == Image.open(io.BytesIO(head)).tobytes()


def test_a_picture_with_a_second_one_behind_it_is_a_jpeg(stored):
    content = encoded(photo(), "MPO", save_all=True, append_images=[photo((8, 8))])

    kept, image = stored(content)

    assert (image.format, image.size) == ("JPEG", (60, 40))
    assert len(kept) < len(content)


def test_a_gif_keeps_moving_and_loses_its_comment(stored):
    frames = [Image.new("L", (6, 6), 80 * number) for number in range(3)]
    content = encoded(
        frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0, duration=80, comment=SECRET
    )
    assert SECRET in content

    kept, image = stored(content)

    assert SECRET not in kept
    assert (image.n_frames, image.info["loop"], image.info["duration"]) == (3, 0, 80)


def test_the_same_file_is_stored_once(stored, ctx):
    content = encoded(photo(), "JPEG", exif=exif(6))

    stored(content)
    stored(content)

    assert len([path for path in ctx.kernel.config.media_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (12_000, 9_000), (7_200, 7_000)])
def test_a_bomb_is_refused_before_it_is_unpacked(stored, ctx, monkeypatch, width, height):
    line = b"\0" + b"\xff" * ((width + 7) // 8)
    content = bare_png(width, height, zlib.compress(line * height, 9))
    assert len(content) < 500_000
    began = time.process_time()

    with pytest.raises(PictureError, match=r"^bomb.png has more than 50 million pixels. Make it smaller.$"):
        stored(content, "bomb.png")

    assert time.process_time() - began < 0.2
    assert not ctx.kernel.config.media_path.exists()


@pytest.mark.parametrize(
    "content",
    [
        encoded(photo(), "JPEG")[:500],
        encoded(photo((300, 300)), "PNG")[:-40],
        encoded(photo(), "WEBP")[:-30],
        bare_png(40, 30, b"no pixels"),
        encoded(photo(), "BMP"),
        b"GIF89a",
        b"\xff\xd8\xff\xe0\x00",
    ],
)
def test_a_broken_file_is_refused_and_nothing_is_stored(stored, ctx, content):
    with pytest.raises(PictureError, match=r"^a.png is not an image we take;"):
        stored(content, "a.png")

    assert not ctx.kernel.config.media_path.exists()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_broken_note_of_the_camera_does_not_matter(stored):
    content = encoded(photo(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + SECRET)

    assert SECRET not in stored(content)[0]


def test_a_picture_can_be_as_large_as_is_said(stored):
    side = int(clean_picture.MAX_PIXELS**0.5)
    line = b"\0" + b"\xff" * ((side + 7) // 8)

    assert stored(bare_png(side, side, zlib.compress(line * side, 9)))[1].size == (side, side)
