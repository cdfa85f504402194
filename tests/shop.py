# SPDX-License-Identifier: Apache-2.0
"""A small shop for tests: products with stock, ways to ship and pay, and a customer who buys."""

from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.actor import SYSTEM
from shopwright.context import Context
from shopwright.kernel import Kernel
from shopwright.testing.client import ShopClient
from shopwright_catalog import api as catalog
from shopwright_inventory import api as inventory

EVERYTHING = (
    "admin", "approvals", "brands", "bundles", "catalog", "checkout", "collections", "custom_fields", "customers", "discounts", "flat_shipping", "gift_cards", "importer", "inventory", "manual_payment", "markets",
    "orders", "pricing", "redirects", "related_products", "search", "stock_notices", "storefront", "tax", "wishlists",
)  # fmt: skip
THEMES = {"theme_dirs": (Path(__file__).resolve().parents[1] / "themes",)}
ADDRESS = {
    "name": "Ada Shopper", "line1": "Hafenstraße 7", "city": "Lübeck", "postal_code": "23552", "country": "DE",
}  # fmt: skip


def system(kernel: Kernel, store: str) -> Context:
    found = kernel.directory.by_code(store)
    assert found is not None
    return kernel.context(found, actor=SYSTEM)


async def add_product(
    ctx: Context, handle: str = "lamp", *, price: int = 4900, stock: int | None = 10, **values: Any
) -> UUID:
    """Save a product with one variant; gives the variant's id."""

    async def work(session: AsyncSession) -> UUID:
        variant = catalog.VariantInput(
            sku=handle.upper(), price=price, tax_category=values.pop("tax_category", "standard")
        )
        product = catalog.ProductInput(
            handle=handle, title=values.pop("title", handle.title()), variants=(variant,), **values
        )
        saved = await catalog.save_product(ctx, session, product)
        variant_id = saved.variant_ids[0]
        if stock is not None:
            await inventory.count(ctx, session, variant_id=variant_id, on_hand=stock, reason="counted")
        return variant_id

    return await ctx.run(work)


async def furnish(kernel: Kernel, store: str) -> Context:
    """Give a store a way to ship and every way to pay."""
    ctx = system(kernel, store)
    methods = [{"code": "standard", "label": "Standard", "price": 490, "free_from": 100_000}]
    await kernel.settings.save(ctx, "flat_shipping", {"methods": methods}, "store")
    await kernel.settings.save(ctx, "manual_payment", {"test_method": True}, "store")
    return system(kernel, store)


async def ready_cart(
    client: ShopClient,
    lines: dict[UUID, int],
    *,
    payment: str = "manual_payment.test",
    outcome: str = "succeed",
) -> str:
    """Make a cart that can be ordered; gives its id."""
    cart = await client.post_json("/api/v1/carts")
    path = f"/api/v1/carts/{cart['id']}"
    for variant_id, quantity in lines.items():
        await client.post_json(f"{path}/lines", {"variant_id": str(variant_id), "quantity": quantity})
    body = {
        "email": "ada@example.com", "shipping_address": ADDRESS, "shipping_code": "flat_shipping.standard",
        "payment_method": payment, "payment_data": {"outcome": outcome},
    }  # fmt: skip
    response = await client.send("PATCH", path, body)
    assert response.status == 200, await response.text()
    return str(cart["id"])


async def place(client: ShopClient, cart_id: str, *, key: str | None = None, shown: Any = None) -> Any:
    return await client.send("POST", f"/api/v1/carts/{cart_id}/order", shown, key=key)


async def bearer(ctx: Context, *permissions: str) -> dict[str, str]:
    """Give the headers of a program that may do these things in the store."""
    _, key = await ctx.kernel.auth.api_keys.create(ctx, "Test", permissions)
    return {"Authorization": f"Bearer {key}"}


async def as_staff(ctx: Context, make_client: Any, *, role: str = "owner") -> ShopClient:
    """Give a browser in which somebody with a role is signed in to the admin."""
    await ctx.kernel.auth.staff.create(
        ctx, email="staff@example.com", name="Grace", password="correct horse battery 9", role=role
    )
    client: ShopClient = await make_client(ctx.kernel, ctx.store)
    await client.sign_in_staff("staff@example.com", "correct horse battery 9")
    return client
