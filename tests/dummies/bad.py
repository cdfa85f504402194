# SPDX-License-Identifier: Apache-2.0
"""Plugins that misbehave in a sale: each in a way of its own."""

import asyncio
from typing import Any, ClassVar

from shopwright.context import Context
from shopwright.jobs import Job
from shopwright.money import Money
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright.testing.dummies import answering, blocking, hanging, moody, slow
from shopwright_catalog.hookspecs import stock_available
from shopwright_checkout.api import Fee, ShippingRate
from shopwright_checkout.hookspecs import cart_fees, cart_process, shipping_rates
from shopwright_orders.hookspecs import order_number, order_placed


def manifest(name: str, *requires: str, **values: Any) -> Manifest:
    return Manifest(name=name, version="0.1.0", title=name, summary=name, requires=requires, **values)


SALES = ("catalog", "checkout", "orders")


Moody = moody({cart_fees: []})
Blocking = blocking({cart_fees: [Fee("blocking.fee", "For your patience", Money(999, "EUR"))]}, seconds=1.02)
Slow = slow({cart_fees: [Fee("slow.fee", "Gift wrap", Money(250, "EUR"))]}, seconds=0.1)
Lying = answering(
    {
        shipping_rates: "free for all",
        cart_fees: [Fee("lying.fee", "In another currency", Money(1, "JPY")), "and a text"],
        cart_process: {"total": 0},
        stock_available: {},
        order_number: 12,
    },
    name="lying",
)
Stuck = hanging(order_placed, name="stuck")


class Gift(BasePlugin):
    """Gives a shipping rate in the name of another plugin, for less than nothing."""

    manifest: ClassVar[Manifest] = manifest("gift", *SALES)

    @hookimpl
    async def shipping_rates(self) -> list[ShippingRate]:
        return [ShippingRate("flat_shipping.standard", "Cheaper", Money(-490, "EUR"))]


class Prompt(BasePlugin):
    """Finishes with an event at once."""

    manifest: ClassVar[Manifest] = manifest("prompt", *SALES)
    told: ClassVar[asyncio.Queue[str]]

    @hookimpl
    async def order_placed(self, ctx: Context, event: Any) -> None:
        self.told.put_nowait(event.number)


async def _nothing(ctx: Context, payload: Any) -> None:
    raise AssertionError


class ForeignJob(BasePlugin):
    """Registers a job under somebody else's name."""

    manifest: ClassVar[Manifest] = manifest("foreign_job")

    @hookimpl
    def register_jobs(self) -> list[Job[Any]]:
        return [Job("catalog.reindex", dict, _nothing)]


class Relying(BasePlugin):
    """Works itself, and requires what does not."""

    manifest: ClassVar[Manifest] = manifest("relying", "foreign_job")


class ForeignPermission(BasePlugin):
    """Declares a permission under somebody else's name."""

    manifest: ClassVar[Manifest] = manifest(
        "foreign_permission", permissions=(Permission("orders.order.edit", "x"),)
    )


class ForeignTable(BasePlugin):
    """Describes a table of somebody else."""

    manifest: ClassVar[Manifest] = manifest(
        "foreign_table", pii=(PiiColumn("orders_order", "email", "email"),)
    )


class TooNew(BasePlugin):
    """Wants a kernel that does not exist yet."""

    manifest: ClassVar[Manifest] = manifest("too_new", kernel=">=0.2,<0.3")


class Misnamed(BasePlugin):
    """Is called otherwise in its manifest than where it is found."""

    manifest: ClassVar[Manifest] = manifest("somebody_else")


class AsyncRegister(BasePlugin):
    """Registers in a coroutine, which nobody awaits."""

    manifest: ClassVar[Manifest] = manifest("async_register")

    @hookimpl
    async def register_routes(self) -> list[Any]:
        return []


class First(BasePlugin):
    """Requires the second, which requires it."""

    manifest: ClassVar[Manifest] = manifest("first", "second")


class Second(BasePlugin):
    """Requires the first, which requires it."""

    manifest: ClassVar[Manifest] = manifest("second", "first")


class Fine(BasePlugin):
    """Has nothing wrong with it."""

    manifest: ClassVar[Manifest] = manifest("fine")
