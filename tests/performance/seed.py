# SPDX-License-Identifier: Apache-2.0
"""``make seed SCALE=100000``: fill a store with products as real shops have them, thousands a second.

Rows are written by a few statements a batch, past the services; what they write is what those would have
written, and ``shopwright doctor`` finds nothing in it. Run again, after an interruption too, it adds what is missing
up to the scale: a batch is one transaction, and numbers that are not there are looked for.
"""

import argparse
import asyncio
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils import uuid7

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.performance.meter import backends, seconds_of

from shopwright.activation import NewStore, create_store
from shopwright.actor import SYSTEM
from shopwright.cli.common import database, open_kernel
from shopwright.cli.migrate import run_all
from shopwright.config import Config, load_config
from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.kernel import Kernel
from shopwright.stores import Store
from shopwright.testing.kernels import enable_all
from shopwright_catalog import api as catalog

BATCH, WRITERS, TELL_EVERY = 2000, 2, 10.0
CATEGORIES = 40
THINGS = {
    "Lamp": "Lampe", "Chair": "Stuhl", "Table": "Tisch", "Rug": "Teppich", "Vase": "Vase", "Mug": "Becher",
    "Tent": "Zelt", "Bag": "Tasche", "Clock": "Uhr", "Shelf": "Regal", "Blanket": "Decke", "Kettle": "Kessel",
    "Knife": "Messer", "Pan": "Pfanne", "Mirror": "Spiegel", "Stool": "Hocker", "Basket": "Korb", "Jacket": "Jacke",
}  # fmt: skip
KINDS = {
    "oak": "aus Eiche", "linen": "aus Leinen", "steel": "aus Stahl", "glass": "aus Glas", "wool": "aus Wolle",
    "brass": "aus Messing", "clay": "aus Ton", "cork": "aus Kork", "paper": "aus Papier", "rattan": "aus Rattan",
}  # fmt: skip
NAMES = [
    "Anker",
    "Boje",
    "Calm",
    "Dune",
    "Elbe",
    "Fjord",
    "Gale",
    "Hafen",
    "Isle",
    "Jetty",
    "Kai",
    "Luv",
    "Mole",
]
_THINGS, _KINDS = list(THINGS), list(KINDS)
SIZES, COLOURS = ("S", "M", "L", "XL"), ("black", "white", "sand", "moss", "rust")
VENDORS = [f"{name} {kind}" for name in NAMES for kind in ("Works", "Brothers", "Studio")]

_PRODUCTS = text("""
INSERT INTO catalog_product (store_id, id, handle, title, description_html, vendor, product_type, tags, published,
    option_names, position, price_min, price_max, translations, created_at, updated_at)
SELECT :store_id, id, handle, title, description, vendor, kind, tags, true, options, position, price_min,
    price_max, translations, :now, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x (id uuid, handle text, title text, description text,
    vendor text, kind text, tags text[], options text[], position integer, price_min bigint, price_max bigint,
    translations jsonb)
""")
_MEMBERS = text("""
INSERT INTO catalog_category_product (store_id, id, category_id, product_id)
SELECT :store_id, member_id, category_id, id
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS x (id uuid, member_id uuid, category_id uuid)
""")
_VARIANT = {
    "id": "uuid", "product_id": "uuid", "position": "integer", "sku": "text", "options": "text", "price": "bigint",
    "compare_at": "bigint", "weight": "integer", "level_id": "uuid", "move_id": "uuid", "stock": "integer",
}  # fmt: skip
"""Columns of a variant with its stock, sent as one array each; options are joined by a bar."""
_VARIANTS = text(f"""
WITH rows AS (
    SELECT id, product_id, position, sku, coalesce(string_to_array(nullif(options, ''), '|'), '{{}}') AS options, price,
        compare_at, weight, level_id, move_id, stock
    FROM unnest({", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _VARIANT.items())})
        AS x ({", ".join(_VARIANT)})
), variants AS (
    INSERT INTO catalog_variant (store_id, id, product_id, position, sku, options, price, compare_at, weight_grams)
    SELECT :store_id, id, product_id, position, sku, options, price, compare_at, weight FROM rows
), items AS (
    INSERT INTO inventory_item (store_id, id, tracked) SELECT :store_id, id, true FROM rows
), levels AS (
    INSERT INTO inventory_level (store_id, id, variant_id, location_id, on_hand)
    SELECT :store_id, level_id, id, :location_id, stock FROM rows
)
INSERT INTO inventory_move (store_id, id, variant_id, location_id, quantity, reason, actor, at)
SELECT :store_id, move_id, id, :location_id, stock, 'counted', 'seed', :now FROM rows WHERE stock > 0
""")
_DOCUMENT = ("id", "product_id", "locale", "title", "names", "body")
_DOCUMENTS = text("""
INSERT INTO search_document (store_id, id, product_id, locale, title, words, updated_at)
SELECT :store_id, id, product_id, locale, title,
    setweight(to_tsvector(search_config(locale), title), 'A') || setweight(to_tsvector('simple', title), 'A')
    || setweight(to_tsvector('simple', names), 'B') || setweight(to_tsvector(search_config(locale), names), 'B')
    || setweight(to_tsvector(search_config(locale), body), 'D'), :now
FROM unnest(CAST(:id AS uuid[]), CAST(:product_id AS uuid[]), CAST(:locale AS text[]), CAST(:title AS text[]),
    CAST(:names AS text[]), CAST(:body AS text[])) AS x (id, product_id, locale, title, names, body)
""")
_MISSING = """
SELECT min(n) AS first, count(*) AS count FROM (
    SELECT n, n - row_number() OVER (ORDER BY n) AS gap FROM (
        SELECT n FROM generate_series(0, $1::integer - 1) AS n
        EXCEPT SELECT substring(handle FROM 6)::integer FROM catalog_product WHERE handle ~ '^seed-[0-9]{1,9}$'
    ) AS missing
) AS gaps GROUP BY gap ORDER BY 1
"""
_LOCATION = "SELECT id FROM inventory_location ORDER BY priority, id LIMIT 1"


