# SPDX-License-Identifier: Apache-2.0
"""Small plugins that the tests of the HTTP layer talk to."""

import asyncio
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.actor import PUBLIC, SIGNED_IN_CUSTOMER, SIGNED_IN_STAFF
from shopwright.context import Context
from shopwright.errors import Conflict, FieldError, Invalid
from shopwright.http.forms import read_form
from shopwright.http.responses import html, redirect, template_values, url
from shopwright.http.routing import Caching, RawJson, Reply, Routes, Scope
from shopwright.ids import new_id
from shopwright.plugin import Manifest, Permission, Plugin, hookimpl

pages = Routes("alpha_pages", Scope.STOREFRONT)
api = Routes("alpha_pages", Scope.API)
admin = Routes("alpha_pages", Scope.ADMIN)
admin_api = Routes("alpha_pages", Scope.ADMIN_API)
hooks = Routes("alpha_pages", Scope.WEBHOOK)

ran: list[str] = []
"""What the handlers did; tests clear it."""
gate = asyncio.Event()
entered = asyncio.Event()


class Colour(StrEnum):
    RED = "red"


class Line(BaseModel):
    sku: str = Field(min_length=1, max_length=20)
    quantity: int = Field(ge=1, le=99)


class Order(BaseModel):
    email: str
    lines: list[Line] = Field(min_length=1)
    note: str = ""
    weight: float = 0.0
    gift: bool = False
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    email: str
    total: int


class ListQuery(BaseModel):
    limit: int = Field(default=10, ge=1, le=50)
    colour: Colour | None = None
    tag: list[str] = Field(default_factory=list)


class PageQuery(BaseModel):
    page: int = Field(default=1, ge=1)


class NameForm(BaseModel):
    name: str = Field(min_length=1, max_length=20)
    age: int = Field(ge=0, le=150)
    tags: list[str] = Field(default_factory=list)
    born: date | None = date(2000, 1, 1)
    limit: Annotated[int, Field(ge=1)] | None = None
    share: Decimal | None = Decimal(1)
    nick: str | None = None


@pages.get("/", permission=PUBLIC)
async def home(ctx: Context) -> web.Response:
    """Show where we are."""
    values = template_values(ctx)
    flashes = "".join(f"<p>{level}: {text}</p>" for level, text in values["flashes"])
    return html(
        f"<h1>{ctx.store.code} {ctx.locale}</h1>{flashes}<a href='{url(ctx, 'alpha_pages.item', name='x')}'>"
    )


@pages.get("/items/{name}", permission=PUBLIC)
async def item(ctx: Context, name: str) -> web.Response:
    return html(f"<p>{name}</p>")


@pages.get("/items/special", permission=PUBLIC)
async def special(ctx: Context) -> web.Response:
    return html("<p>the special one</p>")


@pages.get("/numbers/{number}", permission=PUBLIC)
async def number(ctx: Context, number: int, query: PageQuery) -> web.Response:
    return html(f"{number} {query.page}")


@pages.get("/kept", permission=PUBLIC, caching=Caching(page=600))
async def kept(ctx: Context, query: PageQuery) -> web.Response:
    """Show a page that is the same for all."""
    assert ctx.visit is not None
    ran.append("kept")
    ctx.visit.tag("alpha_pages.item:1")
    values = template_values(ctx)
    rows = await ctx.fetch_rows("SELECT 1 AS one")
    return html(
        f"<script nonce='{values['nonce']}'></script>page {query.page} {ctx.locale} {rows[0]['one']} "
        f"form {values['csrf_field']}{'x' * 2000} {sorted(values['query'])}"
    )


@pages.get("/kept-plain", permission=PUBLIC, caching=Caching(page=600, browser=30))
async def kept_plain(ctx: Context) -> web.Response:
    ran.append("kept-plain")
    return html("nothing personal")


@pages.get("/kept-missing", permission=PUBLIC, caching=Caching(page=600))
async def kept_missing(ctx: Context) -> web.Response:
    ran.append("kept-missing")
    return html("sorry", status=404)


