# SPDX-License-Identifier: Apache-2.0
from tests.kernel.http import dummies

from shopwright.http import problems
from shopwright.testing.kernels import ALPHA

LINE = {"sku": "A", "quantity": 2}


async def test_programs_get_a_problem_document(client):
    response = await client.get("/api/v1/things?limit=0")

    problem = await response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert problem == {
        "type": "about:blank", "title": "Some fields need your attention", "status": 422, "code": "invalid",
        "detail": "Some fields need your attention", "request_id": response.headers["X-Request-ID"],
        "errors": [{
            "pointer": "/limit", "code": "greater_than_equal",
            "message": "Input should be greater than or equal to 1",
        }],
    }  # fmt: skip


async def test_an_error_may_say_more(client):
    response = await client.send("POST", "/api/v1/once", {**LINE, "sku": "gone"})

    problem = await response.json()
    assert (response.status, problem["left"], problem["detail"]) == (409, 0, "Nothing left.")


async def test_people_get_a_page_in_their_store(client):
    for path, status, title in (("/nothing", 404, "Not found"), ("/form", 403, "You may not do this")):
        response = await client.request("POST" if status == 403 else "GET", path)
        text = await response.text()
        assert (response.status, response.content_type) == (status, "text/html")
        assert title in text
        assert response.headers["X-Request-ID"] in text
        assert "Alpha" in text


async def test_a_failure_of_ours_tells_nothing_and_is_logged_with_its_trace(client, caplog):
    page = await client.get("/broken")
    call = await client.send("POST", "/api/v1/once", {**LINE, "sku": "crash"})

    assert (page.status, call.status) == (500, 500)
    for text in (await page.text(), await call.text()):
        assert "secret detail" not in text and "Traceback" not in text and "RuntimeError" not in text
    assert (await call.json())["code"] == "internal"
    assert "secret detail" in caplog.text
    assert "RuntimeError: crash" in caplog.text


async def test_a_broken_error_page_has_a_plain_stand_in(client, kernel, monkeypatch):
    async def fail(*args, **kwargs):
        raise LookupError("no theme")

    monkeypatch.setattr(kernel.templates, "render", fail)
    response = await client.get("/nothing<b>")

    text = await response.text()
    assert (response.status, "<h1>Not found</h1>" in text) == (404, True)
    assert response.headers["X-Request-ID"] in text


async def test_a_lost_database_is_not_our_callers_fault(client, kernel):
    await client.request("POST", "/session/a/b")
    await kernel.db.close()
    response = await client.get("/kept")

    assert response.status in {500, 503}
    assert "Please try again." in await response.text()


async def test_who_is_not_signed_in_is_told_so(client):
    page, call = await client.get("/admin/numbers"), await client.get("/api/admin/v1/numbers")

    assert (page.status, call.status, call.headers["WWW-Authenticate"]) == (401, 401, "Bearer")
    assert (await call.json())["code"] == "unauthorized"
    assert dummies.ran == []


async def test_people_are_sent_to_sign_in_and_come_back(make_kernel, make_client):
    kernel = await make_kernel(["admin", "customers", dummies.AlphaPages], [ALPHA])
    client = await make_client(kernel, "alpha")
    found = {}
    for method, path in (
        ("GET", "/admin/numbers?a=1&b=2"), ("GET", "/account"), ("GET", "/de/account?x=%20"),
    ):  # fmt: skip
        response = await client.request(method, path)
        found[path] = (response.status, response.headers.get("Location"))

    admin, customers = (
        kernel.routes.path_of("admin.login", {}),
        kernel.routes.path_of("customers.sign_in", {}),
    )
    assert found == {
        "/admin/numbers?a=1&b=2": (303, f"{admin}?next=%2Fadmin%2Fnumbers%3Fa%3D1%26b%3D2"),
        "/account": (303, f"{customers}?next=%2Faccount"),
        "/de/account?x=%20": (303, f"/de{customers}?next=%2Fde%2Faccount%3Fx%3D%2520"),
    }
    assert (await client.get("/api/admin/v1/numbers")).status == 401


def test_failures_are_named_after_their_status():
    assert problems.document(problems.Failure(413), "r")["code"] == "request_entity_too_large"