@dataclass
class Rows:
    """The rows of one batch, by table."""

    products: list[dict[str, Any]] = field(default_factory=list)
    variants: list[dict[str, Any]] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)


def make(first: int, count: int, categories: list[Any]) -> Rows:
    """Make products by number; the same number gives the same product but for its ids."""
    rows = Rows()
    for number in range(first, first + count):
        dice = random.Random(number)
        thing, kind, name = dice.choice(_THINGS), dice.choice(_KINDS), dice.choice(NAMES)
        title = f"{name} {kind} {thing.lower()} {number}"
        german = f"{THINGS[thing]} {name} {KINDS[kind]} {number}"
        vendor, product_id = dice.choice(VENDORS), new_id()
        variants = list(_variants(dice, number, product_id))
        prices = [variant["price"] for variant in variants]
        rows.variants += variants
        rows.products.append(
            {
                "id": product_id, "member_id": new_id(), "category_id": dice.choice(categories),
                "handle": f"seed-{number}", "title": title, "vendor": vendor, "kind": thing,
                "description": f"<p>{title}, made by {vendor}. It lasts, and it can be mended.</p>",
                "tags": [kind, name.lower()], "options": ["Size", "Colour"] if len(variants) > 1 else [],
                "position": number, "price_min": min(prices), "price_max": max(prices),
                "translations": {"de": {"title": german}},
            }
        )  # fmt: skip
        for locale, words in (("en", title), ("de", german)):
            document = {"id": uuid7(), "product_id": product_id, "locale": locale, "title": words}
            values = dict.fromkeys(
                value for variant in variants for value in variant["options"].split("|") if value
            )
            names = [vendor, thing, kind, name.lower(), *(variant["sku"] for variant in variants), *values]
            body = f"{title}, made by {vendor}. It lasts, and it can be mended."
            rows.documents.append({**document, "names": " ".join(names), "body": body})
    return rows


def _variants(dice: random.Random, number: int, product_id: Any) -> Iterator[dict[str, Any]]:
    """Make one to eight variants; every fifth product is reduced."""
    choices = [
        (size, colour) for size in SIZES[: dice.randint(1, 4)] for colour in COLOURS[: dice.randint(1, 2)]
    ]
    base = dice.randint(5, 400) * 100 - 10
    for place, options in enumerate(choices):
        price = base + place * 200
        yield {
            "id": uuid7(), "product_id": product_id, "position": place, "sku": f"S{number}-{place}",
            "options": "|".join(options) if len(choices) > 1 else "", "price": price,
            "compare_at": price * 5 // 4 if number % 5 == 0 else None, "weight": dice.randint(1, 40) * 100,
            "level_id": uuid7(), "move_id": uuid7(), "stock": dice.choice((0, 3, 12, 40, 250)),
        }  # fmt: skip


@dataclass
class Spent:
    """How many seconds went into each step, over all writers: they work beside each other."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, step: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - began


async def write(ctx: Context, rows: Rows, location_id: Any, spent: Spent) -> None:
    """Write a batch in one transaction."""
    common = {"store_id": ctx.store.id}
    now = {"now": ctx.clock.now()}

    async def work(session: AsyncSession) -> None:
        products = {"rows": _json(rows.products)}
        with spent.on("products"):
            await session.execute(_PRODUCTS, common | now | products)
        with spent.on("categories"):
            await session.execute(_MEMBERS, common | products)
        variants = _columns(rows.variants, _VARIANT) | {"location_id": location_id}
        with spent.on("variants and stock"):
            await session.execute(_VARIANTS, common | now | variants)
        with spent.on("search documents"):
            await session.execute(_DOCUMENTS, common | now | _columns(rows.documents, _DOCUMENT))

    await ctx.run(work)


def _columns(rows: list[dict[str, Any]], names: Iterable[str]) -> dict[str, Any]:
    """Give each column as a list: the driver sends it in its own form, and nothing is parsed."""
    return {name: [row[name] for row in rows] for name in names}


def _json(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()


async def prepare(kernel: Kernel, code: str) -> tuple[Context, list[Any], Any]:
    """Make the store, its categories and its location, if they are not there yet."""
    store = kernel.directory.by_code(code)
    if store is None:
        new = NewStore(code, code.title(), "EUR", "en", ("en", "de"), hosts=(f"{code}.localhost",))
        store = await create_store(kernel, new)
        await enable_all(kernel, store)
        await _owner(kernel, store)
    ctx = kernel.context(kernel.directory.by_code(code) or store, actor=SYSTEM)

    async def work(session: AsyncSession) -> list[Any]:
        return [
            await catalog.save_category(
                ctx, session, catalog.CategoryInput(f"shelf-{i}", f"Shelf {i}", position=i)
            )
            for i in range(CATEGORIES)
        ]

    categories = await ctx.run(work)
    location_id = await ctx.fetch_value(_LOCATION)
    if location_id is None:
        location_id = await ctx.run(lambda session: _first_location(ctx, session))
    return ctx, categories, location_id


async def tidy(url: str) -> None:
    """Do at once what the server does by itself after a while: clean up, and learn how the values lie."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


