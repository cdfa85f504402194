# SPDX-License-Identifier: Apache-2.0
from typing import ClassVar

import pytest
from tests.kernel.http.conftest import raw_get
from tests.kernel.http.dummies import AlphaPages, Rival

from shopwright.activation import switch_plugin
from shopwright.actor import PUBLIC, SYSTEM
from shopwright.context import Context
from shopwright.http.responses import html
from shopwright.http.routing import Caching, Route, Routes, Scope
from shopwright.plugin import Manifest, Plugin, hookimpl
from shopwright.testing.kernels import ALPHA


async def statuses(client, method: str, *paths: str) -> dict[str, int]:
    return {path: (await client.request(method, path)).status for path in paths}


async def test_a_route_of_a_plugin_that_is_off_exists_in_the_other_store_only(kernel, make_client):
    alpha, beta = await make_client(kernel, "alpha"), await make_client(kernel, "beta")
    paths = ("/items/x", "/kept", "/api/v1/things", "/admin/numbers", "/api/admin/v1/numbers")
    assert await statuses(alpha, "GET", "/kept") == {"/kept": 200}

    store = kernel.directory.by_code("alpha")
    await switch_plugin(kernel.context(store, actor=SYSTEM), "alpha_pages", enabled=False)

    assert await statuses(alpha, "GET", *paths) == dict.fromkeys(paths, 404)
    assert (await alpha.request("POST", "/webhooks/alpha_pages/in", data=b"x")).status == 404
    assert await statuses(beta, "GET", *paths) == dict(zip(paths, (200, 200, 200, 401, 401), strict=True))
    found = kernel.directory.by_code("alpha"), kernel.directory.by_code("beta")
    assert [kernel.routes.has(store, "alpha_pages.item") for store in found] == [False, True]
    assert "alpha_pages.item" not in {route.code for route in kernel.routes.all(found[0])}


async def test_head_answers_for_every_get_without_a_body(client):
    for path in ("/items/x", "/kept", "/api/v1/things", "/big"):
        got, head = await client.get(path), await client.request("HEAD", path)

        assert (head.status, await head.read()) == (200, b"")
        assert head.headers["Content-Type"] == got.headers["Content-Type"]


async def test_a_method_a_path_does_not_have_is_refused_with_those_it_has(client):
    page = await client.request("PUT", "/form")
    call = await client.request("PATCH", "/api/v1/things/01890000-0000-7000-8000-000000000000")
    options = await client.request("OPTIONS", "/items/x")

    assert (page.status, page.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert (call.status, call.headers["Allow"]) == (405, "DELETE, GET, HEAD")
    assert (await call.json())["code"] == "method_not_allowed"
    assert (options.status, options.headers["Allow"]) == (405, "GET, HEAD")


async def test_a_page_moves_to_the_form_of_its_address_that_exists(make_kernel, make_client):
    kernel = await make_kernel([AlphaPages, Rival], [ALPHA])
    client = await make_client(kernel, "alpha")

    for path, location in {
        "/rival?a=1&b=%20": "/rival/?a=1&b=%20",
        "/items/x/": "/items/x",
        "/de/items/x/": "/de/items/x",
        "/admin/numbers/": "/admin/numbers",
    }.items():
        response = await client.get(path)
        assert (response.status, response.headers["Location"]) == (308, location)
    paths = ("//evil.example/items/x/", "/nothing/", "/items//", "/items/x//y/", "//items/x")
    assert {path: await raw_get(client, path) for path in paths} == dict.fromkeys(paths, 404)
    assert (await client.request("POST", "/form/")).status == 404


async def test_the_more_exact_of_two_paths_answers(client):
    assert await (await client.get("/items/special")).text() == "<p>the special one</p>"
    assert await (await client.get("/items/other")).text() == "<p>other</p>"


async def test_parameters_are_one_plain_segment_of_their_type(client):
    good = {"/items/a%20b": "<p>a b</p>", "/items/%C3%BC": "<p>ü</p>", "/numbers/7": "7 1"}
    assert {path: await (await client.get(path)).text() for path in good} == good
    bad = (
        "/items/..%2fkept", "/items/%2e%2e", "/items/a%2fb", "/items/a%5cb", "/items/a%00b", "/items/",
        "/numbers/-1", "/numbers/1.5", "/numbers/%D9%A3", "/numbers/+1", "/numbers/" + "9" * 19,
        "/api/v1/things/7", "/api/v1/things/%7B01890000-0000-7000-8000-000000000000%7D",
    )  # fmt: skip
    assert {path: await raw_get(client, path) for path in bad} == dict.fromkeys(bad, 404)


async def test_the_language_comes_from_the_path_of_pages(client):
    for path, heading in {"/": "alpha en", "/de": "alpha de", "/de/": "alpha de"}.items():
        assert f"<h1>{heading}</h1>" in await (await client.get(path)).text()
    assert "href='/de/items/x'" in await (await client.get("/de/")).text()
    paths = ("/en/", "/fr/", "/es/", "/de/api/v1/things", "/de/admin/numbers", "/de//items/x")
    assert await statuses(client, "GET", *paths) == dict.fromkeys(paths, 404)


async def test_the_language_of_calls_comes_from_parameter_or_header(client):
    async def language(path: str, header: str = "") -> str:
        found = await client.get_json(path, headers={"Accept-Language": header} if header else {})
        return found[0]["email"].split()[0]

    assert await language("/api/v1/things") == "en"
    assert await language("/api/v1/things", "de-AT,en;q=0.5") == "de"
    assert await language("/api/v1/things?locale=de", "en") == "de"
    assert await language("/api/v1/things?locale=fr", "de") == "de"


def route(path: str, *, scope: Scope = Scope.STOREFRONT, handler=None, **options) -> Route:
    async def nothing(ctx: Context) -> None:
        pass

    return Route(
        code=f"odd.r{abs(hash((path, scope)))}", method="GET", path=path, handler=handler or nothing,
        scope=scope, permission=PUBLIC, **options,
    )  # fmt: skip


async def test_a_declaration_that_cannot_work_is_left_out_and_named(make_kernel):
    async def asks_too_much(ctx: Context, unknown: str) -> None: ...

    async def looks(ctx: Context, request: object) -> None: ...

    odd = [
        route("/static/x"),
        route("/admin/x"),
        route("/page", scope=Scope.API),
        route("/system", scope=Scope.SYSTEM),
        route("//x"),
        route("/{a:.*}"),
        route("/asks", handler=asks_too_much),
        route("/looks", handler=looks, caching=Caching(page=1)),
        route("/limit", limit="often"),
        route("/fine"),
    ]

    class Odd(Plugin):
        manifest: ClassVar[Manifest] = Manifest(name="odd", version="1", title="Odd", summary="Odd.")

        @hookimpl
        def register_routes(self) -> list[Route]:
            return odd

    kernel = await make_kernel([AlphaPages, Odd, Rival], [ALPHA])

    store = kernel.directory.by_code("alpha")
    kept = {found.path for found in kernel.routes.all(store) if found.code.startswith("odd.")}
    assert kept == {"/fine"}
    problems = {problem.message for problem in kernel.problems.for_store(store.id)}
    assert len(problems) == len(odd)
    assert (
        "Plugin 'rival': its route rival.rival_item is left out: "
        "GET /items/{other} belongs to alpha_pages.item already" in problems
    )


def test_a_route_outside_the_prefix_of_its_scope_cannot_be_declared():
    routes = Routes("odd", Scope.API)

    with pytest.raises(ValueError, match="begins with /api/v1"):
        routes.get("/elsewhere", permission=PUBLIC)(html)
