# SPDX-License-Identifier: Apache-2.0
"""What is found, how much of it is counted, and what other stores cost a search."""

from uuid import UUID

import pytest
from sqlalchemy import text
from tests.shop import system

from shopwright.testing.kernels import ALPHA, BETA
from shopwright_search.services.find import COUNTED, MOST, find

_DOCUMENTS = text("""
INSERT INTO search_document (store_id, id, product_id, locale, title, words, updated_at)
SELECT :store_id, gen_random_uuid(), CAST(left(CAST(gen_random_uuid() AS text), 35) || :digit AS uuid), 'en', :title,
    setweight(to_tsvector('english', :title), 'A') || setweight(to_tsvector('simple', :title), 'A'), now()
FROM generate_series(1, :count)
""")


@pytest.fixture
async def ctx(make_kernel):
    """Give a store with a few lamps, more chairs than are counted, and a neighbour that has thousands of lamps."""
    kernel = await make_kernel(plugins=["search"], stores=[ALPHA, BETA])
    ctx = system(kernel, "alpha")
    await _add(ctx, "Brass lamps", 3, digit="1")
    await _add(ctx, "Oak chair", 210, digit="0")
    await _add(ctx, "Elm shelf", COUNTED + 100, digit="2")
    await _add(system(kernel, "beta"), "Glass lamp", 3000, digit="3")
    return ctx


async def _add(ctx, title: str, count: int, *, digit: str) -> None:
    values = {"store_id": ctx.store.id, "title": title, "count": count, "digit": digit}
    await ctx.run(lambda session: session.execute(_DOCUMENTS, values))


async def test_a_search_finds_words_and_beginnings_counts_to_a_thousand_and_suggests_words(ctx, query_log):
    with query_log.at_most(1):
        lamps = await find(ctx, "Lamp")
    with query_log.at_most(2):
        nothing = await find(ctx, "bras lampp oack")

    assert (len(lamps.ids), lamps.total) == (3, 3)
    assert (await find(ctx, "bra lam")).total == 3
    assert (len((await find(ctx, "elm shelf")).ids), (await find(ctx, "elm")).total) == (MOST, COUNTED + 1)
    # So many in the sample of one in sixteen stand for thousands, whole or begun.
    assert [(await find(ctx, words)).total for words in ("chair", "oak cha")] == [COUNTED + 1] * 2
    assert (nothing.ids, nothing.total, nothing.suggestion) == ((), 0, "")
    assert (await find(ctx, "bras lampp")).suggestion == "brass lamps"
    assert (await find(ctx, "zzzz")).suggestion == ""


async def test_an_entry_of_the_index_is_of_one_store_and_language(ctx):
    keys = "SELECT tsvector_to_array(search_keyed($1, $2, $3, to_tsvector('simple', 'oak lamp')))"
    others = system(ctx.kernel, "beta").store.id
    asked = [(ctx.store.id, "en"), (ctx.store.id, "de"), (others, "en")]
    in_sample, beside = UUID(int=16), UUID(int=17)

    found = [await ctx.fetch_value(keys, *which, in_sample) for which in asked]

    assert len({key for keys_of_one in found for key in keys_of_one}) == 3 * 2 * 2
    assert len(await ctx.fetch_value(keys, *asked[0], beside)) == 2
