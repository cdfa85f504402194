# SPDX-License-Identifier: Apache-2.0
"""The test method: takes no money, and succeeds, declines, times out or stays unknown on demand.

It plays provider and network at once: it keeps charges in a table of its own, each under the idempotency
key it was asked with, in transactions of its own, as a provider far away would.
"""

import asyncio
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shopwright.context import Context
from shopwright.ids import new_id
from shopwright.money import Money
from shopwright_manual_payment.settings import ManualPaymentSettings
from shopwright_orders.api import PaymentField, PaymentRequest, PaymentResult

HANGS_FOR = 60.0

_CHARGE = text("""
INSERT INTO manual_payment_test_charge AS c (store_id, id, idempotency_key, amount, currency, outcome, at)
VALUES (:store_id, :id, :key, :amount, :currency, :outcome, :now)
ON CONFLICT (store_id, idempotency_key) DO UPDATE SET outcome = c.outcome
RETURNING outcome
""")
_FIND = "SELECT outcome FROM manual_payment_test_charge WHERE idempotency_key = $1"
_OUTCOMES = {"succeed": "paid", "decline": "declined", "timeout": "paid", "unknown": "unknown"}


class TestMethod:
    """A payment that does what the customer chooses; for demos and tests."""

    __test__ = False
    code = "manual_payment.test"

    def label(self, ctx: Context) -> str:
        return ctx.gettext("Test payment (no money moves)")

    def description(self, ctx: Context) -> str:
        return ctx.gettext("Choose what the payment provider shall answer.")

    def fields(self, ctx: Context) -> Sequence[PaymentField]:
        choices = (
            ("succeed", ctx.gettext("Succeed")),
            ("decline", ctx.gettext("Decline")),
            ("timeout", ctx.gettext("Charge, but never answer")),
            ("unknown", ctx.gettext("Stay unknown")),
        )
        return (PaymentField("outcome", ctx.gettext("Outcome"), choices),)

    async def is_available(self, ctx: Context, amount: Money) -> bool:
        return ctx.settings(ManualPaymentSettings).test_method

    async def authorize(self, ctx: Context, request: PaymentRequest) -> PaymentResult:
        wanted = request.data.get("outcome", "succeed")
        outcome = await _charge(ctx, request, _OUTCOMES.get(wanted, "paid"))
        if wanted == "timeout":
            await asyncio.sleep(HANGS_FOR)
        return _result(ctx, request, outcome)

    async def fetch(self, ctx: Context, request: PaymentRequest) -> PaymentResult:
        """Tell what became of a charge; one that never arrived is declined, and can no longer arrive."""
        found = await ctx.fetch_value(_FIND, request.idempotency_key)
        return _result(ctx, request, found or await _charge(ctx, request, "declined"))


async def _charge(ctx: Context, request: PaymentRequest, outcome: str) -> str:
    """Book a charge once per key; a repetition gets the first outcome."""

    async def work(session: AsyncSession) -> str:
        row = await session.execute(
            _CHARGE,
            {
                "store_id": ctx.store.id, "id": new_id(), "key": request.idempotency_key, "outcome": outcome,
                "amount": request.amount.amount, "currency": request.amount.currency, "now": ctx.clock.now(),
            },
        )  # fmt: skip
        return str(row.scalar_one())

    return await ctx.run(work)


def _result(ctx: Context, request: PaymentRequest, outcome: str) -> PaymentResult:
    reference = f"test-{request.idempotency_key}"
    if outcome == "paid":
        return PaymentResult("paid", reference)
    if outcome == "declined":
        return PaymentResult(
            "declined", reference, ctx.gettext("The payment was declined. Please try another way.")
        )
    return PaymentResult("unknown", reference)
