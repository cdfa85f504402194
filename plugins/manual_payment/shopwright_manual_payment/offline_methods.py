# SPDX-License-Identifier: Apache-2.0
"""Ways to pay without a provider: bank transfer and pay on delivery. The order is confirmed at once."""

from collections.abc import Sequence

from shopwright.context import Context
from shopwright.money import Money
from shopwright_manual_payment.settings import ManualPaymentSettings
from shopwright_orders.api import PaymentField, PaymentRequest, PaymentResult


class _Offline:
    """What both methods share: no questions, no network, paid later."""

    def fields(self, ctx: Context) -> Sequence[PaymentField]:
        return ()

    async def authorize(self, ctx: Context, request: PaymentRequest) -> PaymentResult:
        return PaymentResult("offline")

    async def fetch(self, ctx: Context, request: PaymentRequest) -> PaymentResult:
        return PaymentResult("offline")


class BankTransfer(_Offline):
    """The customer transfers the money; staff mark the order as paid when it arrives."""

    code = "manual_payment.bank_transfer"

    def label(self, ctx: Context) -> str:
        return ctx.gettext("Bank transfer")

    def description(self, ctx: Context) -> str:
        instructions = ctx.settings(ManualPaymentSettings).bank_instructions
        return instructions or ctx.gettext("You get our bank details with the order confirmation.")

    async def is_available(self, ctx: Context, amount: Money) -> bool:
        return ctx.settings(ManualPaymentSettings).bank_transfer


class PayOnDelivery(_Offline):
    """The customer pays whoever brings the parcel."""

    code = "manual_payment.on_delivery"

    def label(self, ctx: Context) -> str:
        return ctx.gettext("Pay on delivery")

    def description(self, ctx: Context) -> str:
        return ctx.gettext("Pay in cash or by card when the parcel arrives.")

    async def is_available(self, ctx: Context, amount: Money) -> bool:
        settings = ctx.settings(ManualPaymentSettings)
        limit = settings.on_delivery_limit
        return settings.on_delivery and (not limit or amount.amount <= limit)
