# SPDX-License-Identifier: Apache-2.0
"""The manual payment plugin: its manifest and its hook implementations."""

from collections.abc import Sequence
from typing import ClassVar

from shopwright.context import Context
from shopwright.hookspecs import DemoSource
from shopwright.plugin import Manifest, PiiColumn, hookimpl
from shopwright.plugin import Plugin as BasePlugin
from shopwright_manual_payment.offline_methods import BankTransfer, PayOnDelivery
from shopwright_manual_payment.settings import ManualPaymentSettings
from shopwright_manual_payment.test_method import TestMethod
from shopwright_orders.api import PaymentMethod


class Plugin(BasePlugin):
    """Bank transfer, pay on delivery, and a test method."""

    manifest: ClassVar[Manifest] = Manifest(
        name="manual_payment",
        version="0.1.0",
        title="Manual payment",
        summary="Bank transfer, pay on delivery, and a test method.",
        requires=("admin", "orders"),
        settings=ManualPaymentSettings,
        pii=tuple(
            PiiColumn("manual_payment_test_charge", column, "none")
            for column in ("idempotency_key", "currency", "outcome")
        ),
    )

    @hookimpl
    def payment_providers(self) -> Sequence[PaymentMethod]:
        return [BankTransfer(), PayOnDelivery(), TestMethod()]

    @hookimpl
    async def demo_data(self, ctx: Context, source: DemoSource) -> Sequence[str]:
        await ctx.kernel.settings.save(ctx, "manual_payment", {"test_method": True}, "store")
        return ["3 ways to pay"]
