# SPDX-License-Identifier: Apache-2.0
"""The addresses a customer keeps."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from aiohttp import web

from shopwright.actor import SIGNED_IN_CUSTOMER
from shopwright.context import Context
from shopwright.errors import Conflict
from shopwright.http.forms import read_form
from shopwright.http.responses import page, redirect, url
from shopwright.http.routing import Routes, Scope
from shopwright_customers.forms import Address, countries
from shopwright_customers.services import addresses, records
from shopwright_customers.views.answers import words

routes = Routes("customers", Scope.STOREFRONT)


@routes.get("/account/addresses", permission=SIGNED_IN_CUSTOMER)
async def list_addresses(ctx: Context) -> web.Response:
    """Show the addresses."""
    return await _list_page(ctx, {}, {})


@routes.post("/account/addresses", permission=SIGNED_IN_CUSTOMER)
async def add_address(ctx: Context, request: web.Request) -> web.Response:
    """Keep another address."""
    own = await records.own(ctx)
    form = await read_form(request, Address)
    if form.value is None:
        return await _list_page(ctx, form.raw, form.errors, status=422)
    try:
        await addresses.add(ctx, own.id, form.value.model_dump())
    except Conflict as error:
        return await _list_page(ctx, form.raw, {"name": words(ctx, error)}, status=409)
    return _done(ctx, ctx.gettext("The address is saved."))


@routes.get("/account/addresses/{address_id}", permission=SIGNED_IN_CUSTOMER)
async def edit_address(ctx: Context, address_id: UUID) -> web.Response:
    """Show an address to change."""
    own = await records.own(ctx)
    found = await addresses.get(ctx, own.id, address_id)
    return await _edit_page(ctx, address_id, asdict(found), {})


@routes.post("/account/addresses/{address_id}", permission=SIGNED_IN_CUSTOMER)
async def change_address(ctx: Context, request: web.Request, address_id: UUID) -> web.Response:
    """Change an address."""
    own = await records.own(ctx)
    await addresses.get(ctx, own.id, address_id)
    form = await read_form(request, Address)
    if form.value is None:
        return await _edit_page(ctx, address_id, form.raw, form.errors, status=422)
    await addresses.change(ctx, own.id, address_id, form.value.model_dump())
    return _done(ctx, ctx.gettext("The address is saved."))


@routes.get("/account/addresses/{address_id}/remove", permission=SIGNED_IN_CUSTOMER)
async def ask_remove_address(ctx: Context, address_id: UUID) -> web.Response:
    """Ask before an address is forgotten."""
    own = await records.own(ctx)
    found = await addresses.get(ctx, own.id, address_id)
    values = {"title": ctx.gettext("Remove this address?"), "address": found, "names": _names(ctx)}
    return await page(ctx, "customers/remove-address.html", values)


@routes.post("/account/addresses/{address_id}/remove", permission=SIGNED_IN_CUSTOMER)
async def remove_address(ctx: Context, address_id: UUID) -> web.Response:
    """Forget an address."""
    own = await records.own(ctx)
    await addresses.remove(ctx, own.id, address_id)
    return _done(ctx, ctx.gettext("The address is removed."))


def _done(ctx: Context, message: str) -> web.Response:
    assert ctx.visit is not None
    ctx.visit.flash("success", message)
    return redirect(ctx, url(ctx, "customers.list_addresses"))


def _names(ctx: Context) -> dict[str, str]:
    return dict(countries(ctx.locale))


async def _list_page(
    ctx: Context, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    own = await records.own(ctx)
    values = {
        "title": ctx.gettext("Your addresses"), "addresses": await addresses.of_customer(ctx, own.id),
        "typed": typed or {"name": own.name}, "errors": errors, "countries": countries(ctx.locale),
        "names": _names(ctx),
    }  # fmt: skip
    return await page(ctx, "customers/addresses.html", values, status=status)


async def _edit_page(
    ctx: Context, address_id: UUID, typed: dict[str, Any], errors: dict[str, str], *, status: int = 200
) -> web.Response:
    values = {
        "title": ctx.gettext("Change the address"), "address_id": address_id, "typed": typed, "errors": errors,
        "countries": countries(ctx.locale),
    }  # fmt: skip
    return await page(ctx, "customers/address.html", values, status=status)
