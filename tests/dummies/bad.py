# SPDX-License-Identifier: Apache-2.0
"""Plugins that misbehave in a sale: each in a way of its own."""

import asyncio
import time
from typing import Any, ClassVar

from shopwright.context import Context
from shopwright.jobs import Job
from shopwright.money import Money
from shopwright.plugin import Manifest, Permission, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_checkout.api import Fee, ShippingRate


def manifest(name: str, *requires: str, **values: Any) -> Manifest:
    return Manifest(name=name, version="0.1.0", title=name, summary=name, requires=requires, **values)


SALES = ("catalog", "checkout", "orders")


class Moody(BasePlugin):
    """Fails until it is told to behave; counts how often it is asked."""

    manifest: ClassVar[Manifest] = manifest("moody", *SALES)
    asked = 0
    behaves = False

    @hookimpl
    async def cart_fees(self) -> list[Fee]:
        type(self).asked += 1
        if not self.behaves:
            raise RuntimeError("not today")
        return []


class Blocking(BasePlugin):
    """Holds the whole process longer than its share of time, then wants money for it."""

    manifest: ClassVar[Manifest] = manifest("blocking", *SALES)

    @hookimpl
    async def cart_fees(self) -> list[Fee]:
        time.sleep(1.02)  # noqa: ASYNC251, TID251 - what nobody may do
        return [Fee("blocking.fee", "For your patience", Money(999, "EUR"))]


class Slow(BasePlugin):
    """Takes its time, within what is granted, and is heard."""

    manifest: ClassVar[Manifest] = manifest("slow", *SALES)

    @hookimpl
    async def cart_fees(self) -> list[Fee]:
        await asyncio.sleep(0.1)
        return [Fee("slow.fee", "Gift wrap", Money(250, "EUR"))]


class Lying(BasePlugin):
    """Answers with things of the wrong kind."""

    manifest: ClassVar[Manifest] = manifest("lying", *SALES)

    @hookimpl
    async def shipping_rates(self) -> Any:
        return "free for all"

    @hookimpl
    async def cart_fees(self) -> Any:
        return [Fee("lying.fee", "In another currency", Money(1, "JPY")), "and a text"]

    @hookimpl
    async def cart_process(self, value: Any) -> Any:
        return {"total": 0}

    @hookimpl
    async def stock_available(self, value: Any) -> Any:
        return {}

    @hookimpl
    async def order_number(self) -> Any:
        return 12


class Gift(BasePlugin):
    """Gives a shipping rate in the name of another plugin, for less than nothing."""

    manifest: ClassVar[Manifest] = manifest("gift", *SALES)

    @hookimpl
    async def shipping_rates(self) -> list[ShippingRate]:
        return [ShippingRate("flat_shipping.standard", "Cheaper", Money(-490, "EUR"))]


class Stuck(BasePlugin):
    """Never finishes with an event."""

    manifest: ClassVar[Manifest] = manifest("stuck", *SALES)

    @hookimpl
    async def order_placed(self, ctx: Context, event: Any) -> None:
        await asyncio.sleep(3600)


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
