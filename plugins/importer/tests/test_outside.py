# SPDX-License-Identifier: Apache-2.0
"""Pictures of other servers: fetched after the import, each once, with what went wrong in the report."""

import csv
import io

import pytest
from plugins.importer.tests.conftest import lamp, text_of
from plugins.importer.tests.pictures import PictureServer, png
from tests.shop import as_staff, system

from shopwright.testing.kernels import ALPHA, BETA
from shopwright_catalog import api as catalog
from shopwright_importer.api import ImportOptions, import_products
from shopwright_importer.services import outside
from shopwright_importer.services.notes import runs

TO_COME = "/static/catalog/picture-to-come.svg"


@pytest.fixture
async def server():
    async with PictureServer() as found:
        yield found


@pytest.fixture
async def kernel(make_kernel, fake_clock):
    return await make_kernel(
        plugins=["importer"], stores=[ALPHA, BETA], clock=fake_clock, config={"private_hosts": ("127.0.0.1",)}
    )


@pytest.fixture
def shown(ctx):
    async def read(handle: str = "lamp") -> list[str]:
        """Where a product's page gets its pictures from."""
        found = await catalog.product(ctx, handle)
        return [picture.src for picture in found.pictures]

    return read


@pytest.fixture
def report(ctx):
    async def read() -> tuple[outside.Counts, list[tuple[str, int, str, str, str]]]:
        """How many pictures of the last import are where, and what is said of those that did not come."""
        [run] = await runs(ctx, 1)
        troubled = [
            (state, finding.line, finding.handle, finding.code, finding.message)
            for state, finding in await outside.troubled(ctx, run.id)
        ]
        return await outside.counts(ctx, run.id), troubled

    return read


async def test_a_picture_is_a_drawing_until_it_is_fetched(ctx, write, server, shown, report):
    address = server.url("good/Lamp.png?v=1")
    done = await import_products(ctx, write(lamp(**{"Image Src": address, "Variant Image": address})))
    before = await shown()
    counted = (await report())[0]

    await ctx.kernel.jobs.drain(strict=True)

    [source] = await shown()
    variant = await ctx.fetch_value("SELECT image_source FROM catalog_variant")
    assert (done.pictures_waiting, done.images, before) == (1, 1, [TO_COME])
    assert (counted, await report()) == (outside.Counts(waiting=1), (outside.Counts(stored=1), []))
    assert source.startswith("/media/alpha/Lamp-")
    assert source == f"/media/{variant}"
    assert (ctx.kernel.config.media_path / variant).read_bytes() == png()


async def test_an_address_is_fetched_once_however_often_it_is_named(ctx, write, server, shown):
    address = server.url("good/a.png")
    rows = [lamp(f"lamp-{number}", **{"Image Src": address}) for number in range(60)]
    await import_products(ctx, write(*rows))
    await ctx.kernel.jobs.drain(strict=True)
    await import_products(ctx, write(*rows, lamp("desk", **{"Image Src": address})))
    desk = await shown("desk")
    await ctx.kernel.jobs.drain(strict=True)

    assert server.asked == {"good/a.png": 1}
    assert desk == await shown("lamp-0") == await shown("lamp-59") != [TO_COME]


async def test_an_import_that_is_repeated_changes_nothing(ctx, write, server):
    path = write(lamp(**{"Image Src": server.url("good/a.png")}))
    await import_products(ctx, path)
    await ctx.kernel.jobs.drain(strict=True)
    before = await ctx.fetch_rows("SELECT id, version FROM catalog_product")

    again = await import_products(ctx, path)

    assert (again.products_unchanged, again.pictures_waiting) == (1, 0)
    assert await ctx.fetch_rows("SELECT id, version FROM catalog_product") == before


async def test_a_product_that_the_file_changes_keeps_its_fetched_picture(ctx, write, server, shown):
    address = server.url("good/a.png")
    await import_products(ctx, write(lamp(**{"Image Src": address})))
    await ctx.kernel.jobs.drain(strict=True)
    before = await shown()

    await import_products(ctx, write(lamp(price="12.00", **{"Image Src": address})))

    assert await shown() == before != [TO_COME]
    assert server.asked == {"good/a.png": 1}


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("gone/a.png", "picture_status", "the server answers 404"),
        ("text/a.png", "image_refused", "a.png is not an image we take; use PNG, JPEG, WebP, AVIF or GIF."),
        ("large/a.png", "picture_too_large", "is larger than 10 MB"),
        (
            "to/a.png?url=http://localhost/a.png",
            "picture_private",
            "leads into a private network (localhost)",
        ),
        ("hop/9", "picture_redirects", "is forwarded more than 3 times"),
    ],
)
async def test_what_cannot_be_had_is_told_with_its_line_and_not_asked_for_again(
    ctx, write, server, shown, report, fake_clock, path, code, words
):
    address = server.url(path)
    await import_products(ctx, write(lamp("first"), lamp("second", **{"Image Src": address})))
    await ctx.kernel.jobs.drain(strict=True)
    asked = server.asked.copy()
    fake_clock.advance(7200)
    await ctx.kernel.jobs.drain(strict=True)

    counts, [(state, line, handle, told, message)] = await report()
    assert counts == outside.Counts(refused=1)
    assert (state, line, handle, told) == ("refused", 3, "second", code)
    assert message.startswith(address)
    assert words in message
    assert await shown("second") == [TO_COME]
    assert server.asked == asked


