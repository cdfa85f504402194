# SPDX-License-Identifier: Apache-2.0
"""Pictures in a bucket: kept and shown over HTTP, by a server that speaks S3."""

import asyncio
import io

import aiohttp
import pytest
from aiohttp import FormData
from PIL import Image
from plugins.catalog.tests.conftest import shirt
from plugins.catalog.tests.s3_service import BUCKET, KEY_ID, REGION, SECRET, s3_service
from plugins.catalog.tests.test_admin import fields_of
from tests.shop import as_staff, system

from shopwright.testing.kernels import ALPHA
from shopwright_catalog.api import CategoryInput, save_category, save_product, store_picture
from shopwright_catalog.services.storage import StorageError, storage_of


@pytest.fixture
async def s3():
    """The address of an S3 service."""
    async with s3_service() as service:
        yield service.address


def config(endpoint: str, **values) -> dict:
    return {
        "media_s3_endpoint": endpoint, "media_s3_bucket": BUCKET, "media_s3_region": REGION,
        "media_s3_key_id": KEY_ID, "media_s3_secret": SECRET, "media_url": f"{endpoint}/{BUCKET}", **values,
    }  # fmt: skip


@pytest.fixture
async def ctx(make_kernel, s3):
    kernel = await make_kernel(plugins=["catalog"], stores=[ALPHA], config=config(s3))
    return system(kernel, "alpha")


async def test_pictures_and_their_copies_are_kept_in_the_bucket_and_shown_from_there(
    ctx, s3, make_client, tmp_path
):
    content = io.BytesIO()
    Image.new("RGB", (400, 300), (200, 90, 10)).save(content, "PNG")
    (tmp_path / "lamp.png").write_bytes(content.getvalue())
    client = await make_client(ctx.kernel, "alpha")

    image, again = [await asyncio.to_thread(store_picture, ctx, tmp_path / "lamp.png") for _ in range(2)]
    await ctx.run(lambda session: save_product(ctx, session, shirt(images=(image,))))
    await ctx.run(
        lambda session: save_category(ctx, session, CategoryInput("tops", "Tops", image_source=image.source))
    )
    await ctx.kernel.jobs.drain(strict=True)
    shown = (await (await client.get("/api/v1/products/shirt")).json())["pictures"][0]
    moved = await client.get(f"/media/{image.source}", allow_redirects=False)

    assert image == again
    assert (image.width, image.height) == (400, 300)
    assert not ctx.kernel.config.media_path.exists()
    stem = f"{s3}/pictures/{image.source.removesuffix('.png')}"
    assert (shown["src"], shown["small"]) == (f"{stem}.png", f"{stem}.320w.webp")
    assert shown["srcset_avif"] == f"{stem}.320w.avif 320w, {stem}.400w.avif 400w"
    assert (moved.status, moved.headers["Location"]) == (302, shown["src"])
    async with aiohttp.ClientSession() as session:
        for ending, kind in (("png", "png"), ("320w.avif", "avif"), ("400w.webp", "webp")):
            async with session.get(f"{stem}.{ending}") as answer:
                assert (answer.status, answer.content_type) == (200, f"image/{kind}")
                assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
                assert Image.open(io.BytesIO(await answer.read())).format == kind.upper()


async def test_pages_may_load_pictures_from_there_and_from_nowhere_else(ctx, s3, make_client):
    client = await make_client(ctx.kernel, "alpha")

    policy = (await client.get("/admin/login")).headers["Content-Security-Policy"]

    assert f"img-src 'self' data: {s3};" in policy
    assert policy.count("http") == 1


async def test_a_bucket_that_does_not_answer_is_told_in_the_form_and_nothing_is_saved(
    make_kernel, make_client, picture, s3
):
    kernel = await make_kernel(
        plugins=["catalog"], stores=[ALPHA], config=config(s3, media_s3_bucket="nowhere")
    )
    ctx = system(kernel, "alpha")
    staff = await as_staff(ctx, make_client)
    values = fields_of(await (await staff.get("/admin/products/new")).text())

    form = FormData(values | {"title": "Lamp", "price.0": "1"})
    form.add_field("upload", picture(), filename="lamp.png", content_type="image/png")
    answer = await staff.request("POST", "/admin/products/new", data=form, allow_redirects=False)

    assert answer.status == 422
    assert "Pictures cannot be kept at the moment. Try again in a minute." in await answer.text()
    assert await ctx.fetch_value("SELECT count(*) FROM catalog_product") == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"media_s3_bucket": "nowhere"}, "404 Not Found"),
        ({"media_s3_secret": "guessed"}, "lacked the necessary privileges"),
    ],
)
async def test_a_bucket_that_does_not_let_us_in_is_no_missing_picture(make_kernel, s3, wrong, words):
    kernel = await make_kernel(plugins=["catalog"], stores=[ALPHA], config=config(s3, **wrong))
    storage = storage_of(system(kernel, "alpha"))

    with pytest.raises(StorageError, match=words):
        await asyncio.to_thread(storage.write, "alpha/a.png", b"")
