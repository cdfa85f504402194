# SPDX-License-Identifier: Apache-2.0
"""OpenAPI 3.1, made of the routes that are on in a store and the types of their handlers."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

import shopwright
from shopwright.actor import PUBLIC
from shopwright.http.binding import Binding
from shopwright.http.cookies import Cookies
from shopwright.http.listing import ListQuery
from shopwright.http.routing import Route, Scope

if TYPE_CHECKING:
    from shopwright.context import Context

_REFS = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"\{(\w+)\}")
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457; `errors` names each field by a JSON pointer. There may be other members.",
    "required": ["type", "title", "status", "code", "detail", "request_id", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "message")},
            },
        },
    },
}
_STATUSES = {
    "400": "The request cannot be read.",
    "401": "Nobody is signed in.",
    "403": "The caller may not do this.",
    "404": "There is no such thing for this caller.",
    "409": "The state of things does not allow it, or the same call is under way.",
    "412": "Somebody was faster: the ETag is not that of now.",
    "422": "Some fields are not acceptable.",
    "429": "The caller is too fast.",
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each new call. The same key again gets the first answer, for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that was read. When somebody was faster the answer is 412 with the one of now.",
    "schema": {"type": "string", "pattern": r'^(W/)?"\d{1,9}"$'},
}
_Part = Literal["body", "result", "query"]
_Key = tuple[str, _Part]


def document(ctx: "Context", scope: Scope) -> dict[str, Any]:
    """Describe the API of a scope as it is in the context's store."""
    table = ctx.kernel.routes
    routes = [route for route in table.all(ctx.store) if route.scope is scope]
    routes.sort(key=lambda route: (route.path, route.method))
    bindings = [table.bindings[route.code] for route in routes]
    schemas, components = _schemas(bindings)
    paths: dict[str, Any] = {}
    for route, binding in zip(routes, bindings, strict=True):
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, binding, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{ctx.store.name}: {scope.value.replace('_', ' ')}",
            "version": shopwright.__version__,
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": _PROBLEM, **components},
            "responses": {f"Problem{status}": _problem(text) for status, text in _STATUSES.items()},
            "securitySchemes": _security(ctx),
        },
    }


def _schemas(bindings: Sequence[Binding]) -> tuple[dict[_Key, dict[str, Any]], dict[str, Any]]:
    """Make all schemas at once, so that two plugins' models of one name get two names."""
    inputs: list[tuple[_Key, JsonSchemaMode, TypeAdapter[Any]]] = []
    for binding in bindings:
        code = binding.route.code
        if binding.body is not None:
            inputs.append(((code, "body"), "validation", binding.body))
        if binding.result is not None:
            inputs.append(((code, "result"), "serialization", binding.result))
        if binding.query is not None:
            inputs.append(((code, "query"), "validation", TypeAdapter(binding.query)))
    if not inputs:
        return {}, {}
    found, shared = TypeAdapter.json_schemas(inputs, ref_template=_REFS)
    components: dict[str, Any] = dict(shared.get("$defs", {}))
    return {key: dict(schema) for (key, _mode), schema in found.items()}, components


def _operation(route: Route, binding: Binding, schemas: dict[_Key, dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.code.replace(".", "_"),
        "tags": [route.code.partition(".")[0]],
        "summary": route.summary,
        "parameters": _parameters(route, binding, schemas),
        "responses": {**_success(route, schemas), **_failures(route, binding)},
    }
    body = schemas.get((route.code, "body"))
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    if route.permission != PUBLIC:
        operation["security"] = [{"bearer": []}, {"session": []}]
        operation["description"] = f"Needs the permission `{route.permission}`."
    return operation


def _success(route: Route, schemas: dict[_Key, dict[str, Any]]) -> dict[str, Any]:
    result = schemas.get((route.code, "result"))
    if result is not None:
        content = {"application/json": {"schema": result}}
        return {str(route.status): {"description": "Done.", "content": content}}
    return {str(route.status): {"description": "Done."}}


def _failures(route: Route, binding: Binding) -> dict[str, Any]:
    wanted = {"429"}
    if binding.body is not None or route.idempotent:
        wanted |= {"400", "409", "422"}
    if binding.query is not None:
        wanted.add("422")
    if "if_match" in binding.parameters:
        wanted |= {"400", "409", "412"}
    if "{" in route.path:
        wanted.add("404")
    if route.permission != PUBLIC:
        wanted |= {"401", "403"}
    named = {status: {"$ref": f"#/components/responses/Problem{status}"} for status in sorted(wanted)}
    return {**named, "default": _problem("Any other problem.")}


def _parameters(route: Route, binding: Binding, schemas: dict[_Key, dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in _PARAMETER.findall(route.path):
        wanted = binding.parameters[name].annotation if name in binding.parameters else str
        found.append({"name": name, "in": "path", "required": True, "schema": _plain(wanted)})
    query = schemas.get((route.code, "query"))
    if query is not None and binding.query is not None:
        model = binding.query.model_json_schema(ref_template=_REFS)
        for name, schema in model.get("properties", {}).items():
            required = name in model.get("required", ())
            found.append({"name": name, "in": "query", "required": required, "schema": schema})
        if issubclass(binding.query, ListQuery):
            allowed = {"fields": binding.item_names, "include": binding.query.PARTS}
            for parameter in found:
                if parameter["in"] == "query" and parameter["name"] in allowed:
                    parameter.update(_names(allowed[parameter["name"]]))
    if route.idempotent:
        found.append(_IDEMPOTENCY_KEY)
    if "if_match" in binding.parameters:
        found.append(_IF_MATCH)
    return found


def _names(allowed: Sequence[str]) -> dict[str, Any]:
    """Describe a parameter that takes names separated by commas."""
    schema = {"type": "array", "items": {"type": "string", "enum": list(allowed)}}
    return {"style": "form", "explode": False, "schema": schema}


def _plain(wanted: Any) -> dict[str, Any]:
    return {"type": "integer"} if wanted is int else {"type": "string", **_FORMATS.get(wanted, {})}


_FORMATS = {UUID: {"format": "uuid"}}


def _problem(text: str) -> dict[str, Any]:
    schema = {"$ref": _REFS.format(model="Problem")}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}


def _security(ctx: "Context") -> dict[str, Any]:
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": "An access token or an API key."},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": Cookies(ctx.kernel.config).name("sid"),
            "description": "A browser's session. Calls that change something also need X-CSRF-Token.",
        },
    }