async def _owner(kernel: Kernel, store: Store) -> None:
    email, password = f"owner@{store.code}.example", secrets.token_urlsafe(12)
    ctx = kernel.context(store, actor=SYSTEM)
    await kernel.auth.staff.create(ctx, email=email, name="Owner", password=password, role="owner")
    print(f"The store {store.code} is new. Its owner: {email}, password {password}")


async def _first_location(ctx: Context, session: AsyncSession) -> Any:
    made = text("""
    INSERT INTO inventory_location (store_id, id, code, name) VALUES (:store_id, :id, 'main', 'Main') RETURNING id
    """)
    return (await session.execute(made, {"store_id": ctx.store.id, "id": new_id()})).scalar_one()


async def seed(kernel: Kernel, code: str, scale: int) -> tuple[int, float]:
    """Fill a store up to a number of products; gives how many were added, and the seconds it took."""
    ctx, categories, location_id = await prepare(kernel, code)
    gaps = [(row["first"], row["count"]) for row in await ctx.fetch_rows(_MISSING, scale)]
    todo = iter(
        [
            (n, min(BATCH, first + count - n))
            for first, count in gaps
            for n in range(first, first + count, BATCH)
        ]
    )
    missing = sum(count for _, count in gaps)
    began, spent = time.perf_counter(), Spent()
    with showing(code, scale, scale - missing) as advance:

        async def writer() -> None:
            for first, count in todo:
                with spent.on("making them up"):
                    rows = await asyncio.to_thread(make, first, count, categories)
                await write(ctx, rows, location_id, spent)
                advance(count)

        await asyncio.gather(*(writer() for _ in range(WRITERS)))
    seconds = time.perf_counter() - began
    if not missing:
        return 0, seconds
    for step, taken in sorted(spent.seconds.items(), key=lambda item: -item[1]):
        print(f"  {step}: {taken:.0f} s of {WRITERS} writers")

    pids = await backends(kernel.config.database_url or "")
    database = sum(map(seconds_of, pids))
    print(f"  processor time: {time.process_time():.0f} s here, {database:.0f} s of the database")

    await ctx.run(lambda session: kernel.events.invalidate(ctx, session, ["*"]))
    return missing, seconds


@contextmanager
def showing(code: str, scale: int, done: int) -> Iterator[Callable[[int], None]]:
    """Show how far it is: a bar in a terminal, elsewhere a line now and then."""
    console = Console()
    if console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task(f"Products in {code}", total=scale, completed=done)
            yield lambda count: progress.advance(bar, count)
        return
    began, told, now = time.perf_counter(), time.perf_counter(), done

    def advance(count: int) -> None:
        nonlocal told, now
        now += count
        if time.perf_counter() - told > TELL_EVERY or now == scale:
            told = time.perf_counter()
            rate = (now - done) / (told - began)
            print(f"{now:,} of {scale:,} products in {code}, {rate:,.0f} a second", flush=True)

    yield advance


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, default=10_000, help="products the store is to have")
    parser.add_argument("--store", default="seed", help="code of the store; made when it is not there")
    parser.add_argument("--data-dir", type=Path, help="folder of the embedded server")
    given = parser.parse_args()

    async def run(config: Config) -> tuple[int, float]:
        await run_all(config)
        async with open_kernel(config) as kernel:
            done = await seed(kernel, given.store, given.scale)
        assert config.database_url is not None
        began = time.perf_counter()
        await tidy(config.database_url)
        print(f"  cleaning up and statistics: {time.perf_counter() - began:.0f} s")
        return done

    with database(load_config(data_dir=given.data_dir)) as config:
        try:
            added, seconds = uvloop.run(run(config))
        except KeyboardInterrupt:
            sys.exit(
                "Stopped. What was written is whole: run the same command again, and it adds what is missing."
            )
    rate = f" in {seconds:.0f} s, {added / seconds:.0f} a second" if added else ""
    print(f"{added:,} products added{rate}.")


if __name__ == "__main__":
    main()
