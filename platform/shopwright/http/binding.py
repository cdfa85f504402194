# SPDX-License-Identifier: Apache-2.0
"""From a request to a handler's arguments, and from what it returns to an answer: told by its signature."""

import inspect
import types
import typing
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError

from shopwright.errors import FieldError, Invalid, NotFound
from shopwright.http import fields, listing, strict_json
from shopwright.http.problems import JSON_SCOPES, Failure
from shopwright.http.routing import RawJson, Reply, Route
from shopwright.http.versions import expected, guarded

if TYPE_CHECKING:
    from collections.abc import Hashable

    from shopwright.context import Context

_ALWAYS = frozenset({"locale", "market"})
"""Names of queries that each call understands."""
_PARAMETER_TYPES = frozenset({str, int, UUID})
_LONGEST_NUMBER = 18


@lru_cache(maxsize=2048)
def _signature(handler: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(handler, eval_str=True)


class Binding:
    """How one route's handler is called. Made once, when the application starts."""

    def __init__(self, route: Route) -> None:
        self.route = route
        signature = _signature(route.handler)
        self.parameters = dict(list(signature.parameters.items())[1:])
        self.body: TypeAdapter[Any] | None = None
        self.query: type[BaseModel] | None = None
        for name, parameter in self.parameters.items():
            if name == "body":
                self.body = _adapter(parameter.annotation)
            elif name == "query":
                self.query = parameter.annotation
            elif name == "request":
                self._check_request(route)
            elif name == "if_match":
                continue
            else:
                self._check_parameter(route, name, parameter.annotation)
        self.result_type = _payload(signature.return_annotation)
        self.result = None if self.result_type is None else _adapter(self.result_type)

    @property
    def query_names(self) -> frozenset[str]:
        """The names of the query this route reads."""
        return frozenset(fields.shape_of(self.query).names) if self.query is not None else frozenset()

    @cached_property
    def item_names(self) -> tuple[str, ...]:
        """The fields of the items of this route's list; none when it gives no list."""
        return listing.item_names(self.result)

    async def call(self, ctx: "Context", request: web.Request, params: dict[str, str]) -> web.StreamResponse:
        """Read what the handler takes, call it, and make the answer."""
        arguments: dict[str, Any] = {}
        chosen: dict[str, Any] = {}
        for name, parameter in self.parameters.items():
            if name == "request":
                arguments[name] = request
            elif name == "query":
                arguments[name] = query = self._read_query(request)
                if isinstance(query, listing.ListQuery):
                    chosen = listing.selection(query, lambda: self.item_names)
            elif name == "if_match":
                arguments[name] = expected(request)
            elif name == "body":
                arguments[name] = await self._read_body(request, parameter.default)
            else:
                arguments[name] = _parameter(params[name], parameter.annotation)
        work = self.route.handler(ctx, **arguments)
        if "if_match" in arguments:
            return self._answer(await guarded(work, arguments["if_match"]), chosen)
        return self._answer(await work, chosen)

    def _answer(self, value: Any, chosen: dict[str, Any]) -> web.StreamResponse:
        if isinstance(value, web.StreamResponse):
            return value
        status, headers = self.route.status, {}
        if isinstance(value, Reply):
            value, status, headers = value.value, value.status, dict(value.headers)
        if value is None and self.result is None:
            return web.Response(status=204 if status == 200 else status, headers=headers)
        if isinstance(value, RawJson):
            body = value.text if isinstance(value.text, bytes) else value.text.encode()
        else:
            body = (self.result or _adapter(cast("Hashable", type(value)))).dump_json(value, **chosen)
        return web.Response(body=body, status=status, headers=headers, content_type="application/json")

    def _read_query(self, request: web.Request) -> BaseModel:
        """Validate the query; programs are told what is wrong, for people what is wrong is left out."""
        assert self.query is not None
        shape = fields.shape_of(self.query)
        given = {name: request.query.getall(name) for name in request.query}
        values, unreadable = fields.gather(shape, given)
        if self.route.scope not in JSON_SCOPES:
            return self._lenient(values)
        errors = [FieldError(strict_json.pointer((n,)), kind, _READ[kind]) for n, kind in unreadable.items()]
        for name in sorted(given):
            if name not in shape.names and name not in _ALWAYS:
                allowed = f"There are: {', '.join(shape.names)}." if shape.names else "There are none."
                errors.append(
                    FieldError(strict_json.pointer((name,)), "unknown", f"Unknown parameter. {allowed}")
                )
            elif len(given[name]) > 1 and name not in shape.repeated:
                errors.append(FieldError(strict_json.pointer((name,)), "repeated", "Give this once."))
        try:
            value = self.query.model_validate(values)
        except ValidationError as error:
            known = {found.pointer for found in errors}
            found = [e for e in strict_json.field_errors(error) if e.pointer not in known]
            raise Invalid(errors=[*errors, *found]) from None
        if errors:
            raise Invalid(errors=errors)
        return value

    def _lenient(self, values: dict[str, Any]) -> BaseModel:
        assert self.query is not None
        try:
            return self.query.model_validate(values)
        except ValidationError as error:
            wrong = {problem["loc"][0] for problem in error.errors() if problem["loc"]}
        try:
            return self.query.model_validate({n: value for n, value in values.items() if n not in wrong})
        except ValidationError:
            raise NotFound("This page does not exist.") from None

    async def _read_body(self, request: web.Request, default: Any) -> Any:
        assert self.body is not None
        raw = await request.read()
        if not raw and default is not inspect.Parameter.empty:
            return default
        if request.content_type != "application/json":
            raise Failure(415, "Send the body as application/json.")
        strict_json.check(raw)
        try:
            return self.body.validate_json(raw, strict=True, extra="forbid")
        except ValidationError as error:
            raise Invalid(errors=strict_json.field_errors(error)) from None

    @staticmethod
    def _check_request(route: Route) -> None:
        if route.caching is not None and route.caching.page > 0:
            raise ValueError(
                f"{route.code} is kept for all readers: it may not look at one reader's request. "
                "Name what it needs in its query, or do not keep it."
            )

    @staticmethod
    def _check_parameter(route: Route, name: str, annotation: Any) -> None:
        if f"{{{name}}}" not in route.path:
            raise ValueError(f"{route.code}: the handler asks for {name!r}, which is not in {route.path}")
        if annotation not in _PARAMETER_TYPES:
            raise ValueError(f"{route.code}: annotate {name!r} as str, int or UUID")


_READ = {
    "int_parsing": "Give a whole number.",
    "nul_character": "A text must not hold NUL characters.",
}


def _parameter(text: str, wanted: Any) -> Any:
    try:
        if wanted is UUID and len(text) == 36:
            return UUID(text)
        if wanted is int and text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER:
            return int(text)
    except ValueError:
        pass
    if wanted is str:
        return text
    raise NotFound("This page does not exist.")


@lru_cache(maxsize=1024)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _payload(annotation: Any) -> Any:
    """Give the type of the JSON a handler returns; None when it makes its answers itself."""
    if annotation is inspect.Signature.empty or annotation is Any:
        return None
    is_union = typing.get_origin(annotation) in {types.UnionType, typing.Union}
    parts = typing.get_args(annotation) if is_union else (annotation,)
    found = [typing.get_args(part)[0] if typing.get_origin(part) is Reply else part for part in parts]
    plain = [part for part in found if not _is_answer(part)]
    if not plain:
        return None
    return plain[0] if len(plain) == 1 else typing.Union[tuple(plain)]  # noqa: UP007 - made at run time


def _is_answer(part: Any) -> bool:
    if part is None or part is type(None):
        return True
    return isinstance(part, type) and issubclass(part, web.StreamResponse | RawJson)
