# SPDX-License-Identifier: Apache-2.0
"""Who reads the stores that are measured: a guest, a signed-in customer with prices of their own, a cart."""

import itertools
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import aiohttp
from tests.performance.furnishing import CODES, COLLECTION, EVERY, GROUP
from tests.performance.meter import Work
from tests.shop import system

from shopwright.actor import Actor
from shopwright.context import Context
from shopwright.http.cookies import FLASH
from shopwright.ids import new_id
from shopwright.kernel import Kernel
from shopwright_catalog import api as catalog
from shopwright_customers.services import groups

ANEW = f"{FLASH}=-"
"""A visitor with a message waiting gets no kept answer."""
DEEP, LINES = 20, 50
PRIME = 7919
_VARIANTS = """
SELECT DISTINCT ON (v.product_id) v.id FROM catalog_product p
JOIN catalog_variant v ON v.store_id = p.store_id AND v.product_id = p.id AND NOT v.archived
JOIN inventory_level l ON l.store_id = v.store_id AND l.variant_id = v.id AND l.on_hand > 0
WHERE p.handle = ANY($1::text[]) ORDER BY v.product_id, v.position
"""


class Shop:
    """One store as its customers' clients see it."""

    def __init__(self, session: aiohttp.ClientSession, kernel: Kernel, code: str, size: int) -> None:
        self.session, self.kernel, self.code, self.size = session, kernel, code, size
        self.numbers = itertools.count(1)
        self.cursors: dict[str, str] = {}
        self.cart = self.cookies = ""
        self.customer_id = UUID(int=0)

    @property
    def ctx(self) -> Context:
        return system(self.kernel, self.code)

    async def call(self, method: str, path: str, body: Any = None, *, cookies: str = ANEW) -> Any:
        headers = {"Host": f"{self.code}.localhost", "Idempotency-Key": str(new_id()), "Cookie": cookies}
        async with self.session.request(method, path, json=body, headers=headers) as answer:
            assert answer.status < 300, f"{path}: {await answer.text()}"
            return await answer.json() if answer.content_type == "application/json" else await answer.read()

    def handle(self) -> str:
        return f"seed-{next(self.numbers) * PRIME % self.size}"

    async def prepare(self) -> None:
        """Go deep into listings, sign up a customer of a group, and fill a cart."""
        for path in ("/api/v1/products?limit=100&sort=title", f"/api/v1/collections/{COLLECTION}?limit=20"):
            cursor = ""
            for _ in range(DEEP):
                page = await self.call("GET", f"{path}&cursor={cursor}")
                cursor = page["next_cursor"] or cursor
            self.cursors[path] = cursor
        await self._sign_up()
        await self._fill_cart()

    async def _sign_up(self) -> None:
        person = {"email": f"bench-{secrets.token_hex(6)}@example.com", "name": "Bench",
                  "password": secrets.token_urlsafe(16)}  # fmt: skip
        headers = {"Host": f"{self.code}.localhost", "Idempotency-Key": str(new_id())}
        async with self.session.post("/api/v1/customers", json=person, headers=headers) as answer:
            assert answer.status == 201, await answer.text()
            self.customer_id = UUID((await answer.json())["id"])
            self.cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in answer.cookies.values())
        self.session.cookie_jar.clear()
        await groups.put_into(self.ctx, self.customer_id, [GROUP])

    async def _fill_cart(self) -> None:
        cart = await self.call("POST", "/api/v1/carts")
        self.cart = f"/api/v1/carts/{cart['id']}"
        for number, variant_id in enumerate((await self.variants())[:LINES]):
            line = {"variant_id": str(variant_id), "quantity": 1 + number % 3}
            await self.call("POST", f"{self.cart}/lines", line)
        for code in CODES:
            await self.call("POST", f"{self.cart}/coupons", {"code": code})

    async def variants(self) -> list[UUID]:
        """Give variants that are there, of products all over the store, with prices by quantity."""
        numbers = {next(self.numbers) * PRIME % self.size // EVERY * EVERY for _ in range(3 * LINES)}
        rows = await self.ctx.fetch_rows(_VARIANTS, [f"seed-{number}" for number in numbers])
        assert len(rows) >= LINES, f"only {len(rows)} variants in stock"
        return [row["id"] for row in rows]

    def works(self) -> dict[str, Work]:
        """Give what is measured, by name."""

        def get(path: Callable[[], str], cookies: str = ANEW) -> Work:
            return lambda: self.call("GET", path(), cookies=cookies)

        deep, collected = self.cursors.items()
        shelf: Callable[[], str] = lambda: f"/categories/shelf-{next(self.numbers) % 40}"  # noqa: E731
        rare: Callable[[], str] = lambda: str(next(self.numbers) * PRIME % self.size)  # noqa: E731
        return {
            "product list, first page": get(lambda: "/api/v1/products?limit=24"),
            "product list, 2,000 products on": get(
                lambda: f"{deep[0]}&cursor={deep[1]}".replace("100", "24", 1)
            ),
            "product list by price": get(lambda: "/api/v1/products?limit=24&sort=price"),
            "product list for a customer": get(lambda: "/api/v1/products?limit=24", self.cookies),
            "products of a vendor": get(lambda: "/api/v1/products?limit=24&filter=vendor:Anker+Works"),
            "products of a colour and a tag": get(
                lambda: "/api/v1/products?limit=24&filter=option.Colour:white&filter=tag:oak"
            ),
            "facets of all products": get(lambda: "/api/v1/products/facets"),
            "facets of a category": get(
                lambda: f"/api/v1/products/facets?category=shelf-{next(self.numbers) % 40}"
            ),
            "category": get(shelf),
            "category by price": get(lambda: f"{shelf()}?sort=price"),
            "collection": get(lambda: f"/api/v1/collections/{COLLECTION}?limit=24"),
            "collection, further on": get(lambda: f"{collected[0]}&cursor={collected[1]}"),
            "product": get(lambda: f"/api/v1/products/{self.handle()}"),
            "product page": get(lambda: f"/products/{self.handle()}"),
            "search, one rare word": get(lambda: f"/api/v1/search?q={rare()}"),
            "search, one common word": get(lambda: "/api/v1/search?q=oak"),
            "search, two common words": get(lambda: "/api/v1/search?q=oak+works"),
            "search, the beginning of a word": get(lambda: "/api/v1/search?q=oak+lam"),
            "search, nothing found": get(lambda: "/api/v1/search?q=lammpe+oack"),
            "cart: 50 lines, 20 promotions": get(lambda: self.cart),
        }


@dataclass
class PriceAsker:
    """Asks for the prices of 50 variants as a customer of a group, other variants each time."""

    ctx: Context
    sets: "itertools.cycle[Sequence[catalog.PriceRequest]]"

    @classmethod
    async def of(cls, shop: Shop) -> "PriceAsker":
        sets = []
        for _ in range(20):
            infos = await catalog.variants(shop.ctx, (await shop.variants())[:LINES])
            made = [catalog.PriceRequest(x.id, x.product_id, x.price, x.compare_at) for x in infos.values()]
            sets.append([replace(x, quantity=1 + 12 * (n % 2)) for n, x in enumerate(made)])
        ctx = replace(shop.ctx, actor=Actor("customer", shop.customer_id, "Bench"))
        return cls(ctx, itertools.cycle(sets))

    async def __call__(self) -> None:
        await catalog.prices(self.ctx, next(self.sets))