@pages.get("/kept-slow", permission=PUBLIC, caching=Caching(page=600))
async def kept_slow(ctx: Context) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.tag("alpha_pages.item:2")
    ran.append("kept-slow")
    entered.set()
    await gate.wait()
    return html(f"made {len(ran)}")


@pages.get("/kept-writing", permission=PUBLIC, caching=Caching(page=600))
async def kept_writing(ctx: Context) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.session.set("alpha_pages.x", 1)
    return html("")


@pages.get("/form", permission=PUBLIC)
async def form(ctx: Context) -> web.Response:
    return html(f"<form method=post>{template_values(ctx)['csrf_field']}</form>")


@pages.post("/form", permission=PUBLIC)
async def send_form(ctx: Context, request: web.Request) -> web.Response:
    """Take a form."""
    assert ctx.visit is not None
    found = await read_form(request, NameForm)
    if found.value is None:
        return web.json_response({"errors": found.errors, "raw": found.raw}, status=422)
    ctx.visit.session.set("alpha_pages.name", found.value.name)
    ctx.visit.flash("success", f"Saved {found.value.name}")
    files = {name: file.file.read().decode() for name, file in found.files.items()}
    if "born" in found.raw:
        return web.json_response(found.value.model_dump(mode="json", exclude={"name", "age", "tags"}))
    if files:
        return web.json_response({"files": files, "tags": found.value.tags})
    return redirect(ctx, url(ctx, "alpha_pages.home"))


@pages.get("/session", permission=PUBLIC)
async def session(ctx: Context) -> web.Response:
    assert ctx.visit is not None
    kind, found = ctx.actor.kind, ctx.visit.session
    return web.json_response({"data": found.data, "actor": kind, "id": str(found.id)})


@pages.post("/session/{key}/{value}", permission=PUBLIC, csrf=False)
async def set_session(ctx: Context, key: str, value: str) -> web.Response:
    """Put something into the session; slowly, so that two requests overlap."""
    assert ctx.visit is not None
    await asyncio.sleep(0.05)
    ctx.visit.session.set(f"alpha_pages.{key}", value)
    return html("")


@pages.post("/enter/{customer_id}", permission=PUBLIC, csrf=False)
async def enter(ctx: Context, customer_id: UUID) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.session.customer_id = customer_id
    ctx.visit.session.rotate = ctx.visit.session.changed = True
    return html("")


@pages.post("/enter-staff/{staff_id}", permission=PUBLIC, csrf=False)
async def enter_staff(ctx: Context, staff_id: UUID) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.session.staff_user_id = staff_id
    ctx.visit.session.rotate = ctx.visit.session.changed = True
    return html("")


@pages.post("/leave", permission=PUBLIC, csrf=False)
async def leave(ctx: Context) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.session.ended = True
    return html("")


@pages.get("/account", permission=SIGNED_IN_CUSTOMER)
async def account(ctx: Context) -> web.Response:
    return html("account")


@pages.get("/broken", permission=PUBLIC)
async def broken(ctx: Context) -> web.Response:
    raise RuntimeError("secret detail")


@pages.get("/big", permission=PUBLIC)
async def big(ctx: Context) -> web.Response:
    return html("compress me " * 500)


@pages.get("/big-raw", permission=PUBLIC, compress=False)
async def big_raw(ctx: Context) -> web.Response:
    return html("compress me " * 500)


@pages.get("/slow", permission=PUBLIC)
async def slow(ctx: Context) -> web.Response:
    entered.set()
    await asyncio.sleep(30)
    return html("never")


@pages.get("/limited", permission=PUBLIC, limit="2/60")
async def limited(ctx: Context) -> web.Response:
    return html("")


@pages.get("/streamed", permission=PUBLIC)
async def streamed(ctx: Context, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"one ")
    await response.write(b"two")
    return response


