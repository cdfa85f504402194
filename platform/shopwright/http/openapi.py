# SPDX-License-Identifier: Apache-2.0
"""OpenAPI 3.1, made of the routes that are on in a store and the types of their handlers."""

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import TypeAdapter

import shopwright
from shopwright.actor import PUBLIC
from shopwright.http.binding import Binding
from shopwright.http.routing import Route, Scope

if TYPE_CHECKING:
    from shopwright.context import Context

_REFS = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"\{(\w+)\}")
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457; `errors` names each field by JSON pointer.",
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
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An access token or an API key."},
    "session": {"type": "apiKey", "in": "cookie", "name": "sid"},
}


def document(ctx: "Context", scope: Scope) -> dict[str, Any]:
    """Describe the API of a scope as it is in the context's store."""
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    paths: dict[str, Any] = {}
    table = ctx.kernel.routes
    for route in sorted(table.all(ctx.store), key=lambda r: (r.path, r.method)):
        if route.scope is scope:
            operation = _operation(route, table.bindings[route.code], schemas)
            paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{ctx.store.name}: {scope.value.replace('_', ' ')}",
            "version": shopwright.__version__,
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _SECURITY},
    }


def _operation(route: Route, binding: Binding, schemas: dict[str, Any]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answer: dict[str, Any] = {"description": "Done."}
    if binding.result is not None:
        answer["content"] = {
            "application/json": {"schema": _schema(binding.result, schemas, "serialization")}
        }
    operation: dict[str, Any] = {
        "operationId": route.code.replace(".", "_"),
        "tags": [route.code.partition(".")[0]],
        "summary": route.summary,
        "parameters": _parameters(route, binding, schemas),
        "responses": {
            str(route.status): answer,
            "default": {"description": "A problem.", "content": problem},
        },
    }
    if binding.body is not None:
        content = {"application/json": {"schema": _schema(binding.body, schemas, "validation")}}
        operation["requestBody"] = {"required": True, "content": content}
    if route.permission != PUBLIC:
        operation["security"] = [{name: []} for name in _SECURITY]
        operation["description"] = f"Needs the permission `{route.permission}`."
    return operation


def _parameters(route: Route, binding: Binding, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in _PARAMETER.findall(route.path):
        wanted = binding.parameters[name].annotation if name in binding.parameters else str
        schema = _schema(TypeAdapter(wanted if wanted in {UUID, int} else str), schemas, "validation")
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    if binding.query is not None:
        model = TypeAdapter(binding.query).json_schema(ref_template=_REFS)
        schemas |= model.pop("$defs", {})
        for name, schema in model.get("properties", {}).items():
            required = name in model.get("required", ())
            found.append({"name": name, "in": "query", "required": required, "schema": schema})
    if route.idempotent:
        schema = {"type": "string", "minLength": 1, "maxLength": 255}
        found.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema})
    return found


def _schema(adapter: TypeAdapter[Any], schemas: dict[str, Any], mode: Any) -> dict[str, Any]:
    schema = adapter.json_schema(ref_template=_REFS, mode=mode)
    schemas |= schema.pop("$defs", {})
    title = schema.get("title")
    if title and schema.get("type") == "object":
        schemas[title] = schema
        return {"$ref": _REFS.format(model=title)}
    return schema
