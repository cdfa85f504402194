# SPDX-License-Identifier: Apache-2.0
"""Pictures at outside addresses: a drawing until they are stored, and then themselves wherever they were named."""

from dataclasses import replace

import pytest
from plugins.catalog.tests.conftest import shirt

from shopwright_catalog import api as catalog
from shopwright_catalog.api import ImageInput, Picture

FRONT, BACK = "https://img.example/front.jpg", "https://img.example/back.jpg?v=2"
TO_COME = "/static/catalog/picture-to-come.svg"


@pytest.fixture
def place(ctx):
    async def put(pictures):
        return await ctx.run(lambda session: catalog.place_pictures(ctx, session, pictures))

    return put


def with_pictures(*sources: str, **values):
    images = tuple(ImageInput(source, f"Side {n}") for n, source in enumerate(sources))
    small, large = shirt().variants
    return shirt(images=images, variants=(small, replace(large, image_source=sources[-1])), **values)


async def test_a_drawing_stands_for_what_is_not_stored(ctx, save, client):
    [saved] = await save(with_pictures(FRONT, BACK))

    page = await catalog.product(ctx, "shirt")
    [card] = (await catalog.cards(ctx)).cards
    variant = (await catalog.variants(ctx, saved.variant_ids))[saved.variant_ids[1]]
    drawing = await client.get(TO_COME)

    assert page.pictures == (Picture(TO_COME, "Side 0", 800, 800),)
    assert {card.picture.src, variant.picture.src, page.variants[1].picture.src} == {TO_COME}
    assert (drawing.status, drawing.content_type) == (200, "image/svg+xml")


async def test_a_stored_picture_is_shown_wherever_its_address_was_named(ctx, save, place):
    await save(
        with_pictures(FRONT, BACK), with_pictures(BACK, handle="other"), shirt(handle="third", images=())
    )

    changed = await place({BACK: ImageInput("alpha/back-1.jpg", "", 0, 30, 20)})

    page, other = await catalog.product(ctx, "shirt"), await catalog.product(ctx, "other")
    assert changed == 2
    assert page.pictures == (Picture("/media/alpha/back-1.jpg", "Side 1", 30, 20),)
    assert page.variants[1].picture == page.pictures[0]
    assert other.pictures == (Picture("/media/alpha/back-1.jpg", "Side 0", 30, 20),)


async def test_two_addresses_of_one_picture_become_one(ctx, save, place):
    await save(with_pictures(FRONT, BACK))
    image = ImageInput("alpha/side.jpg", "", 0, 30, 20)

    await place({FRONT: image})
    await place({BACK: image})
    after_each = await catalog.product(ctx, "shirt")
    await save(with_pictures(BACK, FRONT, title="New"))
    await place({FRONT: image, BACK: image})
    after_both = await catalog.product(ctx, "shirt")

    assert after_each.pictures == (Picture("/media/alpha/side.jpg", "Side 0", 30, 20),)
    assert after_both.pictures == (Picture("/media/alpha/side.jpg", "Side 0", 30, 20),)
    assert after_both.variants[1].picture == after_both.pictures[0]


async def test_placing_is_a_change_that_an_open_editor_hears_of(ctx, save, place):
    await save(with_pictures(FRONT), shirt(handle="other", images=()))

    await place({FRONT: ImageInput("alpha/front.jpg", "", 0, 30, 20)})
    again = await place({FRONT: ImageInput("alpha/front.jpg", "", 0, 30, 20)})

    rows = await ctx.fetch_rows("SELECT handle, version FROM catalog_product ORDER BY handle")
    assert [tuple(row) for row in rows] == [("other", 1), ("shirt", 2)]
    assert again == 0


async def test_the_product_file_that_is_saved_again_is_no_change(ctx, save, place):
    await save(with_pictures(FRONT))
    await place({FRONT: ImageInput("alpha/front.jpg", "", 0, 30, 20)})

    [again] = await save(with_pictures(FRONT))

    assert again.outcome == "unchanged"
    assert (await catalog.product(ctx, "shirt")).pictures[0].src == "/media/alpha/front.jpg"


async def test_the_editor_shows_no_picture_of_strangers(save, staff):
    [saved] = await save(with_pictures(FRONT, "alpha/there.png"))

    page = await (await staff.get(f"/admin/products/{saved.id}")).text()

    assert f'<img src="{TO_COME}"' in page
    assert '<img src="/media/alpha/there.png"' in page
    assert f'<img src="{FRONT}' not in page
