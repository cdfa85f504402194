# SPDX-License-Identifier: Apache-2.0
"""From a request to a handler's arguments, and from what it returns to an answer: told by its signature."""

import asyncio
import inspect
import json
import types
import typing
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError

from shopwright.errors import BadRequest, FieldError, Invalid, NotFound
from shopwright.http.problems import JSON_SCOPES, Failure
from shopwright.http.routing import RawJson, Reply, Route

if TYPE_CHECKING:
    from shopwright.context import Context

MAX_DEPTH = 32


class Binding:
    """How one route's handler is called. Made once, when the application starts."""

    def __init__(self, route: Route) -> None:
        self.route = route
        signature = inspect.signature(route.handler, eval_str=True)
        self.parameters = dict(list(signature.parameters.items())[1:])
        self.body: TypeAdapter[Any] | None = None
        self.query: type[BaseModel] | None = None
        for name, parameter in self.parameters.items():
            if name == "body":
                self.body = TypeAdapter(parameter.annotation)
            elif name == "query":
                self.query = parameter.annotation
            elif name != "request" and f"{{{name}}}" not in route.path:
                raise ValueError(f"{route.code}: the handler asks for {name!r}, which is not in {route.path}")
        self.result_type = _payload(signature.return_annotation)
        self.result = None if self.result_type is None else TypeAdapter(self.result_type)

    async def call(self, ctx: "Context", request: web.Request, params: dict[str, str]) -> web.StreamResponse:
        """Read what the handler takes, call it, and make the answer."""
        arguments: dict[str, Any] = {}
        for name, parameter in self.parameters.items():
            if name == "request":
                arguments[name] = request
            elif name == "query":
                arguments[name] = self.read_query(request)
            elif name == "body":
                arguments[name] = await self._read_body(request, ctx.kernel.config.body_timeout)
            else:
                arguments[name] = _parameter(params[name], parameter.annotation)
        return self.answer(await self.route.handler(ctx, **arguments))

    def answer(self, value: Any) -> web.StreamResponse:
        """Make the answer of what a handler returned."""
        if isinstance(value, web.StreamResponse):
            return value
        status, headers = self.route.status, {}
        if isinstance(value, Reply):
            value, status, headers = value.value, value.status, dict(value.headers)
        if isinstance(value, RawJson):
            body = value.text if isinstance(value.text, bytes) else value.text.encode()
        elif self.result is None:
            body = b"" if value is None else TypeAdapter(type(value)).dump_json(value)
        else:
            body = self.result.dump_json(value)
        if value is None and status == 200:
            return web.Response(status=204, headers=headers)
        return web.Response(body=body, status=status, headers=headers, content_type="application/json")

    def read_query(self, request: web.Request) -> BaseModel:
        """Validate the query string; unknown names are refused where programs call."""
        assert self.query is not None
        known = self.query.model_fields
        given = {name: value for name, value in request.query.items() if name in known}
        errors = []
        if self.route.scope in JSON_SCOPES:
            unknown = sorted(set(request.query) - set(known) - {"locale"})
            allowed = ", ".join(known)
            errors = [
                FieldError(f"/{n}", "unknown", f"Unknown parameter. There are: {allowed}.") for n in unknown
            ]
        try:
            value = self.query.model_validate(given)
        except ValidationError as error:
            if self.route.scope not in JSON_SCOPES:
                return self.query()
            raise Invalid(errors=[*errors, *field_errors(error)]) from None
        if errors:
            raise Invalid(errors=errors)
        return value

    async def _read_body(self, request: web.Request, timeout: float) -> Any:
        if request.content_type != "application/json":
            raise Failure(415, "Send the body as application/json.")
        try:
            async with asyncio.timeout(timeout):
                raw = await request.read()
        except TimeoutError:
            raise Failure(408, "The body did not arrive in time.") from None
        check_json(raw)
        assert self.body is not None
        try:
            return self.body.validate_json(raw, strict=True)
        except ValidationError as error:
            raise Invalid(errors=field_errors(error)) from None


def check_json(raw: bytes) -> None:
    """Refuse what is not strict JSON: NaN, repeated keys, more than 32 levels, another encoding.

    Raises:
        BadRequest: says what and where.
    """
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise BadRequest("The body is not UTF-8.", code="malformed_json") from None
    except RecursionError:
        raise BadRequest(
            f"The body is nested deeper than {MAX_DEPTH} levels.", code="malformed_json"
        ) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadRequest(
            f"The body is not valid JSON: {error.msg} at {where}.", code="malformed_json"
        ) from None
    except ValueError as error:
        raise BadRequest(f"The body is not valid JSON: {error}.", code="malformed_json") from None
    if _depth(value) > MAX_DEPTH:
        raise BadRequest(f"The body is nested deeper than {MAX_DEPTH} levels.", code="malformed_json")


def field_errors(error: ValidationError) -> list[FieldError]:
    """Translate pydantic's findings."""
    found = []
    for problem in error.errors():
        pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in problem["loc"])
        code = "unknown" if problem["type"] == "extra_forbidden" else problem["type"]
        message = "Unknown field." if code == "unknown" else problem["msg"].removeprefix("Value error, ")
        found.append(FieldError(pointer, code, message))
    return found


def _parameter(text: str, wanted: Any) -> Any:
    if wanted in {str, inspect.Parameter.empty}:
        return text
    try:
        if wanted is UUID:
            return UUID(text)
        if wanted is int and text.isascii() and text.isdigit():
            return int(text)
    except ValueError:
        pass
    raise NotFound("This page does not exist.")


def _payload(annotation: Any) -> Any:
    """Give the type of the JSON a handler returns; None when it makes its answers itself."""
    if annotation is inspect.Signature.empty or annotation is None:
        return None
    parts = typing.get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    plain = [
        part
        for part in parts
        if not (isinstance(part, type) and issubclass(part, web.StreamResponse | RawJson))
    ]
    plain = [typing.get_args(part)[0] if typing.get_origin(part) is Reply else part for part in plain]
    plain = [part for part in plain if part is not RawJson and part is not type(None)]
    if not plain:
        return None
    return plain[0] if len(plain) == 1 else typing.Union[tuple(plain)]  # noqa: UP007 - made at run time


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(n for n in names if names.count(n) > 1)!r} is repeated")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _depth(value: Any) -> int:
    """Measure nesting without recursion: a hostile document may be deep."""
    deepest, todo = 0, [(value, 1)]
    while todo:
        current, level = todo.pop()
        deepest = max(deepest, level)
        if isinstance(current, dict):
            todo += [(child, level + 1) for child in current.values()]
        elif isinstance(current, list):
            todo += [(child, level + 1) for child in current]
    return deepest
