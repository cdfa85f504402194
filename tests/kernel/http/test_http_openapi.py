# SPDX-License-Identifier: Apache-2.0
import json
import re
from html import unescape

from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.kernel.http.dummies import AlphaPages, Rival

from shopwright.activation import switch_plugin
from shopwright.actor import SYSTEM
from shopwright.testing.kernels import ALPHA, BETA


async def document(client, scope: str = "") -> dict:
    found = await client.get_json(f"/api/{scope}v1/openapi.json")
    OpenAPIV31SpecValidator(found).validate()
    return found


async def test_both_documents_are_valid_and_hold_the_routes_of_their_scope(client):
    shop, admin = await document(client), await document(client, "admin/")

    assert shop["openapi"] == admin["openapi"] == "3.1.0"
    assert "/api/v1/things/{thing_id}" in shop["paths"]
    assert "/api/admin/v1/numbers" in admin["paths"] and "/api/admin/v1/auth/token" in admin["paths"]
    assert {path.split("/")[2] for path in shop["paths"]} == {"v1"}
    assert {path.split("/")[2] for path in admin["paths"]} == {"admin"}


async def test_an_operation_says_what_it_takes_and_gives(client):
    shop = await document(client)

    once = shop["paths"]["/api/v1/once"]["post"]
    assert once["summary"] == "Do something once."
    assert [(p["name"], p["in"], p["required"]) for p in once["parameters"]] == [
        ("Idempotency-Key", "header", True)
    ]
    assert once["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Line"
    }
    assert once["responses"]["201"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Answer"
    }
    assert {"400", "409", "422", "429", "default"} < set(once["responses"])
    things = shop["paths"]["/api/v1/things"]["get"]
    assert [(p["name"], p["in"], p["required"]) for p in things["parameters"]] == [
        ("limit", "query", False), ("colour", "query", False), ("tag", "query", False),
    ]  # fmt: skip
    one = shop["paths"]["/api/v1/things/{thing_id}"]["get"]
    assert one["parameters"][0]["schema"] == {"type": "string", "format": "uuid"}
    line = shop["components"]["schemas"]["Line"]
    assert line["properties"]["quantity"] == {
        "maximum": 99,
        "minimum": 1,
        "title": "Quantity",
        "type": "integer",
    }


async def test_a_guarded_operation_says_how_to_get_in(client):
    admin = await document(client, "admin/")

    guarded = admin["paths"]["/api/admin/v1/numbers"]["get"]
    assert guarded["security"] == [{"bearer": []}, {"session": []}]
    assert guarded["description"] == "Needs the permission `alpha_pages.view`."
    assert set(guarded["responses"]) == {"200", "401", "403", "429", "default"}
    assert "security" not in admin["paths"]["/api/admin/v1/auth/token"]["post"]


async def test_two_models_of_one_name_stay_two(make_kernel, make_client):
    kernel = await make_kernel([AlphaPages, Rival], [ALPHA])
    shop = await document(await make_client(kernel, "alpha"))

    names = [
        shop["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        for path in ("/api/v1/once", "/api/v1/rival")
    ]
    schemas = [shop["components"]["schemas"][name.rpartition("/")[2]] for name in names]
    assert [set(schema["properties"]) for schema in schemas] == [{"sku", "quantity"}, {"length"}]


async def test_a_store_documents_what_is_on_in_it(make_kernel, make_client):
    kernel = await make_kernel([AlphaPages, Rival], [ALPHA, BETA])
    alpha, beta = await make_client(kernel, "alpha"), await make_client(kernel, "beta")
    assert "/api/v1/rival" in (await document(alpha))["paths"]

    await switch_plugin(kernel.context(alpha.store, actor=SYSTEM), "rival", enabled=False)

    found = ["/api/v1/rival" in (await document(c))["paths"] for c in (alpha, beta)]
    assert found == [False, True]


async def test_the_viewer_shows_both_documents_without_inline_scripts(client):
    response = await client.get("/api/docs")
    text = await response.text()

    shown = json.loads(unescape(re.search(r'data-documents="([^"]+)"', text)[1]))
    assert [entry["url"] for entry in shown] == ["/api/v1/openapi.json", "/api/admin/v1/openapi.json"]
    assert re.findall(r"<script(?! src=)", text) == []
    assert "style=" not in text
    files = re.findall(r'(?:src|href)="(/[^"]+)"', text)
    assert len(files) == 5
    found = [await client.get(path) for path in files]
    assert [(answer.status, len(await answer.read()) > 10) for answer in found] == [(200, True)] * 5
    assert "'unsafe" not in response.headers["Content-Security-Policy"]