@api.get("/api/v1/things", permission=PUBLIC, caching=Caching(browser=5))
async def things(ctx: Context, query: ListQuery) -> list[Answer]:
    """List things."""
    return [Answer(f"{ctx.locale} {query.colour} {query.tag}", query.limit)]


@api.get("/api/v1/raw", permission=PUBLIC)
async def raw(ctx: Context) -> RawJson:
    return RawJson('{"a":1}')


@api.get("/api/v1/things/{thing_id}", permission=PUBLIC)
async def thing(ctx: Context, thing_id: UUID) -> Answer:
    return Answer(str(thing_id), 1)


@api.delete("/api/v1/things/{thing_id}", permission=PUBLIC)
async def remove(ctx: Context, thing_id: UUID) -> None:
    ran.append("removed")


@api.post("/api/v1/orders", permission=PUBLIC, status=201)
async def order(ctx: Context, body: Order) -> Answer:
    """Order."""
    ran.append("order")
    return Answer(body.email, sum(line.quantity for line in body.lines))


@api.post("/api/v1/once", permission=PUBLIC, status=201, idempotent=True)
async def once(ctx: Context, body: Line) -> Reply[Answer]:
    """Do something once."""
    ran.append("once")
    entered.set()
    if body.sku == "wait":
        await gate.wait()
    if body.sku == "gone" and len(ran) == 1:
        raise Conflict("Nothing left.", extra={"left": 0})
    if body.sku == "bad":
        raise Invalid("Not this.", errors=[FieldError("/sku", "bad", "Not this.")])
    if body.sku == "crash" and len(ran) == 1:
        raise RuntimeError("crash")
    return Reply(Answer(str(new_id()), body.quantity), status=201, headers={"Location": "/api/v1/things/1"})


@api.post("/api/v1/small", permission=PUBLIC, max_body=64)
async def small(ctx: Context, body: Order) -> Answer:
    return Answer(body.email, 0)


@admin.get("/admin/numbers", permission="alpha_pages.view")
async def admin_numbers(ctx: Context) -> web.Response:
    return html("numbers")


@admin_api.get("/api/admin/v1/numbers", permission="alpha_pages.view")
async def admin_api_numbers(ctx: Context) -> list[int]:
    return [1, 2]


@admin_api.post("/api/admin/v1/numbers", permission=SIGNED_IN_STAFF)
async def add_number(ctx: Context, body: Line) -> list[int]:
    ran.append("number")
    return [body.quantity]


@hooks.post("/webhooks/alpha_pages/in", permission=PUBLIC)
async def webhook(ctx: Context, request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


class AlphaPages(Plugin):
    manifest: ClassVar[Manifest] = Manifest(
        name="alpha_pages",
        version="1",
        title="Pages",
        summary="Pages for tests.",
        permissions=(Permission("alpha_pages.view", "See"),),
    )

    @hookimpl
    def register_routes(self) -> list[object]:
        return [*pages, *api, *admin, *admin_api, *hooks]


rival_pages = Routes("rival", Scope.STOREFRONT)
rival_api = Routes("rival", Scope.API)


@rival_pages.get("/items/{other}", permission=PUBLIC)
async def rival_item(ctx: Context, other: str) -> web.Response:
    return html("rival")


@rival_pages.get("/rival/", permission=PUBLIC)
async def rival_home(ctx: Context) -> web.Response:
    return html("rival home")


@rival_api.get("/api/v1/rival", permission=PUBLIC)
async def rival_list(ctx: Context, query: ListQuery) -> list[Line]:
    return []


class Line2(BaseModel):
    length: float


Line2.__name__ = Line2.__qualname__ = "Line"


@rival_api.post("/api/v1/rival", permission=PUBLIC)
async def rival_post(ctx: Context, body: Line2) -> Line2:
    return body


class Rival(Plugin):
    """Wants a path that somebody else has."""

    manifest: ClassVar[Manifest] = Manifest(name="rival", version="1", title="Rival", summary="Rival.")

    @hookimpl
    def register_routes(self) -> list[object]:
        return [*rival_pages, *rival_api]
