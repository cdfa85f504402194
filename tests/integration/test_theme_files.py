# SPDX-License-Identifier: Apache-2.0
"""Kept pages and the files they were made of: another theme on disk is another page."""

import pytest
from redis.asyncio import Redis

from shopwright.activation import NewStore

MISTY = NewStore("misty", "Misty", "EUR", "en", ("en",), theme="mist", hosts=("misty.localhost",))
PLAIN = NewStore("plain", "Plain", "EUR", "en", ("en",), theme="atelier", hosts=("plain.localhost",))


@pytest.fixture
def hero(tmp_path):
    """The file of a theme that the home page's first section is in."""
    folder = tmp_path / "themes" / "mist"
    (folder / "sections").mkdir(parents=True)
    (folder / "theme.toml").write_text('name = "mist"\nparent = "foundation"')
    file = folder / "sections" / "hero.html"
    file.write_text("<h1>fog</h1>")
    return file


@pytest.fixture
async def opened(make_kernel, tmp_path, valkey_url):
    """Opens a kernel as a process would: one database and one Valkey for all."""
    urls = []
    async with Redis.from_url(valkey_url) as redis:
        await redis.flushall()

    async def open_one(**config):
        kernel = await make_kernel(
            ["storefront"], [MISTY, PLAIN], redis_url=valkey_url, url=urls[0] if urls else None,
            config={"theme_dirs": (tmp_path / "themes",), **config},
        )  # fmt: skip
        urls.append(kernel.config.database_url)
        return kernel

    return open_one


async def seen(client):
    response = await client.get("/")
    text = await response.text()
    return response.headers["X-Cache"], next(
        word for word in ("fog", "haze", "") if f"<h1>{word}</h1>" in text
    )


async def test_a_theme_changed_on_disk_is_seen_after_the_next_start_and_by_its_stores_only(
    opened, make_client, hero
):
    before = await opened()
    misty, plain = await make_client(before, "misty"), await make_client(before, "plain")
    assert [await seen(misty), await seen(misty)] == [("miss", "fog"), ("hit", "fog")]
    assert (await plain.get("/")).headers["X-Cache"] == "miss"

    hero.write_text("<h1>haze</h1>")
    assert await seen(misty) == ("hit", "fog")

    after = await opened()
    misty, plain = await make_client(after, "misty"), await make_client(after, "plain")
    assert [await seen(misty), await seen(misty)] == [("miss", "haze"), ("hit", "haze")]
    assert (await plain.get("/")).headers["X-Cache"] == "hit"


async def test_whoever_writes_a_theme_sees_each_change_at_once(opened, make_client, hero):
    misty = await make_client(await opened(develop=True), "misty")
    assert [await seen(misty), await seen(misty)] == [("miss", "fog"), ("hit", "fog")]

    hero.write_text("<h1>haze</h1>")
    assert [await seen(misty), await seen(misty)] == [("miss", "haze"), ("hit", "haze")]

    hero.parent.parent.joinpath("theme.toml").write_text("name =")
    assert (await misty.get("/")).status == 200


async def test_naming_a_kept_page_reads_no_files(opened, make_client, hero, monkeypatch):
    kernel = await opened()
    store = kernel.directory.by_code("misty")
    mark = kernel.templates.mark(store)
    hero.unlink()
    monkeypatch.setattr("shopwright.templating.themes.digest", None)

    assert kernel.templates.mark(store) == mark
    assert mark.startswith(kernel.themes.get("mist").mark)
    assert "storefront=0.1.0" in mark
