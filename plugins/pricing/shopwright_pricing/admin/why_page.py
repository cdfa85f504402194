# SPDX-License-Identifier: Apache-2.0
"""“Why this price?” in the admin: a variant, a quantity, somebody and a moment in, the trail out."""

from datetime import datetime
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, Field

from shopwright.context import Context
from shopwright.http.routing import Routes, Scope
from shopwright_admin.api import admin_page
from shopwright_pricing.admin.list_form import in_store
from shopwright_pricing.services import csv_prices, prices
from shopwright_pricing.services.explain import Explanation, why

routes = Routes("pricing", Scope.ADMIN)


class WhyQuery(BaseModel):
    """What is asked for, as it was typed."""

    sku: str = Field(default="", max_length=200)
    quantity: str = Field(default="1", max_length=20)
    customer: str = Field(default="", max_length=40)
    moment: str = Field(default="", max_length=40)


@routes.get("/admin/pricing/why", permission="pricing.list.view")
async def admin_why(ctx: Context, query: WhyQuery) -> web.Response:
    """Explain a price."""
    errors: dict[str, str] = {}
    found: Explanation | None = None
    if query.sku:
        found, errors = await _explained(ctx, query)
    title = ctx.gettext("Why this price?")
    return await admin_page(
        ctx,
        "pricing/admin/why.html",
        title=title,
        status=422 if errors else 200,
        crumbs=[(title, "")],
        typed=query.model_dump(),
        errors=errors,
        found=found,
    )


async def _explained(ctx: Context, query: WhyQuery) -> tuple[Explanation | None, dict[str, str]]:
    errors: dict[str, str] = {}
    ids = (await prices.by_sku(ctx, [query.sku])).get(query.sku, [])
    if len(ids) != 1:
        words = csv_prices.SEVERAL if ids else csv_prices.UNKNOWN
        errors["sku"] = ctx.gettext(words, sku=query.sku)
    quantity = csv_prices.quantity_of(query.quantity)
    if quantity is None:
        errors["quantity"] = ctx.gettext(csv_prices.QUANTITY)
    customer = _id(query.customer)
    if query.customer and customer is None:
        errors["customer"] = ctx.gettext(
            "This is not the id of a customer; it stands on the customer's page."
        )
    moment = _time(query.moment)
    if query.moment and moment is None:
        errors["moment"] = ctx.gettext("Give a date and a time.")
    if errors or quantity is None:
        return None, errors
    return await why(ctx, ids[0], quantity, customer, in_store(ctx, moment)), {}


def _id(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None
