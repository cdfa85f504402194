# SPDX-License-Identifier: Apache-2.0
"""A plugin that is switched off is gone from every surface of that store at once, and stays in the other."""

import asyncio
from typing import ClassVar

import pytest
from tests.shop import EVERYTHING, THEMES, add_product, furnish, ready_cart, system

from shopwright.activation import switch_plugin
from shopwright.doctor_run import examine
from shopwright.errors import Conflict
from shopwright.testing.kernels import ALPHA, BETA, OWNER_PASSWORD
from shopwright_search.jobs import Reindex, reindex


class Shop:
    """Two stores on one kernel, and how each surface of ``search`` and ``flat_shipping`` shows."""

    surfaces: ClassVar[tuple[str, ...]] = ("page", "api", "document", "slot", "hook", "event", "job", "admin")

    def __init__(self, kernel, clients) -> None:
        self.kernel = kernel
        self.clients = clients

    async def shows(self, surface: str, store: str) -> bool:
        return await getattr(self, f"_{surface}")(store)

    async def _page(self, store: str) -> bool:
        return (await self.clients[store].get("/search?q=lamp")).status == 200

    async def _api(self, store: str) -> bool:
        return (await self.clients[store].get("/api/v1/search?q=lamp")).status == 200

    async def _document(self, store: str) -> bool:
        return "/api/v1/search" in (await self.clients[store].get_json("/api/v1/openapi.json"))["paths"]

    async def _slot(self, store: str) -> bool:
        return 'id="header-search"' in await (await self.clients[store].get("/products")).text()

    async def _hook(self, store: str) -> bool:
        client = self.clients[store]
        variant = await system(self.kernel, store).fetch_value("SELECT id FROM catalog_variant LIMIT 1")
        cart = await client.get_json(f"/api/v1/carts/{await ready_cart(client, {variant: 1})}")
        return [rate["code"] for rate in cart["shipping_rates"]] == ["flat_shipping.standard"]

    async def _event(self, store: str) -> bool:
        ctx = system(self.kernel, store)
        before = await self._documents(store)
        await add_product(ctx, f"thing-{before}-{store}")
        await self.kernel.jobs.drain()
        return await self._documents(store) > before

    async def _job(self, store: str) -> bool:
        ctx = system(self.kernel, store)
        await ctx.run(lambda session: session.execute(_forget()))
        await ctx.run(lambda session: ctx.enqueue(session, reindex, Reindex()))
        await self.kernel.jobs.drain()
        return await self._documents(store) > 0

    async def _admin(self, store: str) -> bool:
        response = await self.clients[store].get("/admin/tax/rates")
        menu = await (await self.clients[store].get("/admin/")).text()
        assert (response.status == 200) == ("Taxes" in menu)
        return response.status == 200

    async def _documents(self, store: str) -> int:
        return int(await system(self.kernel, store).fetch_value("SELECT count(*) FROM search_document"))


def _forget():
    from sqlalchemy import text

    return text("DELETE FROM search_document")


PLUGIN = {"hook": "flat_shipping", "admin": "tax"}


@pytest.fixture
async def shop(make_kernel, make_client):
    kernel = await make_kernel(plugins=EVERYTHING, stores=[ALPHA, BETA], config=THEMES)
    clients = {}
    for store in ("alpha", "beta"):
        await furnish(kernel, store)
        await add_product(system(kernel, store), "lamp")
        clients[store] = await make_client(kernel, store)
        await clients[store].sign_in_staff(f"owner@{store}.example", OWNER_PASSWORD)
    return Shop(kernel, clients)


@pytest.mark.parametrize("surface", Shop.surfaces)
async def test_a_surface_follows_the_switch_in_its_store_only(shop, surface):
    plugin = PLUGIN.get(surface, "search")

    async def seen() -> tuple[bool, bool]:
        return await shop.shows(surface, "alpha"), await shop.shows(surface, "beta")

    before = await seen()
    await switch_plugin(system(shop.kernel, "alpha"), plugin, enabled=False)
    off = await seen()
    await switch_plugin(system(shop.kernel, "alpha"), plugin, enabled=True)
    again = await seen()

    assert (before, off, again) == ((True, True), (False, True), (True, True))


async def test_other_processes_follow_within_a_second(shop, make_kernel):
    url = str(shop.kernel.config.database_url)
    other = await make_kernel(plugins=EVERYTHING, url=url, stores=[ALPHA, BETA], enable=False)
    assert "search" in other.directory.by_code("alpha").plugins

    await switch_plugin(system(shop.kernel, "alpha"), "search", enabled=False)
    for _ in range(100):
        if "search" not in other.directory.by_code("alpha").plugins:
            break
        await asyncio.sleep(0.01)

    assert "search" not in other.directory.by_code("alpha").plugins
    assert "search" in other.directory.by_code("beta").plugins


async def test_what_others_need_is_not_switched_off_and_they_are_named(shop):
    words = (
        r"orders is needed by approvals, checkout, discounts, flat_shipping, gift_cards, manual_payment, tax:"
    )
    with pytest.raises(Conflict, match=words):
        await switch_plugin(system(shop.kernel, "alpha"), "orders", enabled=False)

    assert "orders" in shop.kernel.directory.by_code("alpha").plugins


async def test_every_switch_is_in_the_audit_log_and_the_data_stays(shop):
    ctx = system(shop.kernel, "alpha")
    await shop.kernel.jobs.drain()
    before = await ctx.fetch_value("SELECT count(*) FROM search_document")

    await switch_plugin(ctx, "search", enabled=False)

    actions = [entry.action for entry in await shop.kernel.audit.entries(ctx, limit=1)]
    assert actions == ["kernel.plugin_disabled"]
    assert await ctx.fetch_value("SELECT count(*) FROM search_document") == before > 0
    report = await examine(shop.kernel)
    assert [f.code for f in report.findings if f.offenders or f.error] == []


async def test_the_admin_api_switches_and_refuses_who_may_not(shop, make_client):
    stranger = await make_client(shop.kernel, "alpha")

    refused = await stranger.send("PATCH", "/api/admin/v1/plugins/search", {"enabled": False})
    done = await shop.clients["alpha"].send("PATCH", "/api/admin/v1/plugins/search", {"enabled": False})

    assert (refused.status, done.status) == (401, 200)
    assert (await done.json())["enabled"] is False
    assert not await shop.shows("page", "alpha")
