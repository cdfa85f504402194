# SPDX-License-Identifier: Apache-2.0
"""A plugin that shows on every surface: switching it off takes each away in that store, in every process."""

import time

import pytest
from tests.dummies.lantern import plugin as lantern
from tests.shop import EVERYTHING, THEMES, add_product, furnish, place, ready_cart, system

from shopwright.doctor_run import examine
from shopwright.hookspecs import register_schedules
from shopwright.ids import new_id
from shopwright.testing.kernels import ALPHA, BETA, OWNER_PASSWORD

SWITCH = "/api/admin/v1/plugins/lantern"
PAGES = ("/lantern", "/api/v1/lantern", "/static/lantern/lantern.css")
STAFF_PAGES = ("/admin/lantern", "/api/admin/v1/lantern")
EVERY_SURFACE = {
    *PAGES, *STAFF_PAGES, "document", "staff document", "slot", "menu", "shipping", "payment", "event", "job", "schedule",
}  # fmt: skip


class Stores:
    """Two stores, seen by a signed-in owner each."""

    def __init__(self, kernel, clients, variants) -> None:
        self.kernel = kernel
        self.clients = clients
        self.variants = variants

    async def switch(self, store: str, *, enabled: bool) -> None:
        answer = await self.clients[store].send("PATCH", SWITCH, {"enabled": enabled})
        assert (answer.status, (await answer.json())["enabled"]) == (200, enabled)

    async def surfaces(self, store: str) -> set[str]:
        """Tell on which surfaces of a store the lantern shows."""
        client = self.clients[store]
        shown = await reached(client, (*PAGES, *STAFF_PAGES))
        cart = f"/api/v1/carts/{await ready_cart(client, {self.variants[store]: 1})}"
        rates = {rate["code"] for rate in (await client.get_json(cart))["shipping_rates"]}
        methods = {method["code"] for method in await client.get_json(f"{cart}/payment-methods")}
        found = {
            "document": "/api/v1/lantern" in (await client.get_json("/api/v1/openapi.json"))["paths"],
            "staff document": "/api/admin/v1/lantern"
            in (await client.get_json("/api/admin/v1/openapi.json"))["paths"],
            "slot": "A lantern hangs here" in await (await client.get("/products")).text(),
            "menu": 'href="/admin/lantern"' in await (await client.get("/admin/")).text(),
            "shipping": "lantern.carrier" in rates,
            "payment": "lantern.matches" in methods,
        }
        ran = await self.background(store)
        return shown | {name for name, there in found.items() if there} | ran

    async def background(self, store: str) -> set[str]:
        """Tell which of event, job and schedule reach the lantern."""
        ctx = system(self.kernel, store)
        await self.kernel.jobs.drain()
        lantern.lit.clear()
        await add_product(ctx, f"lamp-{new_id()}")
        await ctx.run(lambda session: ctx.enqueue(session, lantern.light, lantern.Evening()))
        await self.kernel.jobs.drain()
        ran = {what for what, where in lantern.lit if where == store}
        scheduled = ctx.plans.registered(register_schedules)
        return ran | ({"schedule"} if "lantern.evening" in scheduled else set())


async def reached(client, paths) -> set[str]:
    answers = {path: (await client.get(path)).status for path in paths}
    assert set(answers.values()) <= {200, 404}, answers
    return {path for path, status in answers.items() if status == 200}


@pytest.fixture
async def stores(make_kernel, make_client):
    kernel = await make_kernel(plugins=[*EVERYTHING, lantern.Lantern], stores=[ALPHA, BETA], config=THEMES)
    assert kernel.registry.problems == []
    clients, variants = {}, {}
    for store in ("alpha", "beta"):
        variants[store] = await add_product(await furnish(kernel, store), "lamp")
        clients[store] = await make_client(kernel, store)
        await clients[store].sign_in_staff(f"owner@{store}.example", OWNER_PASSWORD)
    return Stores(kernel, clients, variants)


async def test_every_surface_goes_and_comes_with_the_switch_of_its_store(stores):
    before = await stores.surfaces("alpha")
    await stores.switch("alpha", enabled=False)
    off, elsewhere = await stores.surfaces("alpha"), await stores.surfaces("beta")
    await stores.switch("alpha", enabled=True)
    again = await stores.surfaces("alpha")

    assert before == EVERY_SURFACE
    assert off == set()
    assert elsewhere == EVERY_SURFACE
    assert again == EVERY_SURFACE


async def test_another_process_answers_as_switched_within_a_second(stores, make_kernel, make_client):
    url = str(stores.kernel.config.database_url)
    plugins = [*EVERYTHING, lantern.Lantern]
    other = await make_kernel(plugins=plugins, url=url, stores=[ALPHA, BETA], enable=False, config=THEMES)
    alpha, beta = await make_client(other, "alpha"), await make_client(other, "beta")
    before = await reached(alpha, PAGES), await reached(beta, PAGES)
    kept = "A lantern hangs here" in await (await alpha.get("/products")).text()

    await stores.switch("alpha", enabled=False)
    started = time.monotonic()
    while await reached(alpha, PAGES):
        assert time.monotonic() - started < 1.0, "the other process still answers after a second"

    assert before == (set(PAGES), set(PAGES))
    assert await reached(beta, PAGES) == set(PAGES)
    assert kept
    assert "A lantern hangs here" not in await (await alpha.get("/products")).text()


async def test_checks_of_a_plugin_that_is_off_still_run(stores):
    await stores.switch("alpha", enabled=False)

    report = await examine(stores.kernel)

    assert [f.store for f in report.findings if f.code == "lantern.dark"] == ["alpha", "beta"]
    assert report.exit_code == 0


async def test_an_order_goes_on_when_its_payment_method_is_switched_off_before_it_is_placed(stores):
    client = stores.clients["alpha"]
    cart_id = await ready_cart(client, {stores.variants["alpha"]: 1}, payment="lantern.matches")
    await stores.switch("alpha", enabled=False)

    refused = await place(client, cart_id)
    choice = {"payment_method": "manual_payment.test", "payment_data": {"outcome": "succeed"}}
    await client.send("PATCH", f"/api/v1/carts/{cart_id}", choice)
    placed = await place(client, cart_id)

    assert refused.status == 422
    assert [error["pointer"] for error in (await refused.json())["errors"]] == ["/payment_method"]
    assert placed.status == 201


async def test_what_others_need_is_refused_by_the_admin_api_with_their_names(stores):
    client = stores.clients["alpha"]

    refused = await client.send("PATCH", "/api/admin/v1/plugins/checkout", {"enabled": False})
    unknown = await client.send("PATCH", "/api/admin/v1/plugins/nothing", {"enabled": False})

    problem = await refused.json()
    assert (refused.status, problem["code"]) == (409, "needed")
    assert all(name in problem["detail"] for name in ("flat_shipping", "lantern"))
    assert unknown.status == 404