async def test_a_server_in_trouble_is_asked_again_later_and_later(
    ctx, write, server, shown, report, fake_clock
):
    server.failing = 2
    await import_products(ctx, write(lamp(**{"Image Src": server.url("good/a.png")})))
    await ctx.kernel.jobs.drain(strict=True)
    troubled = await report()
    asked = []
    for seconds in (9, 2, 48, 3):
        fake_clock.advance(seconds)
        await ctx.kernel.jobs.drain(strict=True)
        asked.append(server.asked["good/a.png"])

    words = f"{server.url('good/a.png')}: the server answers 503."
    assert troubled == (outside.Counts(waiting=1), [("waiting", 2, "lamp", "picture_status", words)])
    assert asked == [1, 2, 2, 3]
    assert (await report(), await shown() == [TO_COME]) == ((outside.Counts(stored=1), []), False)


async def test_after_six_attempts_a_picture_is_given_up(ctx, write, server, report, fake_clock):
    server.failing = 100
    await import_products(ctx, write(lamp(**{"Image Src": server.url("good/a.png")})))
    for _ in range(10):
        await ctx.kernel.jobs.drain(strict=True)
        fake_clock.advance(3700)

    assert (await report())[0] == outside.Counts(refused=1)
    assert server.asked["good/a.png"] == 6


async def test_a_refused_picture_is_tried_anew_by_the_next_import_only(ctx, write, server, shown, fake_clock):
    address = server.url("gone/a.png")
    path = write(lamp(**{"Image Src": address}))
    await import_products(ctx, path)
    await ctx.kernel.jobs.drain(strict=True)
    fake_clock.advance(60)
    again = await import_products(ctx, path)
    await ctx.kernel.jobs.drain(strict=True)

    assert again.pictures_waiting == 1
    assert server.asked == {"gone/a.png": 2}


async def test_a_fetch_whose_worker_died_is_done_by_another(ctx, write, server, shown, fake_clock):
    await import_products(ctx, write(lamp(**{"Image Src": server.url("good/a.png")})))
    claimed = await outside.claim(ctx)
    await ctx.kernel.jobs.drain(strict=True)
    meanwhile = server.asked.copy()
    fake_clock.advance(outside.LEASE.total_seconds() + 1)
    await ctx.kernel.jobs.drain(strict=True)

    assert (claimed.attempt, meanwhile) == (1, {})
    assert await shown() != [TO_COME]


async def test_two_at_once_never_take_the_same_picture(ctx, write, server):
    rows = [lamp(f"lamp-{n}", **{"Image Src": server.url(f"good/{n}.png")}) for n in range(12)]
    await import_products(ctx, write(*rows))

    await ctx.kernel.jobs.drain(strict=True)

    assert set(server.asked.values()) == {1}
    assert len(server.asked) == 12


async def test_each_store_fetches_for_itself(ctx, kernel, write, server):
    path = write(lamp(**{"Image Src": server.url("good/a.png")}))
    beta = system(kernel, "beta")
    await import_products(ctx, path)
    await import_products(beta, path)
    await kernel.jobs.drain(strict=True)

    sources = [await x.fetch_value("SELECT source FROM catalog_image") for x in (ctx, beta)]
    assert [source.partition("/")[0] for source in sources] == ["alpha", "beta"]
    assert server.asked == {"good/a.png": 2}


async def test_an_import_that_goes_on_fetches_all_its_pictures(ctx, write, server, report):
    rows = [lamp(f"lamp-{n:03}", **{"Image Src": server.url(f"good/{n}.png")}) for n in range(110)]
    path = write(*rows)

    def stop(done: int, size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await import_products(ctx, path, progress=stop)
    await ctx.kernel.jobs.drain(strict=True)
    await import_products(ctx, path)
    await ctx.kernel.jobs.drain(strict=True)
    anew = await import_products(ctx, path, options=ImportOptions(restart=True))

    assert ((await report())[0], anew.pictures_waiting) == (outside.Counts(stored=110), 0)
    assert set(server.asked.values()) == {1}


async def test_the_report_shows_progress_and_what_did_not_come_in_the_readers_language(
    ctx, write, server, make_client
):
    good, gone = server.url("good/a.png"), server.url("gone/b.png")
    rows = [lamp("a", **{"Image Src": good}), lamp("b", **{"Image Src": gone}), lamp("c", price="x")]
    path = write(*rows)
    path.write_text(text_of(*rows))
    await import_products(ctx, path)
    staff = await as_staff(ctx, make_client)
    [run] = await runs(ctx, 1)
    before = await staff.get(f"/admin/import/{run.id}")
    first = await before.text()
    await ctx.kernel.jobs.drain(strict=True)
    after = await staff.get(f"/admin/import/{run.id}")
    page = await after.text()
    table = list(
        csv.reader(
            io.StringIO(
                (await (await staff.get(f"/admin/import/{run.id}/report.csv")).read()).decode("utf-8-sig")
            )
        )
    )

    assert (before.headers["Refresh"], "Refresh" in after.headers) == ("5", False)
    assert "0 of 2 fetched" in first
    assert "Waiting: 2." in first
    assert "1 of 2 fetched" in page
    assert f"{gone}: the server answers 404." in page
    assert [row[:4] for row in table[1:]] == [
        ["4", "c", "refusal", "price_wrong"],
        ["3", "b", "picture", "picture_status"],
    ]


async def test_a_plugin_that_was_off_meanwhile_goes_on_within_the_hour(
    ctx, kernel, write, server, fake_clock
):
    from shopwright.activation import switch_plugin

    await kernel.jobs.tick()
    await import_products(ctx, write(lamp(**{"Image Src": server.url("good/a.png")})))
    await switch_plugin(ctx, "importer", enabled=False)
    await kernel.jobs.drain(strict=True)
    asked = server.asked.copy()
    await switch_plugin(system(kernel, "alpha"), "importer", enabled=True)
    fake_clock.advance(3600)
    await kernel.jobs.tick()
    await kernel.jobs.drain(strict=True)

    assert (asked, server.asked) == ({}, {"good/a.png": 1})
