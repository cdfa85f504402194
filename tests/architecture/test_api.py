# SPDX-License-Identifier: Apache-2.0
"""The APIs are of one kind: lists have one shape and an end, and what has a version is changed with it."""

import pytest

from shopwright.hookspecs import register_routes
from shopwright.http import openapi
from shopwright.http.binding import Binding
from shopwright.http.listing import ListQuery
from shopwright.http.routing import Reply, Scope

API = {Scope.API, Scope.ADMIN_API}


@pytest.fixture(scope="module")
def bindings(registry):
    routes = [entry.item for entry in registry.registered(register_routes).values()]
    return [Binding(route) for route in routes if route.scope in API]


def schema_of(binding):
    schema = binding.result.json_schema(mode="serialization") if binding.result is not None else {}
    ref = schema.get("$ref", "").rpartition("/")[2]
    return schema["$defs"][ref] if ref else schema


def test_every_list_of_the_admin_api_has_the_common_shape_and_a_limit(bindings):
    wrong = []
    for binding in bindings:
        if binding.route.method != "GET" or binding.route.scope is not Scope.ADMIN_API:
            continue
        schema = schema_of(binding)
        if schema.get("type") == "array" and binding.route.code not in WORDS:
            wrong.append(binding.route.code)
        if {"items", "next_cursor"} <= set(schema.get("properties", {})):
            limit = binding.query.model_json_schema()["properties"]["limit"] if binding.query else {}
            listed = binding.query is not None and issubclass(binding.query, ListQuery)
            if limit.get("maximum", 10**9) > 500 or not (listed or binding.route.code in OWN_QUERY):
                wrong.append(binding.route.code)

    assert ", ".join(wrong) == ""


def test_what_is_given_with_an_etag_is_replaced_with_if_match(bindings):
    replaced = {b.route.path: b for b in bindings if b.route.method in {"PUT", "PATCH"}}
    wrong = []
    for binding in bindings:
        returns = binding.route.handler.__annotations__.get("return")
        path = binding.route.path
        if binding.route.method == "GET" and getattr(returns, "__origin__", None) is Reply:
            change = replaced.get(path)
            if change is not None and not {"if_match", "request"} & set(change.parameters):
                wrong.append(change.route.code)
            if change is not None and "request" in change.parameters and change.route.code not in BY_REQUEST:
                wrong.append(change.route.code)

    assert ", ".join(wrong) == ""
    assert len([b for b in bindings if "if_match" in b.parameters]) > 25


def test_the_documents_name_what_fields_and_include_take(bindings):
    for binding in bindings:
        if binding.query is None or not issubclass(binding.query, ListQuery):
            continue
        schemas = {(binding.route.code, "query"): {}}
        found = {p["name"]: p["schema"] for p in openapi._parameters(binding.route, binding, schemas)}
        assert found["fields"]["items"]["enum"], binding.route.code
        assert found["limit"]["maximum"] <= 500
        assert ("include" in found) == bool(binding.query.PARTS)


# Lists of plain words that belong to one thing and are replaced with it.
WORDS = {"customers.admin_api.groups_of_customer", "customers.admin_api.tags_of_customer"}
# Pages by cursor whose queries have no ``fields``.
OWN_QUERY = {
    "inventory.admin_api.list_stock_files",
    "inventory.admin_api.list_all_stock_takes",
    "inventory.admin_api.list_stock_take_lines",
    "inventory.admin_api.list_stock_transfers",
    "inventory.admin_api.list_stock_deliveries",
}
# Handlers that read the header themselves: from lines that are saved whole, and a version that is no number.
BY_REQUEST = {
    "inventory.admin_api.put_stock_transfer",
    "inventory.admin_api.put_stock_delivery",
    "related_products.admin_api.put_relations",
}
